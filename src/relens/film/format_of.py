"""What a film becomes, by the suffix of its name; everything that could go wrong is tried before the work."""

import os
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from relens.atomic import scratch_folder
from relens.errors import FileError, ValueRangeError
from relens.film.animation import Gif, WebP
from relens.film.frame_form import FrameForm, encoded_frame
from relens.film.frame_store import FrameStore
from relens.film.numbered import Numbered, is_numbered, numbered_path
from relens.film.reel import Reel
from relens.film.video import VIDEO_SUFFIXES, Video

_PICTURES = {".png": "png", ".exr": "exr"}
_KNOWN = f"{', '.join(VIDEO_SUFFIXES)}, .gif, .webp, or numbered pictures: film/####.png, film/####.exr"


@runtime_checkable
class Format(Protocol):
    """How frames become what the user wants."""

    @property
    def form(self) -> FrameForm:
        """How its frames are kept until then, and what it is made of."""
        ...

    @property
    def step_px(self) -> int:
        """Width and height are multiples of it."""
        ...

    def require(self) -> None:
        """Raise RelensError where what it needs is missing."""
        ...

    def write(self, target: Path, reel: Reel, size_px: tuple[int, int], fps: float) -> None:
        """Make it of all frames. Raises RelensError, and OSError from the disk."""
        ...


def format_of(
    output: Path,
    *,
    codec: str | None = None,
    bit_depth: int | None = None,
    quality: float | None = None,
    keeps_frames: bool = False,
) -> Format:
    """The format for a file name.

    | suffix | codec | bit_depth (default first) | quality |
    |---|---|---|---|
    | .mp4 .mov .mkv | h264, h265 | 8, 10 | constant rate factor, 0 to 51, less is better |
    | .gif | | 8 | |
    | .webp | | 8 | 0 to 100, more is better |
    | ####.png | | 8, 16 | |
    | ####.exr | | 16 (half), 32; linear light | |

    keeps_frames: whether the frames stay beside what is made of them.

    Raises FileError for other names and folders that are missing, ValueRangeError for what the format does not have,
    RelensError where its encoder is missing.
    """
    suffix = output.suffix.lower()
    require_folder(output)
    if suffix in VIDEO_SUFFIXES:
        found = Video(codec or "h264", 8 if bit_depth is None else bit_depth, quality)
        found.require()
        return found
    if codec is not None:
        raise ValueRangeError("codec", codec, f"none for {suffix or 'such a name'}; .mp4, .mov and .mkv have one")
    if suffix in _PICTURES:
        numbered_path(output, 1)
        if not is_numbered(output):
            raise FileError(output, f"holds one picture; for all frames write {output.stem}-####{suffix}")
        if quality is not None:
            raise ValueRangeError("quality", quality, f"none for {suffix}, which loses nothing")
        default = 8 if suffix == ".png" else 16
        form = FrameForm("png" if suffix == ".png" else "exr", default if bit_depth is None else bit_depth)
        return Numbered(form, may_link=not keeps_frames)
    if suffix not in (".gif", ".webp"):
        raise FileError(output, f"unknown suffix {suffix or '(none)'}; expected one of {_KNOWN}")
    if bit_depth not in (None, 8):
        raise ValueRangeError("bit_depth", bit_depth, f"8 for {suffix}")
    if suffix == ".gif" and quality is not None:
        raise ValueRangeError("quality", quality, "none for .gif")
    found = Gif() if suffix == ".gif" else WebP() if quality is None else WebP(quality)
    found.require()
    return found


def try_out(chosen: Format, output: Path, size_px: tuple[int, int], fps: float) -> None:
    """Make it of one black frame, which goes again. Raises ValueRangeError and RelensError for what it cannot hold."""
    if isinstance(chosen, Numbered):
        return
    for side_px in size_px:
        if side_px % chosen.step_px:
            raise ValueRangeError("size_px", f"{size_px[0]}x{size_px[1]}", f"even numbers for {output.suffix}")
    black = np.zeros((size_px[1], size_px[0], 3), np.float32)
    with scratch_folder(output) as folder:
        store = FrameStore(folder, chosen.form)
        store.put("black", encoded_frame(black, chosen.form))
        chosen.write(folder / f"trial{output.suffix.lower()}", Reel(store, ["black"]), size_px, fps)


def require_folder(output: Path) -> None:
    """Raise FileError where no file of that name can be: its folder is missing, or it is a folder or a device."""
    folder = output.parent
    if is_numbered(output) and not folder.exists():
        folder = folder.parent
    if not folder.is_dir():
        raise FileError(output, f"the folder {folder} does not exist; create it first")
    if output.is_dir():
        raise FileError(output, "is a folder; expected a file name")
    if output.exists() and not output.is_file():
        raise FileError(output, "is a device or a pipe; expected a file name")
    if output.is_symlink():
        # A loop of links stays a link.
        target = Path(os.path.realpath(output))
        if target.is_symlink() or not target.parent.is_dir():
            raise FileError(output, f"is a link to {os.readlink(output)}, where no file can be")
