import shutil
import threading
from pathlib import Path

import pytest
from view_server import history_of

from relens.edit import Paint, Where
from relens.edit.history_file import save_history
from relens.errors import FileError, RelensError
from relens.serve import keeper as room
from relens.serve.folder_state import folder_state
from relens.serve.keeper import Keeper


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def keeper(folder: Path, said: list[str], monkeypatch: pytest.MonkeyPatch) -> Keeper:
    monkeypatch.setattr(room, "_PAUSE_S", 0.01)
    return Keeper(folder, folder_state(folder), said.append)


def _painted(folder: Path, colour: str = "#ff0000"):
    return history_of(folder).do(Paint(colour, where=Where(brush_px=((30, 24),), radius_px=3)))


def _names(folder: Path) -> list[str]:
    return [step.name for step in history_of(folder).done]


def test_the_end_waits_until_the_last_edit_is_written(keeper: Keeper, folder: Path) -> None:
    history = _painted(folder)
    keeper.keep(history)
    keeper.keep(history.do(Paint("#00ff00", where=Where(brush_px=((10, 10),)))))
    keeper.close()
    assert _names(folder) == ["paint", "paint"] and keeper.works


def test_only_the_newest_of_many_is_written(folder: Path, keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    writing, may_go_on, written = threading.Event(), threading.Event(), []

    def slow(history, path):
        writing.set()
        may_go_on.wait()
        written.append(len(history.done))
        save_history(history, path)

    monkeypatch.setattr(room, "save_history", slow)
    history = _painted(folder)
    keeper.keep(history)
    assert writing.wait(30)
    for _ in range(5):
        history = history.do(Paint("#00ff00", opacity=0.5, where=Where(brush_px=((10, 10),))))
        keeper.keep(history)
        assert keeper.is_as_left()
    may_go_on.set()
    keeper.close()
    assert written == [1, 6]
    assert _names(folder) == ["paint"] * 6


def test_steps_are_saved_as_they_were_and_undo_to_the_bit(keeper: Keeper, folder: Path) -> None:
    before = history_of(folder)
    keeper.keep(_painted(folder))
    keeper.close()
    after = history_of(folder)
    assert (after.undo().scene.layers[0].rgba == before.scene.layers[0].rgba).all()


def test_an_edit_taken_before_another_program_wrote_goes_beside(keeper: Keeper, folder: Path, said: list[str]) -> None:
    mine, theirs = _painted(folder), _painted(folder, "#0000ff")
    save_history(theirs, folder)
    keeper.keep(mine)
    keeper.close()
    beside = folder.with_name("me-2.relens")
    assert history_of(folder).done[0].values == theirs.done[0].values
    assert history_of(beside).done[0].values == mine.done[0].values
    assert len(said) == 1 and str(beside) in said[0] and "another program" in said[0]


def test_a_folder_that_was_changed_is_noticed(keeper: Keeper, folder: Path) -> None:
    assert keeper.is_as_left()
    save_history(_painted(folder), folder)
    assert not keeper.is_as_left()
    keeper.close()


def test_a_folder_that_was_removed_is_noticed(keeper: Keeper, folder: Path) -> None:
    shutil.rmtree(folder)
    assert not keeper.is_as_left()
    keeper.close()


def test_what_could_not_be_written_is_tried_again_at_the_end(
    keeper: Keeper, folder: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = threading.Event()
    monkeypatch.setattr(keeper, "_say", lambda line: (said.append(line), told.set()))

    def full(history, path):
        raise FileError(path, "cannot write: No space left on device")

    monkeypatch.setattr(room, "save_history", full)
    keeper.keep(_painted(folder))
    assert told.wait(30) and not keeper.works
    assert said == [f"not saved: {folder}: cannot write: No space left on device"]
    monkeypatch.setattr(room, "save_history", save_history)
    keeper.close()
    assert _names(folder) == ["paint"]


def test_what_cannot_be_written_at_all_is_an_error(
    keeper: Keeper, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(history, path):
        raise FileError(path, "cannot write: No space left on device")

    monkeypatch.setattr(room, "save_history", full)
    keeper.keep(_painted(folder))
    with pytest.raises(RelensError, match=r"the last edits are not saved: .*No space left"):
        keeper.close()
    assert _names(folder) == []
