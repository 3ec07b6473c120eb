"""Where compiled kernels may be kept: the user's cache, or a private folder where that cannot be written.

Every `import relens` comes by here, so what only the private folder needs is imported there.
"""

import atexit
import os
import stat
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path


def cache_base() -> Path:
    """The user's cache folder, or a private one among the temporary files where that cannot be written.

    Raises FileNotFoundError where no temporary file can be written either.
    """
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if os.path.isabs(base) and (there := _existing(Path(base))).is_dir() and os.access(there, os.W_OK):
        return Path(base)
    import tempfile

    return _private(Path(tempfile.gettempdir()))


def let_numba_keep_kernels() -> None:
    """Name a folder to numba where it would find none by itself, in a read-only install without a home, and give up.

    Does nothing where the user has chosen one (NUMBA_CACHE_DIR), or numba was loaded before.
    """
    if "NUMBA_CACHE_DIR" in os.environ or "numba" in sys.modules or os.access(Path(__file__).parent, os.W_OK):
        return
    import tempfile

    with suppress(OSError):  # what needs no kernel works without
        base = cache_base()
        if base.is_relative_to(tempfile.gettempdir()):
            os.environ["NUMBA_CACHE_DIR"] = str(base / "numba")


def _existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


@cache
def _private(room: Path) -> Path:
    """A folder that nobody else writes: numba runs what it finds in its cache, and others write in /tmp too."""
    path = room / f"relens-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    with suppress(FileExistsError):
        path.mkdir(0o700)
    found = path.lstat()
    if stat.S_ISDIR(found.st_mode) and (
        not hasattr(os, "geteuid") or (found.st_uid == os.geteuid() and not found.st_mode & 0o022)
    ):
        return path
    import shutil
    import tempfile

    own = Path(tempfile.mkdtemp(prefix="relens-", dir=room))
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    return own
