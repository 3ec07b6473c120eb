"""What is being written has a hidden name beside its own, `.STEM.MACHINE-PROCESS-RANDOM.part.SUFFIX`.

So what a killed process has left is told from what a living one writes, and goes.
"""

import os
import re
import shutil
import sys
import time
import uuid
import zlib
from contextlib import suppress
from functools import cache
from pathlib import Path

_LEFT = re.compile(r"\A\..*\.([0-9a-f]{8})-([0-9]+)-[0-9a-f]{8}\.(part|old)(\..*)?\Z", re.DOTALL)
# No writer lets what it writes lie untouched for so long; it counts where a process cannot be looked up.
_LONGEST_REST_S = 24 * 3600.0
# Folders that were tidied by this process; listing one takes time.
_tidied: set[Path] = set()


def hidden_name(path: Path, kind: str = "part") -> Path:
    """A new name beside `path`. kind: "part" of it, or "old": a folder in which what had its name is put aside."""
    # The suffix stays last, since encoders choose the format by it; the stem is cut to stay under 255 bytes.
    writer = f"{_machine()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    return path.with_name(f".{path.stem[:32]}.{writer}.{kind}{path.suffix[:16]}")


@cache
def _machine() -> str:
    """8 digits, the same wherever process numbers mean the same: on this machine, or in this container."""
    import platform

    name = platform.node()
    with suppress(OSError):
        # Machines may share a name: Linux knows this start of its kernel, and this container.
        name += Path("/proc/sys/kernel/random/boot_id").read_text() + os.readlink("/proc/self/ns/pid")
    return f"{zlib.crc32(name.encode('utf-8', 'surrogateescape')):08x}"


def tidy_once(folder: Path) -> None:
    """`tidy`, unless this process has done it: listing a folder takes time."""
    if folder not in _tidied:
        _tidied.add(folder)
        tidy(folder)


def tidy(folder: Path) -> None:
    """Remove what writers that are gone have left in a folder, and give back what they had put aside."""
    with suppress(OSError):
        for name in os.listdir(folder):
            left = _LEFT.match(name)
            if left is None:
                continue
            path = folder / name
            is_here = left[1] == _machine()
            if not (is_here and _is_gone(int(left[2]))) and not _has_rested(path):
                continue
            if left[3] == "old":
                for kept in path.iterdir():
                    if not (folder / kept.name).exists():
                        os.rename(kept, folder / kept.name)
            remove(path)


def _is_gone(process: int) -> bool:
    if sys.platform == "win32":  # os.kill would end it there
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        pass
    return False


def _has_rested(path: Path) -> bool:
    times_s = [each.lstat().st_mtime for each in (path, *path.rglob("*"))]
    return time.time() - max(times_s) > _LONGEST_REST_S


def bring_back(path: str | os.PathLike[str]) -> None:
    """Give a folder its name again that a killed writer had put aside, where folders cannot be exchanged in one step.

    Does nothing where `path` is there, or was not put aside.
    """
    with suppress(OSError, ValueError, RuntimeError):
        target = Path(path).resolve()
        if not target.exists():
            tidy(target.parent)


def remove(path: Path) -> None:
    """Remove a file or a folder, or what can be removed of it."""
    with suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
