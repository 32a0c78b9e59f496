"""What tests of notices share: a board of people and channels."""

import pytest

from bot.db import Database
from bot.flows.turn import House
from tests.conftest import NOON
from tests.notices.board import Board


@pytest.fixture
async def board(db: Database, house: House) -> Board:
    """People and channels, on SQLite and again on PostgreSQL."""
    return Board(db, house, NOON)
