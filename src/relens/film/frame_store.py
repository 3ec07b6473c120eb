"""FrameStore: a folder of finished frames, from which a film that was stopped goes on."""

import shutil
import zlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from relens.atomic import atomic_file
from relens.errors import FileError
from relens.film.frame_form import FrameForm
from relens.render.threads import thread_count


class FrameStore:
    """Frames by their key (`relens.film.frame_key`), each a file KEY-CHECKSUM.png or .exr.

    They land atomically, and one that is not as it was written is no frame: so whatever stopped the last run, and
    whoever opened the folder since, what is found here is right.

    Raises FileError where the folder cannot be made or read.
    """

    def __init__(self, folder: Path, form: FrameForm) -> None:
        self.folder, self.form = folder, form
        try:
            folder.mkdir(exist_ok=True)
            names = [path.name for path in folder.iterdir()]
        except OSError as error:
            raise FileError(folder, f"cannot keep frames there: {error.strerror or error}") from error
        self._files: dict[str, Path] = {}
        for name in names:
            key, dash, checksum = name.removesuffix(form.suffix).rpartition("-")
            if name.endswith(form.suffix) and dash and len(checksum) == 8 and not name.startswith("."):
                self._files[key] = folder / name

    def __contains__(self, key: str) -> bool:
        return key in self._files

    def path(self, key: str) -> Path:
        """The file of a frame that is here."""
        return self._files[key]

    def pixels(self, key: str) -> np.ndarray:
        """The codes of a frame that is here (see `FrameForm`). Raises FileError where its file is gone."""
        return self.form.unpacked(_content(self._files[key]))

    def put(self, key: str, content: bytes) -> None:
        """Add a frame, whole or not at all, on the disk when this returns. Raises FileError."""
        path = self.folder / f"{key}-{zlib.crc32(content):08x}{self.form.suffix}"
        with atomic_file(path) as temporary:
            temporary.write_bytes(content)
        self._files[key] = path

    def rename(self, key: str, other: str) -> None:
        """A frame under another key, which it is a frame of as well. Raises FileError."""
        path = self._files.pop(key)
        renamed = path.with_name(path.name.replace(key, other))
        try:
            path.replace(renamed)
        except OSError as error:
            raise FileError(path, f"cannot rename: {error.strerror or error}") from error
        self._files[other] = renamed

    def drop_damaged(self, keys: Iterable[str]) -> None:
        """Of these frames, remove those whose files are not what was written."""
        known = [key for key in dict.fromkeys(keys) if key in self._files]
        with ThreadPoolExecutor(thread_count()) as threads:
            sound = list(threads.map(_is_sound, [self._files[key] for key in known]))
        for key, is_sound in zip(known, sound, strict=True):
            if not is_sound:
                self._files.pop(key).unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove the folder and all that is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._files = {}


def _is_sound(path: Path) -> bool:
    try:
        return path.stem.endswith(f"-{zlib.crc32(_content(path)):08x}")
    except FileError:
        return False


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(path, f"cannot read: {error.strerror or error}") from error
