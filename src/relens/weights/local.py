"""Where weights lie on this machine: the hub's own cache, so that other programs and relens share one copy.

Layout, as huggingface_hub and transformers read and write it:

    models--OWNER--NAME/refs/main                   the commit that `main` was, when last asked
    models--OWNER--NAME/snapshots/COMMIT/FILE       links into blobs, under the names people know
    models--OWNER--NAME/blobs/CHECKSUM              the bytes: sha256 of large files, git's sha1 of small ones
    models--OWNER--NAME/blobs/CHECKSUM.SIZE.part    what relens has of a download that was interrupted
"""

import os
from dataclasses import dataclass
from pathlib import Path

from relens.weights.registry import Weights, card


@dataclass(frozen=True)
class State:
    """What is on this machine of some weights.

    Attributes:
        weights: the card.
        folder: the complete set; where they would be kept when it is not here.
        here: the set is complete.
        size_bytes: what they take of the disk, parts of downloads included.
        resumes_at: the fraction, 0 to 1, that an interrupted download has; None without one.
    """

    weights: Weights
    folder: Path
    here: bool
    size_bytes: int
    resumes_at: float | None

    @property
    def text(self) -> str:
        """The state in words."""
        if self.here:
            return "here"
        return "not here" if self.resumes_at is None else f"incomplete: resumes at {int(100 * self.resumes_at)} %"


def local_files(name: str) -> Path | None:
    """The folder with the complete set of files of the weights `name`, or None; without network.

    The snapshot of `main` comes first, then the newest complete one: another program may have moved `main` on and have
    fetched only a small file of it. Raises ValueRangeError for a name that is none of WEIGHTS.
    """
    weights = card(name)
    store = store_of(weights)
    complete = [folder for folder in (store / "snapshots").glob("*") if _is_complete(folder, weights)]
    main = _commit_of_main(store)
    return max(complete, key=lambda folder: (folder.name == main, folder.stat().st_mtime), default=None)


def state(name: str) -> State:
    """What is here of the weights `name`. Raises ValueRangeError for a name that is none of WEIGHTS."""
    weights = card(name)
    folder = local_files(name)
    store = store_of(weights)
    parts = parts_in(store)
    resumes_at = sum(map(_size_bytes, parts)) / max(sum(map(_full_size_bytes, parts)), 1) if parts else None
    return State(weights, folder or store, folder is not None, sum(map(_size_bytes, files_in(store))), resumes_at)


def hub_cache() -> Path:
    """The hub's cache folder, found by the variables that huggingface_hub reads (its constants.py)."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join("~", ".cache")
    home = os.environ.get("HF_HOME") or os.path.join(base, "huggingface")
    cache = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE") or os.path.join(home, "hub")
    return Path(os.path.expandvars(os.path.expanduser(cache))).absolute()


def store_of(weights: Weights) -> Path:
    """The folder in the hub's cache that holds everything of these weights, and nothing else."""
    return hub_cache() / f"models--{weights.repo.replace('/', '--')}"


def lock_path(store: Path) -> Path:
    """What a process holds while it changes a store; beside huggingface_hub's locks."""
    return store.parent / ".locks" / store.name / "relens.lock"


def part_path(store: Path, checksum: str, size_bytes: int) -> Path:
    """Where the bytes of a file that is still arriving are kept; the name says how many there will be."""
    return store / "blobs" / f"{checksum}.{size_bytes}.part"


def parts_in(store: Path) -> list[Path]:
    """What relens has of interrupted downloads."""
    return [part for part in (store / "blobs").glob("*.part") if part.name.split(".")[-2].isdigit()]


def files_in(folder: Path) -> set[Path]:
    """The files of a folder, each once; those that links lead to are named where they are."""
    return {file.resolve() for file in folder.rglob("*") if file.is_file()}


def _is_complete(folder: Path, weights: Weights) -> bool:
    # A link to bytes that are gone is no file.
    return all((folder / file).is_file() for file in weights.files)


def _full_size_bytes(part: Path) -> int:
    return int(part.name.split(".")[-2])


def _size_bytes(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # a process that fetches has given it another name
        return 0


def _commit_of_main(store: Path) -> str:
    try:
        return (store / "refs" / "main").read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
