"""Verifying weights that are here against the checksums the hub gives them."""

import os
from dataclasses import dataclass
from pathlib import Path

from relens.errors import FileError, RelensError
from relens.progress import Progress, silent
from relens.weights.checksum import checksum_like, is_checksum, kind_of
from relens.weights.local import local_files
from relens.weights.offer import ask
from relens.weights.registry import Weights, card


@dataclass(frozen=True)
class Verified:
    """A file that is as it should be.

    Attributes:
        file: the file.
        against: what it was compared with, in words.
    """

    file: Path
    against: str


def verify(name: str, progress: Progress = silent) -> tuple[Verified, ...]:
    """Hash every file of the weights `name` and compare it with the hub's checksum.

    The hub's cache names the bytes by their checksum, so this needs no network; where the system keeps no links the hub
    is asked for the checksum.

    Raises ValueRangeError for a name that is none of WEIGHTS; FileError that names a corrupt file; RelensError when the
    weights are not here, or a checksum is neither known here nor to be had from the hub.
    """
    weights = card(name)
    folder = local_files(name)
    if folder is None:
        raise RelensError(f"{name}: not here, so there is nothing to verify; fetch it: relens models fetch {name}")
    return tuple(_verified(weights, folder / file, progress) for file in weights.files)


def _verified(weights: Weights, file: Path, progress: Progress) -> Verified:
    expected, says = _expected(weights, file)
    try:
        size_bytes = file.stat().st_size
        found = checksum_like(expected, file, lambda done_bytes: progress("verify weights", done_bytes / size_bytes))
    except OSError as error:
        raise FileError(file, f"cannot read: {error.strerror}") from error
    if found != expected:
        mend = f"relens models remove {weights.name}, then fetch it again"
        raise FileError(file, f"is corrupt: {kind_of(found)} is {found}, {says} {expected}; mend it: {mend}")
    return Verified(file, f"{kind_of(expected)}, as {says}")


def _expected(weights: Weights, file: Path) -> tuple[str, str]:
    """The checksum a file should have, and who says so."""
    if file.is_symlink() and is_checksum(blob := Path(os.readlink(file)).name):
        return blob, "the hub's cache names it"
    try:
        offer = ask(weights, file.parent.name)
    except RelensError as error:
        raise RelensError(f"{file}: its checksum is not kept here, and the hub has to be asked: {error}") from error
    return next(one.checksum for one in offer.files if one.name == file.name), "the hub says"
