"""Look at: the orientation of a camera that keeps a place in the middle of its picture, the horizon level."""

import numpy as np
from jaxtyping import Float64

# As a share of the distance: nearer to the plumb line no horizon can be told.
_PLUMB = 1e-6


def towards(place: Float64[np.ndarray, "n 4"], eye_m: Float64[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 3"]:
    """The way from eyes to homogeneous places (`relens.render.aim.place_of`), in metres times their last coordinate."""
    return place[:, :3] - place[:, 3:] * eye_m


def is_plumb(direction: Float64[np.ndarray, "n 3"]) -> np.ndarray:
    """Which directions go straight up or down, or nowhere, so that no level camera looks there; bool (n,)."""
    return np.hypot(direction[:, 0], direction[:, 2]) <= _PLUMB * np.abs(direction).max(axis=1)


def level_rotations(direction: Float64[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 3 3"]:
    """Camera-to-world rotations that look along directions.

    Convention: OpenCV axes; the camera's right stays level in the world, whose down (+y) is the photo's.
    """
    ahead = direction / np.linalg.norm(direction, axis=1, keepdims=True)
    right = np.stack([ahead[:, 2], np.zeros(len(ahead)), -ahead[:, 0]], axis=1)
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    return np.stack([right, np.cross(ahead, right), ahead], axis=2)
