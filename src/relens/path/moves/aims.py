"""Aims of moves: their text, read and found in the scene, with errors under the value's own name."""

import numpy as np
from jaxtyping import Float64

from relens.errors import ValueRangeError
from relens.render.aim import Aim, parse_aim, place_of
from relens.scene import Scene


def aim_of(name: str, text: str) -> Aim:
    """The aim that a text says (`relens.render.aim.parse_aim`). Raises ValueRangeError under the value's name."""
    try:
        return parse_aim(text)
    except ValueRangeError as error:
        raise ValueRangeError(name, repr(text), str(error).partition(": expected ")[2]) from error


def place_aim_of(name: str, text: str) -> Aim:
    """The aim at a place. Raises ValueRangeError for a distance, which goes along with the camera."""
    aim = aim_of(name, text)
    if not aim.is_place:
        raise ValueRangeError(name, repr(text), "a place: subject, or a pixel of the photo (1200,800)")
    return aim


def point_of(name: str, text: str, scene: Scene) -> Float64[np.ndarray, "3"]:
    """Where in the world a text says, metres. Raises ValueRangeError for what is at infinity."""
    place = place_of(place_aim_of(name, text), scene)
    if place[3] <= 0:
        raise ValueRangeError(name, repr(text), "something nearer: it is at infinity, which no camera goes around")
    return place[:3] / place[3]
