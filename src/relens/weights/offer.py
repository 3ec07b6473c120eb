"""What the hub offers: the commit that `main` is now, and the size and checksum of each file."""

import json
import os
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from relens.errors import RelensError
from relens.weights.checksum import is_checksum
from relens.weights.connection import connect, host, refusal, require_online, within
from relens.weights.registry import Weights, card
from relens.weights.words import bytes_text

_QUICK_S = 3.0
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class HubFile:
    """One file on the hub.

    Attributes:
        name: in the repo.
        url: of its bytes.
        size_bytes: of it.
        checksum: sha256 of a large file, git's sha1 of a small one; the name of its bytes in the hub's cache.
    """

    name: str
    url: str
    size_bytes: int
    checksum: str


@dataclass(frozen=True)
class Offer:
    """The complete set of files of some weights, as one commit of their repo has them."""

    weights: Weights
    commit: str
    files: tuple[HubFile, ...]

    @property
    def size_bytes(self) -> int:
        """All files together."""
        return sum(file.size_bytes for file in self.files)


def endpoint() -> str:
    """The address of the hub or of the mirror that HF_ENDPOINT names."""
    return (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")


def ask(weights: Weights, revision: str = "main", timeout_s: float = 6.0) -> Offer:
    """Ask the hub for sizes and checksums (its API's /api/models/REPO/revision/REVISION?blobs=true).

    Raises UnreachableError without an answer within `timeout_s`; RelensError when the user is offline by choice, or the
    hub refuses or answers with something else.
    """
    require_online()
    url = f"{endpoint()}/api/models/{weights.repo}/revision/{quote(revision, safe='')}?blobs=true"
    text = within(timeout_s, url, lambda: _read(url, timeout_s))
    try:
        return _offer(weights, json.loads(text))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        problem = "what it answers is not the hub's; does the network want a log-in, or is HF_ENDPOINT wrong?"
        raise RelensError(f"{host(url)}: {problem}") from error


def can_fetch(name: str) -> tuple[bool, str]:
    """Whether the weights `name` could be fetched now, and the size or the reason, in words. Takes 3 s at most.

    Raises ValueRangeError for a name that is none of WEIGHTS.
    """
    weights = card(name)
    try:
        offer = ask(weights, timeout_s=_QUICK_S)
    except RelensError as error:
        return False, str(error)
    return True, f"{bytes_text(offer.size_bytes)} from {host(endpoint())}/{weights.repo}"


def _read(url: str, timeout_s: float) -> bytes:
    with connect(url, timeout_s) as response:
        return response.read()


def _offer(weights: Weights, said: dict[str, Any]) -> Offer:
    if said.get("gated"):
        raise RelensError(refusal(f"{endpoint()}/{weights.repo}", "it is gated"))
    commit = said["sha"]
    if not _COMMIT.fullmatch(commit):
        raise ValueError(commit)  # it becomes a folder's name
    listed = {entry["rfilename"]: entry for entry in said["siblings"]}
    missing = [name for name in weights.files if name not in listed]
    if missing:
        raise RelensError(f"{weights.repo} on {host(endpoint())} has no {' and no '.join(missing)} (any more)")
    return Offer(weights, commit, tuple(_hub_file(weights, commit, listed[name]) for name in weights.files))


def _hub_file(weights: Weights, commit: str, entry: dict[str, Any]) -> HubFile:
    large = entry.get("lfs")
    checksum = large["sha256"] if large else entry["blobId"]
    if not is_checksum(checksum):
        raise ValueError(checksum)  # it becomes a file's name
    size_bytes = int(large["size"] if large else entry["size"])
    name = entry["rfilename"]
    return HubFile(name, f"{endpoint()}/{weights.repo}/resolve/{commit}/{quote(name)}", size_bytes, checksum)
