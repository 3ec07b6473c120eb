"""The depth of a person around the face: the head rounds off, the body hangs below it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from relens.camera import Intrinsics
from relens.depth.fill import push_pull
from relens.depth.portrait.relief import mesh_surface
from relens.face import Distance, Face
from relens.face.distance import face_points

# Beyond the face, depth tends to this far behind the middle of the face, metres: hair, ears, neck and shoulders.
_BEHIND_FACE_M = 0.03
# Within about this many face widths it does.
_TENDS_WITHIN = 0.5
# How much less is known of depth a face width away from the face, as a deviation of log-depth, and at most.
_SPREAD_PER_WIDTH, _MOST_SPREAD = 0.05, 0.25


@dataclass(frozen=True)
class Person:
    """What is known of a person's depth on the grid.

    Attributes:
        inverse_depth: (h, w) 1/m, everywhere; it is the person's only where the person is.
        spread: (h, w) one standard deviation of log-depth.
    """

    inverse_depth: Float32[np.ndarray, "h w"]
    spread: Float32[np.ndarray, "h w"]


def person_depth(
    face: Face, distance: Distance, mine: Bool[np.ndarray, "h w"], intrinsics: Intrinsics, scale: float
) -> Person:
    """The depth of the person with this face.

    The mesh of the face, at its distance, gives the face. From its rim the membrane continues it over the rest, softly
    tied to a plane a little behind the face.

    mine: which pixels of the grid are this person. scale: grid pixels per photo pixel.
    """
    height, width = mine.shape
    points_m = face_points(face, intrinsics, distance.z_m)
    surface, inside = mesh_surface(face.mesh_px[:, :2].astype(np.float64) * scale, 1 / points_m[:, 2], (width, height))
    known = inside & mine
    width_px = face.width_px * scale
    tie = np.float32(min(1.0, (_TENDS_WITHIN * width_px) ** -2))
    plane = np.float32(1 / (float(np.median(points_m[:, 2])) + _BEHIND_FACE_M))
    weight = np.where(known, np.float32(1), np.where(mine, tie, np.float32(0)))
    values = np.where(known, surface, plane)[..., None]
    return Person(push_pull(values, weight)[..., 0], _spread(known, distance.spread, width_px))


def _spread(known: np.ndarray, of_face: float, width_px: float) -> np.ndarray:
    import cv2

    away_px = cv2.distanceTransform((~known).astype(np.uint8), cv2.DIST_L2, 5)
    grown = np.minimum(_SPREAD_PER_WIDTH * away_px / width_px, _MOST_SPREAD)
    return np.hypot(np.float32(of_face), grown).astype(np.float32)
