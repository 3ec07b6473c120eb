import threading
from pathlib import Path

import pytest

from relens.errors import FileError
from relens.explain.background_writer import BackgroundWriter


def _fail(path: Path) -> None:
    raise FileError(path, "the disk is full")


def test_writes_in_order_off_the_main_thread(tmp_path: Path) -> None:
    threads = []

    def write(path: Path) -> None:
        threads.append(threading.current_thread())
        path.write_text("x")

    with BackgroundWriter() as writer:
        for name in "abc":
            writer.write(tmp_path / name, write, made_s=5.0)
    assert [file.path.name for file in writer.written] == ["a", "b", "c"]
    assert all(file.path.exists() and 5 <= file.seconds < 6 for file in writer.written)
    assert threading.main_thread() not in threads


def test_an_error_surfaces_at_the_next_file(tmp_path: Path) -> None:
    reached = []
    with pytest.raises(FileError, match="disk is full"), BackgroundWriter() as writer:
        writer.write(tmp_path / "a", _fail)
        reached.append(1)
        writer.write(tmp_path / "b", Path.touch)
        reached.append(2)
    assert reached == [1]
    assert not (tmp_path / "b").exists()


def test_an_error_of_the_last_file_surfaces_on_leaving(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="disk is full"), BackgroundWriter() as writer:
        writer.write(tmp_path / "a", _fail)


def test_the_callers_own_error_comes_first(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), BackgroundWriter() as writer:
        writer.write(tmp_path / "a", _fail)
        raise KeyboardInterrupt
