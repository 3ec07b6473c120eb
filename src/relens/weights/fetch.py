"""Fetching weights: announced, resumed where it was interrupted, verified, and only then under their names.

Why not huggingface_hub: 2.4 begins every download anew under a fresh name and throws away what a broken connection or
Ctrl-C leaves (its `_download_to_tmp_and_move`). The layout of its cache is kept, so it finds what relens has fetched.
"""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from relens.atomic import atomic_file
from relens.errors import FileError, RelensError
from relens.only_one import only_one
from relens.progress import Progress, silent
from relens.weights.checksum import checksum_like, kind_of
from relens.weights.connection import UnreachableError, host
from relens.weights.download import download
from relens.weights.local import local_files, lock_path, part_path, parts_in, store_of
from relens.weights.offer import HubFile, Offer, ask, endpoint
from relens.weights.registry import Weights, card
from relens.weights.words import bytes_text


@dataclass(frozen=True)
class Announcement:
    """What users are told before weights are fetched.

    Attributes:
        weights: the card, with the licence.
        source: server and repo.
        folder: where they will be kept.
        size_bytes: of the complete set.
        here_bytes: what an interrupted download has of it.
    """

    weights: Weights
    source: str
    folder: Path
    size_bytes: int
    here_bytes: int

    @property
    def text(self) -> str:
        """Two lines: size and places; licence."""
        size = bytes_text(self.size_bytes)
        if self.here_bytes:
            size += f", of which {bytes_text(self.here_bytes)} are here"
        return (
            f"fetching {self.weights.name} ({size}) from {self.source} to {self.folder}\n"
            f"licence: {self.weights.licence}; terms: {self.weights.terms}"
        )


def announce_on_stderr(announcement: Announcement) -> None:
    """Print it, above any progress bar."""
    from tqdm import tqdm

    tqdm.write(announcement.text, file=sys.stderr)


def fetch(
    name: str,
    progress: Progress = silent,
    announce: Callable[[Announcement], None] = announce_on_stderr,
) -> Path:
    """The folder with the complete set of the weights `name`; what is missing is fetched into the hub's cache.

    Args:
        name: one of WEIGHTS.
        progress: told the fraction of all bytes that is here, then of those that are verified; may raise to interrupt,
            and what has arrived is kept for the next time.
        announce: told size and licence, once, before the first byte; not called when all is here.

    Raises ValueRangeError for another name; RelensError without network, when the hub refuses, and when another process
    is fetching the same; FileError when the disk is full or read-only, and for a file that arrived corrupt.
    """
    weights = card(name)
    folder = local_files(name)
    if folder is not None:
        return folder
    offer = ask(weights)
    store = store_of(weights)
    try:
        with only_one(lock_path(store), f"{name}: another process is fetching it; wait for that"):
            _fetch(offer, store, progress, announce)
            return _publish(offer, store)
    except OSError as error:
        raise FileError(error.filename or store, f"cannot write: {error.strerror or error}") from error


def _fetch(offer: Offer, store: Path, progress: Progress, announce: Callable[[Announcement], None]) -> None:
    missing = [file for file in offer.files if not _blob(store, file).exists()]
    if not missing:  # another process was quicker
        return
    here_bytes = offer.size_bytes - sum(_left_bytes(store, file) for file in missing)
    _require_room(store, offer.size_bytes - here_bytes)
    source = f"{host(endpoint())}/{offer.weights.repo}"
    announce(Announcement(offer.weights, source, store, offer.size_bytes, here_bytes))
    before_bytes = sum(file.size_bytes for file in offer.files if file not in missing)
    for file in missing:

        def reached(stage: str, file_bytes: int, before_bytes: int = before_bytes) -> None:
            progress(stage, (before_bytes + file_bytes) / offer.size_bytes)

        _fetch_file(file, store, reached)
        before_bytes += file.size_bytes


def _fetch_file(file: HubFile, store: Path, reached: Callable[[str, int], None]) -> None:
    part = part_path(store, file.checksum, file.size_bytes)
    try:
        download(file.url, part, file.size_bytes, lambda file_bytes: reached("fetch weights", file_bytes))
    except UnreachableError as error:
        raise RelensError(f"{error}; what has arrived is kept, and fetching again goes on from there") from error
    found = checksum_like(file.checksum, part, lambda file_bytes: reached("verify weights", file_bytes))
    if found != file.checksum:
        part.unlink()
        problem = f"arrived corrupt: {kind_of(found)} is {found}, the hub says {file.checksum}; removed, fetch it again"
        raise FileError(file.name, problem)
    with part.open("rb") as content:
        os.fsync(content.fileno())
    os.replace(part, _blob(store, file))


def _publish(offer: Offer, store: Path) -> Path:
    """Give the bytes the names that transformers and people look for."""
    folder = store / "snapshots" / offer.commit
    folder.mkdir(parents=True, exist_ok=True)
    for file in offer.files:
        _link(_blob(store, file), folder / file.name)
    (store / "refs").mkdir(exist_ok=True)
    with atomic_file(store / "refs" / "main") as main:
        main.write_text(offer.commit, "utf-8")
    for part in parts_in(store):  # of an older commit
        part.unlink()
    return folder


def _link(blob: Path, name: Path) -> None:
    name.unlink(missing_ok=True)
    try:
        name.symlink_to(os.path.relpath(blob, name.parent))
    except OSError:  # Windows gives links to few users; huggingface_hub does the same
        os.replace(blob, name)


def _blob(store: Path, file: HubFile) -> Path:
    return store / "blobs" / file.checksum


def _left_bytes(store: Path, file: HubFile) -> int:
    part = part_path(store, file.checksum, file.size_bytes)
    return file.size_bytes - min(part.stat().st_size if part.exists() else 0, file.size_bytes)


def _require_room(store: Path, needed_bytes: int) -> None:
    existing = next(folder for folder in (store, *store.parents) if folder.exists())
    free_bytes = shutil.disk_usage(existing).free
    if free_bytes < needed_bytes:
        problem = f"{bytes_text(needed_bytes)} are needed and {bytes_text(free_bytes)} are free on this disk"
        raise FileError(store, f"{problem}; make room, or set HF_HOME to a folder on another disk")
