"""BatchPlan: what is done to every photo of a batch."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from relens.cli.batch_photos import BatchPhoto
from relens.cli.shot_options import ShotOptions
from relens.errors import ValueRangeError

STAGES = ("depth", "lift", "shoot")
_SUFFIXES = {"depth": "-depth.exr", "lift": ".relens"}


@dataclass(frozen=True)
class BatchPlan:
    """What is done to every photo, in plain values that travel to other machines.

    Attributes:
        keep: some of STAGES, in order: whose results are kept. Those before are gone through all the same.
        folder: for the results, absolute.
        home: the working directory, from which the names of files in the options count.
        options, focus, reach_m, format: as in the command.
    """

    keep: tuple[str, ...]
    folder: str
    home: str
    options: ShotOptions
    focus: str
    reach_m: float
    format: str

    def output(self, photo: BatchPhoto, stage: str) -> Path:
        """Where the result of a stage lies."""
        return Path(self.folder, photo.name + _SUFFIXES.get(stage, f".{self.format}"))

    def outputs(self, photo: BatchPhoto) -> list[Path]:
        """What is kept of a photo."""
        return [self.output(photo, stage) for stage in self.keep]

    def key(self, photo: BatchPhoto) -> str:
        """A digest of all that a photo's results depend on: the options, it and the options' files by size and time."""
        options = asdict(self.options)
        depth = str(options["photo"]["depth"]).replace("{stem}", Path(photo.path).stem)
        files = [_stamp(path) for path in (photo.path, depth, *_texts(options))]
        about = (photo, self.keep, self.focus, self.reach_m, self.format, options, files)
        return hashlib.blake2b(repr(about).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def stages_of(text: str) -> tuple[str, ...]:
    """Some of STAGES, in the order in which they are done, of words with commas in between. Raises ValueRangeError."""
    words = [word.strip() for word in text.split(",")]
    if any(word not in STAGES for word in words):
        raise ValueRangeError("do", repr(text), f"some of {', '.join(STAGES)}, with commas in between")
    return tuple(stage for stage in STAGES if stage in words)


def _texts(value: object) -> Iterator[str]:
    """All that might name a file in nested options."""
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, str | Path):
        yield str(value)


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns
