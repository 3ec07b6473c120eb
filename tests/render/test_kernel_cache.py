"""Compiled kernels are kept in a folder named after their sources, wherever one can write."""

import os
import tempfile
from pathlib import Path

import numba
import pytest

from relens.render import kernel_cache
from relens.render.kernel_cache import cached_by_source


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """Kernels in a folder of the test's own, and caches below it."""
    room = tmp_path / "render"
    room.mkdir()
    (room / "cpu_one.py").write_text("one")
    (room / "cpu_two.py").write_text("two")
    (room / "rays.py").write_text("rays")
    monkeypatch.setattr(kernel_cache, "__file__", str(room / "kernel_cache.py"))
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return room


def folder():
    with cached_by_source():
        return Path(numba.config.CACHE_DIR)


def test_the_folder_is_below_the_users_cache(sources, tmp_path):
    assert folder().is_relative_to(tmp_path / "cache" / "relens")
    assert folder() == folder()


def test_the_folder_changes_with_any_kernel(sources):
    folders = [folder()]
    for name in ("cpu_one.py", "cpu_two.py"):
        (sources / name).write_text("changed")
        folders.append(folder())
    assert len(set(folders)) == 3
    (sources / "rays.py").write_text("no kernel")
    assert folder() == folders[-1]


def test_the_setting_is_put_back(sources):
    with pytest.raises(RuntimeError), cached_by_source():
        raise RuntimeError
    assert numba.config.CACHE_DIR == ""


def test_a_folder_the_user_chose_is_kept(sources, monkeypatch):
    monkeypatch.setattr(numba.config, "CACHE_DIR", "/chosen")
    assert folder() == Path("/chosen")


def test_without_the_variable_it_is_the_home(sources, tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert folder().is_relative_to(tmp_path / ".cache" / "relens")


def test_a_home_that_cannot_be_written_falls_back(sources, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    # Root may write anywhere, so the answer is set rather than the permission.
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != home and access(path, mode))
    assert not folder().is_relative_to(home)
    assert folder().is_relative_to(tempfile.gettempdir())


def test_a_relative_cache_variable_is_ignored(sources, monkeypatch):
    # The XDG base directory specification: relative paths are invalid.
    monkeypatch.setenv("XDG_CACHE_HOME", "somewhere")
    assert folder().is_absolute()
