"""Groups counted over time: cells hidden so that no total gives a small one away. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from bot.i18n import _
from bot.rows import FEWEST, Row

Cell = tuple[str, int]
"""A group, and the number of a step."""
Node = tuple[str, str | int]
TOTALS: Node = ("step", "total")


def protect(
    table: Mapping[str, Sequence[Row]], shut: Collection[str]
) -> dict[str, tuple[Row, ...]]:
    """The rows of each group over the same steps, with every small cell hidden.

    Every group's total is known, unless it is in `shut`, and so is every step's. A hidden cell
    could be reckoned from them where it is alone in its group or step, and, more widely, where it
    lies on no ring of hidden cells (in the graph of groups and steps it is a bridge): then others
    are hidden with it, the smallest that will do.
    """
    found = _Hiding(table, shut)
    found.settle()
    return {
        key: tuple(_hidden(row) if (key, at) in found.gone else row for at, row in enumerate(rows))
        for key, rows in table.items()
    }


def _hidden(row: Row) -> Row:
    few = (row.value or 0) < FEWEST
    return replace(row, value=None, mark=f"<{FEWEST}" if few else _("ẩn"))


class _Hiding:
    """Which cells are hidden, until none of them can be reckoned."""

    def __init__(self, table: Mapping[str, Sequence[Row]], shut: Collection[str]) -> None:
        self.cells: dict[Cell, float] = {
            (key, at): row.value for key, rows in table.items() for at, row in enumerate(rows)
            if row.value
        }  # fmt: skip
        self.shut = {key for key in shut if any(key == name for name, _at in self.cells)}
        self.gone = {
            cell for cell, value in self.cells.items() if value < FEWEST or cell[0] in self.shut
        }

    def settle(self) -> None:
        """Hide more until nothing more is needed; each turn hides at least one cell."""
        while self._bridged() or self._few():
            pass

    def _lines(self) -> list[list[Cell]]:
        """The cells of each group and of each step whose total is known."""
        groups: dict[str, list[Cell]] = {}
        steps: dict[int, list[Cell]] = {}
        for cell in self.cells:
            steps.setdefault(cell[1], []).append(cell)
            if cell[0] not in self.shut:
                groups.setdefault(cell[0], []).append(cell)
        return [*groups.values(), *steps.values()]

    def _few(self) -> bool:
        """Hide one more where what is hidden together is few: their sum is known."""
        for line in self._lines():
            hidden = [cell for cell in line if cell in self.gone]
            shown = [cell for cell in line if cell not in self.gone]
            if hidden and shown and sum(self.cells[cell] for cell in hidden) < FEWEST:
                self.gone.add(min(shown, key=lambda cell: (self.cells[cell], cell)))
                return True
        return False

    def _bridged(self) -> bool:
        """Hide a ring through a small cell that lies on none; whether there was one to hide."""
        for cell in sorted(_bridges(self._edges())):
            if cell in self.cells and self.cells[cell] < FEWEST:
                more = self._ring(cell) - self.gone
                if more:
                    self.gone |= more
                    return True
        return False

    def _edges(self) -> dict[Cell, tuple[Node, Node]]:
        """What is not known, between the group and the step whose sums it is in."""
        edges = {cell: (("group", cell[0]), ("step", cell[1])) for cell in self.gone}
        totals = {(key, -1): (("group", key), TOTALS) for key in self.shut}
        return {**edges, **totals}

    def _ring(self, cell: Cell) -> set[Cell]:
        """The cells of the cheapest rectangle with a cell; without any, all of its lines."""
        group, step = cell
        best: tuple[float, list[Cell]] | None = None
        for other, at in self.cells:
            ring = [(group, at), (other, step), (other, at)]
            if other == group or at == step or not all(one in self.cells for one in ring):
                continue
            cost = sum(self.cells[one] for one in ring if one not in self.gone)
            if best is None or (cost, ring) < best:
                best = cost, ring
        if best is not None:
            return set(best[1])
        return {one for one in self.cells if one[0] == group or one[1] == step}


def _bridges(edges: Mapping[Cell, tuple[Node, Node]]) -> set[Cell]:
    """The edges that lie on no ring: without them their ends would not hang together."""
    near: dict[Node, list[tuple[Node, Cell]]] = {}
    for name, (one, other) in edges.items():
        near.setdefault(one, []).append((other, name))
        near.setdefault(other, []).append((one, name))
    order: dict[Node, int] = {}
    low: dict[Node, int] = {}
    found: set[Cell] = set()
    for root, around in near.items():
        if root in order:
            continue
        order[root] = low[root] = len(order)
        trail: list[tuple[Node, Cell | None, list[tuple[Node, Cell]]]] = [
            (root, None, list(around))
        ]
        while trail:
            node, came, left = trail[-1]
            if left:
                other, name = left.pop()
                if name == came:
                    continue
                if other in order:
                    low[node] = min(low[node], order[other])
                else:
                    order[other] = low[other] = len(order)
                    trail.append((other, name, list(near[other])))
                continue
            trail.pop()
            if trail and came is not None:
                above = trail[-1][0]
                low[above] = min(low[above], low[node])
                if low[node] > order[above]:
                    found.add(came)
    return found
