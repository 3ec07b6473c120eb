"""Checkpoints of a surface fit: whole or not there, and only for the fit that wrote them."""

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from relens.atomic import atomic_file
from relens.errors import FileError
from relens.multiview.photo_set import PhotoSet
from relens.multiview.surface.settings import SurfaceSettings

_KIND, _VERSION = "relens surface fit", 1


def write_checkpoint(path: Path, state: dict[str, Any], photos: PhotoSet, settings: SurfaceSettings) -> None:
    """Write a state of tensors and plain values. Raises FileError where that is not possible."""
    head = {"kind": _KIND, "version": _VERSION, "settings": _plain(settings), "photos": _fingerprint(photos)}
    with atomic_file(path) as temporary:
        torch.save(head | {"state": state}, temporary)


def read_checkpoint(
    path: Path, photos: PhotoSet, settings: SurfaceSettings, device: torch.device
) -> dict[str, Any] | None:
    """The state in a checkpoint, None where there is no file.

    Raises FileError for a file that is not a checkpoint, or one of another version, of other settings or photos.
    """
    if not path.exists():
        return None
    try:
        found = torch.load(path, map_location=device, weights_only=True)
    except Exception as error:  # torch raises what its unpickler and its archive reader do
        raise FileError(path, "is not a checkpoint of a surface fit; delete it to start over") from error
    if not isinstance(found, dict) or found.get("kind") != _KIND:
        raise FileError(path, "is not a checkpoint of a surface fit; delete it to start over")
    if found.get("version") != _VERSION:
        version = found.get("version")
        raise FileError(path, f"is a checkpoint of version {version}, not {_VERSION}; delete it to start over")
    for name, mine in (("settings", _plain(settings)), ("photos", _fingerprint(photos))):
        if found.get(name) != mine:
            raise FileError(path, f"is a checkpoint of a fit with other {name}; delete it, or fit with those")
    return found["state"]


def _plain(settings: SurfaceSettings) -> dict[str, Any]:
    # As it comes back from the file: tuples stay tuples.
    return asdict(settings)


def _fingerprint(photos: PhotoSet) -> str:
    """A digest of everything that the fit depends on."""
    digest = hashlib.sha256()
    for values in (photos.box_m, photos.points_m, photos.held_out, photos.arrangement):
        digest.update(repr(values).encode() if not isinstance(values, np.ndarray) else values.tobytes())
    for photo in photos.fitted:
        digest.update(repr((photo.name, photo.camera.intrinsics)).encode())
        planes = [photo.camera.camera_to_world, photo.linear, photo.mask]
        planes += [] if photo.prior is None else [photo.prior.inverse_depth, photo.prior.normal]
        for plane in planes:
            digest.update(b"none" if plane is None else np.ascontiguousarray(plane).tobytes())
    return digest.hexdigest()
