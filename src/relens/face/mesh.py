"""The shape of a face: 468 points on its surface.

Source: Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", arXiv 1907.06724.
"""

import math

import numpy as np
from jaxtyping import Float32

from relens.face.crop import Pyramid, Square, cut
from relens.face.detect import Candidate
from relens.face.face import LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS
from relens.face.networks import run

_INPUT_PX = 192
# A square of the network's kind shows the face with a quarter of its size around it.
_AROUND = 1.5
_CERTAIN = 0.99
# What the network is unsure of moves from round to round; the mean of the later ones does not.
_ROUNDS, _SETTLED = 8, 2


def find_mesh(pyramid: Pyramid, candidate: Candidate) -> tuple[Float32[np.ndarray, "468 3"], float]:
    """The mesh of a candidate in pixels (see `Face.mesh_px`), and how sure the network is of it, 0 to 1.

    The square around the face decides how well the points fit, so it is taken from the detector first and then made
    again from the points. A certain fit is taken as it is; of an uncertain one (a head thrown back, eyes shut), it is
    the mean over the rounds.
    """
    mesh, score = _look(pyramid, Square(candidate.centre_px, _AROUND * candidate.side_px, candidate.angle_rad))
    rounds = []
    for number in range(_ROUNDS):
        mesh, score = _look(pyramid, _square_around(mesh))
        if score >= _CERTAIN and number > 0:
            return mesh, score
        rounds.append((mesh, score))
    settled = rounds[_SETTLED:]
    mean = np.mean([mesh for mesh, _ in settled], axis=0)
    return mean.astype(np.float32), float(np.mean([score for _, score in settled]))


def _look(pyramid: Pyramid, square: Square) -> tuple[np.ndarray, float]:
    points, logit = run("face_landmark", cut(pyramid, square, _INPUT_PX))
    points = points.reshape(468, 3)
    depth = points[:, 2:] * (square.side_px / _INPUT_PX)
    mesh = np.concatenate([square.to_picture(points[:, :2], _INPUT_PX), depth], axis=1)
    return mesh.astype(np.float32), 1 / (1 + math.exp(-float(np.clip(logit.ravel()[0], -50, 50))))


def _square_around(mesh: np.ndarray) -> Square:
    """Upright with the outer corners of the eyes."""
    across = mesh[RIGHT_EYE_CORNERS[1]] - mesh[LEFT_EYE_CORNERS[0]]
    angle_rad = math.atan2(across[1], across[0])
    axes = np.stack([_along(angle_rad), _along(angle_rad + math.pi / 2)])
    turned = mesh[:, :2] @ axes.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    return Square((low + high) / 2 @ axes, _AROUND * float((high - low).max()), angle_rad)


def _along(angle_rad: float) -> np.ndarray:
    return np.array([math.cos(angle_rad), math.sin(angle_rad)])
