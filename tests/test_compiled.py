import os
import tempfile
from pathlib import Path

import pytest

from relens import compiled


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of this test's own; no cache folder can be written."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", os.devnull)  # is there, and is no folder
    monkeypatch.setattr(compiled.atexit, "register", lambda *_args, **_words: None)
    compiled._private.cache_clear()
    yield tmp_path
    compiled._private.cache_clear()


def test_the_users_cache_comes_first(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert compiled.cache_base() == tmp_path / "cache"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="owners and modes are POSIX's")
def test_without_it_a_private_folder_is_made_and_found_again(temporary) -> None:
    base = compiled.cache_base()
    assert base.parent == temporary and base.stat().st_mode & 0o777 == 0o700
    compiled._private.cache_clear()
    assert compiled.cache_base() == base


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="owners and modes are POSIX's")
@pytest.mark.parametrize("trap", ["open", "link"])
def test_a_folder_that_others_could_have_filled_is_not_used(temporary, trap: str) -> None:
    planted = temporary / f"relens-{os.getuid()}"
    if trap == "open":
        planted.mkdir()
        planted.chmod(0o777)
    else:
        (temporary / "elsewhere").mkdir()
        planted.symlink_to(temporary / "elsewhere")
    base = compiled.cache_base()
    assert base != planted and base.parent == temporary and base.stat().st_mode & 0o777 == 0o700


@pytest.fixture
def numba_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when relens is imported first: numba is not loaded yet, and nobody has chosen a folder."""
    import sys

    # Kept by monkeypatch as it was, unset or not.
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.delitem(sys.modules, "numba", raising=False)


def test_numba_gets_a_folder_in_a_read_only_install_without_a_home(temporary, numba_to_come, monkeypatch) -> None:
    access = os.access
    package = Path(compiled.__file__).parent
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != package and access(path, mode))
    compiled.let_numba_keep_kernels()
    assert Path(os.environ["NUMBA_CACHE_DIR"]).is_relative_to(temporary)


def test_numba_keeps_its_ways_where_it_can_write(temporary, numba_to_come) -> None:
    compiled.let_numba_keep_kernels()
    assert "NUMBA_CACHE_DIR" not in os.environ
