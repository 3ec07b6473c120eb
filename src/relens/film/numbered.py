"""Numbered pictures: film/####.png becomes film/0001.png, film/0002.png, ..."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from relens.atomic import atomic_file
from relens.errors import FileError
from relens.film.frame_form import FrameForm
from relens.film.reel import Reel

_HASHES = re.compile(r"#+")


def is_numbered(output: Path) -> bool:
    """Whether a name has a place for numbers."""
    return bool(_HASHES.search(output.name))


@dataclass(frozen=True)
class Numbered:
    """A folder of pictures, each there as soon as it is its turn.

    Attributes:
        form: of the pictures.
        may_link: whether the kept frames themselves may become the pictures: they are not kept any longer.
    """

    form: FrameForm
    may_link: bool = True
    step_px: int = 1

    def require(self) -> None:
        """Nothing more than relens."""

    def write(self, target: Path, reel: Reel, size_px: tuple[int, int], fps: float) -> None:
        """Put every frame under its number. Raises FileError."""
        placed: set[Path] = set()
        for number, file in enumerate(reel.files(), 1):
            with atomic_file(numbered_path(target, number)) as temporary:
                # A frame that is held would be one file under two names, and painting into one of them paint both.
                _place(file, temporary, self.may_link and file not in placed)
            placed.add(file)


def numbered_path(output: Path, number: int) -> Path:
    """The name of one picture. Raises FileError for a name with places for two numbers."""
    if len(_HASHES.findall(output.name)) > 1:
        raise FileError(output, "has two places for numbers; expected one, as in film/####.png")
    return output.with_name(_HASHES.sub(lambda found: f"{number:0{len(found[0])}d}", output.name))


def _place(file: Path, target: Path, may_link: bool) -> None:
    if may_link:
        try:
            os.link(file, target)
            return
        except OSError:  # a file system without links
            pass
    shutil.copyfile(file, target)
