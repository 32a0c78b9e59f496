"""A process of the bot: alone on its database, open to a full hall, ended in order."""

import gc
import os
import resource
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import serving
from bot.content import Content
from bot.serving import HALL, MOST_FILES, AlreadyRunningError, only_one, open_wide, serve
from bot.settings import Settings
from tests.processes import free_port


@pytest.fixture
def kept() -> Iterator[None]:
    """Signals and the collector are afterwards as they were."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    handlers, thresholds = [signal.getsignal(number) for number in numbers], gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    for number, handler in zip(numbers, handlers, strict=True):
        signal.signal(number, handler)


def test_one_process_alone_runs_on_a_file(tmp_path: Path) -> None:
    """A second one is refused while the first runs, and welcome after it."""
    settings = Settings(state_dir=str(tmp_path / "new"))

    with only_one(settings), pytest.raises(AlreadyRunningError), only_one(settings):
        pass
    with only_one(settings):
        pass


def test_many_processes_run_on_postgresql(tmp_path: Path) -> None:
    """There the database itself keeps them apart; nothing is locked, no folder made."""
    settings = Settings(state_dir=str(tmp_path / "new"), database_url="postgresql://x/y")

    with only_one(settings), only_one(settings):
        assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("limits", "asked", "told"),
    [
        pytest.param((1024, 100_000), (MOST_FILES, 100_000), MOST_FILES, id="raised to our most"),
        pytest.param((1024, 4096), (4096, 4096), 4096, id="raised as far as it goes"),
        pytest.param((70_000, 100_000), None, 70_000, id="already enough"),
        pytest.param((1024, -1), (MOST_FILES, -1), MOST_FILES, id="without end above"),
        pytest.param((-1, -1), None, -1, id="without any limit"),
    ],
)
def test_as_many_connections_as_may_be(
    monkeypatch: pytest.MonkeyPatch,
    limits: tuple[int, int],
    asked: tuple[int, int] | None,
    told: int,
) -> None:
    """The limit of the system is raised as far as it lets us, and never lowered."""
    made: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _what: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda _what, pair: made.append(pair))

    assert resource.RLIM_INFINITY == -1
    assert open_wide() == told
    assert made == ([asked] if asked else [])


def test_too_few_connections_are_told_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Less than a full hall needs is a warning; as much as it needs is not."""
    for limit in (HALL - 1, HALL):
        monkeypatch.setattr(resource, "getrlimit", lambda _what, most=limit: (most, most))
        open_wide()

    assert capsys.readouterr().out.count("few connections") == 1


def test_a_process_starts_says_so_and_ends_in_order(
    tmp_path: Path, matcher_cache: Path, content: Content, kept: None
) -> None:
    """Ready once it listens; SIGTERM ends it without an error and lets go of the database."""
    state = tmp_path / "state"
    shutil.copytree(matcher_cache, state / "cache")
    settings = Settings(state_dir=str(state), host="127.0.0.1", port=str(free_port()))
    told: list[bool] = []

    def ready() -> None:
        with pytest.raises(AlreadyRunningError), only_one(settings):
            pass
        told.append(threading.current_thread() is threading.main_thread())
        os.kill(os.getpid(), signal.SIGTERM)

    serve(settings, ready)

    assert told == [True]
    with only_one(settings):  # nobody runs any more
        assert serving.log is not None
