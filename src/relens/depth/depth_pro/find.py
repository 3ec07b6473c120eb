"""Where Depth Pro's weights are: what the user names, else what is on this machine, else what can be fetched."""

from pathlib import Path

from relens.depth.backend import Readiness
from relens.depth.depth_pro.files import weight_files
from relens.errors import RelensError
from relens.progress import Progress
from relens.weights import can_fetch, fetch, local_files


def ready_weights(given: Path | None, names: tuple[str, ...]) -> Readiness:
    """Whether there are weights, or could be. names: of `relens.weights`, the one to fetch first."""
    try:
        found = _local(given, names)
    except RelensError as error:
        return Readiness(usable=False, why=str(error))
    if found is not None:
        return Readiness(usable=True, why=f"weights in {found}")
    fetchable, what = can_fetch(names[0])
    if fetchable:
        return Readiness(usable=False, why=f"its weights can be fetched: {what}", fetchable=True)
    return Readiness(usable=False, why=f"its weights are not here and cannot be fetched ({what})")


def find_weights(given: Path | None, names: tuple[str, ...], progress: Progress) -> Path:
    """The folder or file with the weights; fetched, announced with size and licence, when they are nowhere here.

    The network is only asked when nothing is found on this machine.
    Raises FileError when what the user names holds none; RelensError with the ways on when they cannot be fetched.
    """
    found = _local(given, names)
    if found is not None:
        return found
    try:
        return fetch(names[0], progress)
    except RelensError as error:
        raise RelensError(
            f"Depth Pro: its weights are not on this machine and could not be fetched ({error}); ways on: with a "
            f"network, run: relens models fetch {names[0]}; or name a folder that holds them: --weights DIR; or give a "
            "depth file: --depth FILE; or, where a face is visible, use --backend portrait"
        ) from error


def _local(given: Path | None, names: tuple[str, ...]) -> Path | None:
    if given is not None:
        weight_files(given)
        return given
    folders = (local_files(name) for name in names)
    return next((folder for folder in folders if folder is not None), None)
