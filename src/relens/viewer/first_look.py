"""FirstLook: what a page is told and shown of a scene before the scene is loaded, kept from the last time.

It lies in the user's cache folder, one file a scene: SHA-256 of what follows, then a container
(`relens.viewer.container`) of {"stamp", "info", "pack"}. The stamp stands for what the scene's folder held then.
Nothing depends on it: a file that is missing, damaged, foreign or of another state is no look, and where none can be
written there is none.
"""

import hashlib
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relens.atomic import atomic_file
from relens.errors import FileError, RelensError
from relens.viewer.container import Chunks, chunk_of, joined, parted
from relens.viewer.edit_state import EditState

if TYPE_CHECKING:
    from relens.viewer.levels import Levels

_MOST_KEPT = 32
# Of a few hundred kilobytes; what is far larger is not ours.
_MOST_BYTES = 64 << 20
_DIGEST_BYTES = hashlib.sha256().digest_size
_ENDING = ".look"


@dataclass(frozen=True)
class FirstLook:
    """What the server answers first.

    Attributes:
        info: the scene's description (`relens.viewer.scene_info`).
        pack: the scene at its smallest level (`relens.viewer.pack`).
    """

    info: dict[str, Any]
    pack: bytes

    @property
    def level(self) -> int:
        """The smallest level."""
        return self.info["levels"][-1]["level"]


def first_look(levels: "Levels", name: str, edits: EditState) -> FirstLook:
    """The first look at a scene; some tenths of a second for a photo of 7 megapixels."""
    from relens.viewer.pack import packed
    from relens.viewer.scene_info import scene_info

    return FirstLook(scene_info(levels, name, edits), packed(levels, levels.sizes[-1].level, edits))


def keep_look(look: FirstLook, folder: Path, state: str) -> None:
    """Keep the look at a scene's folder for the next time; the least recently used go. Quietly nothing where it fails.

    state: stands for what the folder holds.
    """
    chunks = Chunks()
    content = {"stamp": _stamp(folder, state), "info": look.info, "pack": chunks.add(look.pack)}
    data = joined(content, chunks)
    with suppress(OSError, FileError, RuntimeError):
        # RuntimeError where a user has no home.
        room = cache_folder()
        room.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_private(room):
            return
        with atomic_file(_file_of(folder)) as temporary:
            temporary.touch(0o600, exist_ok=False)
            temporary.write_bytes(hashlib.sha256(data).digest() + data)
        files = sorted(room.glob(f"*{_ENDING}"), key=lambda file: file.stat().st_mtime_ns)
        for file in files[:-_MOST_KEPT]:
            file.unlink()


def kept_look(folder: Path, state: str) -> FirstLook | None:
    """The look that was kept of a scene's folder in this state; None where there is none."""
    with suppress(OSError, RelensError, RuntimeError):
        file = _file_of(folder)
        if _is_private(file.parent) and file.stat().st_size <= _MOST_BYTES:
            look = _read(file.read_bytes(), _stamp(folder, state))
            if look is not None:
                os.utime(file)
            return look
    return None


def cache_folder() -> Path:
    """Where looks are kept: the user's cache folder, as each system has it."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME", "")
        # What is relative is to be ignored: XDG Base Directory Specification 0.8.
        base = base if os.path.isabs(base) else Path.home() / ".cache"
    return Path(base, "relens", "view")


def _read(data: bytes, stamp: str) -> FirstLook | None:
    """Raises RelensError for a damaged container."""
    digest, data = data[:_DIGEST_BYTES], data[_DIGEST_BYTES:]
    if digest != hashlib.sha256(data).digest():
        return None
    content, chunks = parted(data)
    if content.get("stamp") != stamp:
        return None
    look = FirstLook(content["info"], chunk_of(chunks, content["pack"]))
    head, _ = parted(look.pack)
    return look if (head["kind"], head["level"]) == ("scene", look.level) else None


def _stamp(folder: Path, state: str) -> str:
    # Another relens may describe and pack otherwise.
    return _digest(version("relens"), os.fspath(folder.resolve()), state)


def _file_of(folder: Path) -> Path:
    return cache_folder() / f"{_digest(os.fspath(folder.resolve()))[:32]}{_ENDING}"


def _digest(*texts: str) -> str:
    # File names may hold bytes that are no characters.
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogateescape")).hexdigest()


def _is_private(room: Path) -> bool:
    """Whether nobody but this user writes there."""
    found = room.stat()
    return not hasattr(os, "geteuid") or (found.st_uid == os.geteuid() and not found.st_mode & 0o022)
