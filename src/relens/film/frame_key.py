"""Frame keys: names that change with everything that a frame depends on, and with nothing else."""

import hashlib
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from relens.film.frame import Recipe
from relens.path.shot import Shot

_SHOT_BYTES = 16


def frame_key(shot: Shot, recipe: Recipe, engine: str, scene_digest: str) -> str:
    """The name of a frame: a digest of its shot and recipe, of the engine and the renderer's sources, and the scene's.

    engine: its name. scene_digest: see `relens.film.scene_print`; it stands last, behind a dash.
    """
    digest = hashlib.blake2b(renderer_digest().encode(), digest_size=_SHOT_BYTES)
    # Not the time: two moments that look the same are one frame.
    for part in (shot.camera, shot.lens, shot.exposure_ev, recipe, engine):
        _feed(digest, part)
    return f"{digest.hexdigest()}-{scene_digest}"


def key_of_scene(key: str, scene_digest: str) -> str:
    """The key of the same shot of another scene."""
    return f"{key.rpartition('-')[0]}-{scene_digest}"


@cache
def renderer_digest() -> str:
    """Of relens' version and of the sources that frames come from."""
    from importlib.metadata import version

    package = Path(__file__).parents[1]
    digest = hashlib.blake2b(version("relens").encode(), digest_size=_SHOT_BYTES)
    for source in sorted([*package.glob("*.py"), *(package / "render").glob("*.py"), *(package / "film").glob("*.py")]):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _feed(digest: Any, value: object) -> None:
    """Every number of a carrier, with its type and place, so that no two carriers read alike."""
    if is_dataclass(value):
        digest.update(f"{type(value).__name__}(".encode())
        for field in fields(value):
            digest.update(f"{field.name}=".encode())
            _feed(digest, getattr(value, field.name))
        digest.update(b")")
    elif isinstance(value, np.ndarray):
        digest.update(f"{value.dtype.str}{value.shape}".encode())
        digest.update(np.ascontiguousarray(value))
    elif isinstance(value, float | np.floating):
        digest.update(float(value).hex().encode() + b",")
    else:
        digest.update(f"{value!r},".encode())
