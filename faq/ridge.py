"""Ridge regression of entries on terms, by conjugate gradients over sparse rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

STRENGTH = 2.0
"""How strongly weights are pulled to zero; by cross-validation, flat between 1 and 3."""

STEPS = 7
"""Steps of the solver; more change the figures by no more than chance."""

FEW = 2
"""Rows with no more values than this are multiplied together, the longer ones one by one."""

TOGETHER = 300
"""Entries solved for at once, so that memory does not grow with their number."""


@dataclass(frozen=True)
class Rows:
    """A sparse matrix, row by row."""

    start: Ints
    column: Ints
    value: Floats
    width: int

    @classmethod
    def of(cls, rows: Sequence[tuple[Ints, Floats]], width: int) -> Rows:
        """Join single rows."""
        sizes = [0, *(len(columns) for columns, _ in rows)]
        return cls(
            np.cumsum(sizes, dtype=np.int32),
            np.concatenate([columns for columns, _ in rows]),
            np.concatenate([values for _, values in rows]),
            width,
        )

    def turned(self) -> Rows:
        """Return the transpose."""
        order = np.argsort(self.column, kind="stable")
        sizes = np.bincount(self.column, minlength=self.width)
        row = np.repeat(np.arange(len(self.start) - 1, dtype=np.int32), np.diff(self.start))
        start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
        return Rows(start, row[order], self.value[order], len(self.start) - 1)

    def __matmul__(self, other: Floats) -> Floats:
        """Multiply with a dense matrix."""
        product = np.zeros((len(self.start) - 1, other.shape[1]), np.float32)
        sizes = np.diff(self.start)
        # Most terms stand in one phrasing or two: those rows are done together.
        for place in range(FEW):
            rows = np.flatnonzero((sizes > place) & (sizes <= FEW))
            at = self.start[rows] + place
            product[rows] += self.value[at, None] * other[self.column[at]]
        bounds = self.start.tolist()
        for row in np.flatnonzero(sizes > FEW).tolist():
            part = slice(bounds[row], bounds[row + 1])
            np.dot(self.value[part], other[self.column[part]], out=product[row])
        return product


def solve(
    rows: Rows, owners: NDArray[np.intp], entries: int, faint: float
) -> tuple[Ints, NDArray[np.uint16], Floats]:
    """Return, term by term, the entries it speaks for or against and how much."""
    turned = rows.turned()
    found = [
        _strong(_weights(rows, turned, owners, first, min(first + TOGETHER, entries)), first, faint)
        for first in range(0, entries, TOGETHER)
    ]
    term, entry, weight = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.argsort(term, kind="stable")
    sizes = np.bincount(term, minlength=rows.width)
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    return start, entry[order].astype(np.uint16), weight[order]


def _strong(
    weights: Floats, first: int, faint: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Return term, entry and weight of all that is not faint."""
    term, entry = np.nonzero(np.abs(weights) >= faint)
    return term, entry + first, weights[term, entry]


def _weights(rows: Rows, turned: Rows, owners: NDArray[np.intp], first: int, last: int) -> Floats:
    """Solve for the entries from `first` to `last`, all columns side by side."""
    wanted = np.zeros((len(owners), last - first), np.float32)
    ours = np.flatnonzero((owners >= first) & (owners < last))
    wanted[ours, owners[ours] - first] = 1
    # In dual form the vectors are as long as there are phrasings, not as there are terms.
    dual = np.zeros_like(wanted)
    rest = wanted
    step = rest.copy()
    size = _squares(rest)
    for _ in range(STEPS):
        change = rows @ (turned @ step)
        change += STRENGTH * step
        pace = size / np.maximum(_products(step, change), 1e-12)
        dual += pace * step
        rest -= pace * change
        before, size = size, _squares(rest)
        step *= size / np.maximum(before, 1e-12)
        step += rest
    return turned @ dual


def _squares(matrix: Floats) -> Floats:
    """Return the sum of squares of each column."""
    return _products(matrix, matrix)


def _products(first: Floats, second: Floats) -> Floats:
    """Return the inner products of columns that stand at the same place."""
    return np.asarray(np.einsum("ij,ij->j", first, second), np.float32)
