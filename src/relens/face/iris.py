"""The irises of a face, and whether its eyes are open.

Source: Ablavatski et al., "Real-time Pupil Tracking from Monocular Video for Digital Puppetry", arXiv 2006.11341.
"""

import math

import numpy as np
from jaxtyping import Float32

from relens.face.crop import Pyramid, Square, cut
from relens.face.face import LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS, Eye
from relens.face.networks import run

_INPUT_PX = 64
# Sides of the squares, in widths of the eye; the network's own is 2.3. Its diameters jump by several percent from one
# to the next, so the mean of four looks is taken.
_AROUND = (2.15, 2.3, 2.45, 2.6)
# Of the contour: the corners, and the middles of the lower and upper lid.
_OUTER, _INNER, _LOWER, _UPPER = 0, 8, 4, 12


def find_eyes(pyramid: Pyramid, mesh_px: Float32[np.ndarray, "468 3"]) -> tuple[Eye, Eye]:
    """The picture's left and right eye of a mesh."""
    return _eye(pyramid, mesh_px[list(LEFT_EYE_CORNERS), :2]), _eye(pyramid, mesh_px[list(RIGHT_EYE_CORNERS), :2], True)


def _eye(pyramid: Pyramid, corners: np.ndarray, mirrored: bool = False) -> Eye:
    """The network knows the picture's left eyes; the right ones are shown to it mirrored."""
    across = (corners[1] - corners[0]).astype(np.float64)
    angle_rad, width_px = (math.atan2(across[1], across[0]), max(math.hypot(*across), 1.0))
    middle = corners.mean(axis=0).astype(np.float64)
    looks = [_look(pyramid, Square(middle, around * width_px, angle_rad, mirrored)) for around in _AROUND]
    centres, diameters, opening = (np.array(values) for values in zip(*looks, strict=True))
    logs = np.log(np.maximum(diameters, 1e-3))
    spread = float(logs.mean(axis=1).std())
    return Eye(centres.mean(axis=0), np.exp(logs.mean(axis=0)), angle_rad, spread, float(np.median(opening)))


def _look(pyramid: Pyramid, square: Square) -> tuple[np.ndarray, tuple[float, float], float]:
    """Middle and diameters of the iris, and the opening of the eye."""
    contour, iris = run("iris_landmark", cut(pyramid, square, _INPUT_PX))
    lids = square.to_picture(contour.reshape(71, 3)[:, :2].astype(np.float64), _INPUT_PX)
    middle, *rim = square.to_picture(iris.reshape(5, 3)[:, :2].astype(np.float64), _INPUT_PX)
    opening = math.dist(lids[_LOWER], lids[_UPPER]) / max(math.dist(lids[_OUTER], lids[_INNER]), 1e-6)
    return middle, (math.dist(rim[0], rim[2]), math.dist(rim[1], rim[3])), opening
