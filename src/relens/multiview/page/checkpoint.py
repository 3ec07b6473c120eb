"""Checkpoints of a page: what a killed fit goes on from."""

from pathlib import Path
from typing import Any

from relens.atomic import atomic_file
from relens.errors import FileError

VERSION = 1
_FORMAT = "relens-page-checkpoint"


def write_checkpoint(path: Path, state: dict[str, Any], identity: str) -> None:
    """Write tensors and plain values, whole or not at all. identity: of the photos and settings they belong to."""
    import torch

    with atomic_file(path) as temporary:
        torch.save({"format": _FORMAT, "version": VERSION, "identity": identity, "state": state}, temporary)


def read_checkpoint(path: Path, identity: str) -> dict[str, Any] | None:
    """What `write_checkpoint` wrote; None where there is none yet.

    Raises FileError for a file that is damaged, of another version, or of other photos, surface or settings.
    """
    import torch

    if not path.exists():
        return None
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # A damaged file raises errors of every kind.
        raise FileError(path, "is a damaged checkpoint; delete it to fit the page anew") from error
    if not isinstance(found, dict) or found.get("format") != _FORMAT:
        raise FileError(path, "is no checkpoint of a page; delete it to fit the page anew")
    if found.get("version") != VERSION:
        problem = f"checkpoint version {found.get('version')}; this relens goes on from version {VERSION}"
        raise FileError(path, f"{problem}: delete it to fit the page anew")
    if found.get("identity") != identity:
        raise FileError(path, "is of other photos, another surface or other settings; delete it to fit the page anew")
    return found["state"]
