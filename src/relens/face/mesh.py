"""The shape of a face: 468 points on its surface.

Source: Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", arXiv 1907.06724.
"""

import math

import numpy as np
from jaxtyping import Float32

from relens.face.crop import Pyramid, Square, cut
from relens.face.detect import Candidate
from relens.face.face import LEFT_EYE_CORNERS, LEFT_TEMPLE, LIPS, NOSE_TIP, RIGHT_EYE_CORNERS, RIGHT_TEMPLE
from relens.face.networks import run

_INPUT_PX = 192
# The first squares, from the detector's: (sides, shift down in sides). The network wants the face with a quarter of its
# size around it; a head thrown back fills another part of the detector's square.
_AROUND = 1.5
_FIRST = tuple((sides, 0.0, down) for sides in (1.0, 1.2, 1.4) for down in (-0.2, -0.15, -0.1, 0.0, 0.1))
# The next, from the points: (sides, shift right, shift down). Their side is the face's width in space by this: from the
# front the usual half as large again. Foreshortened faces would else be shown, and measured, too small.
_WIDTHS = 1.78
_NEXT = (
    *((sides, 0.0, down) for sides in (0.92, 1.0, 1.08) for down in (-0.06, -0.03, 0.0)),
    *((1.0, right, -0.03) for right in (-0.03, 0.03)),
)
_ROUNDS = 2
# What starts below this is no face.
_HOPELESS = 0.3
# One standard deviation of where eyes, nose and mouth are, against the detector, in its sides.
_FEATURES_SD = 0.1
# The mean is over squares at least this good, relative to the best.
_AS_GOOD = 0.8


def find_mesh(pyramid: Pyramid, candidate: Candidate) -> tuple[Float32[np.ndarray, "468 3"], float]:
    """The mesh of a candidate in pixels (see `Face.mesh_px`), and how good it is, 0 to 1.

    The network answers whatever it is shown, at times with a wrong face of which it is sure (lips for an eye, where a
    head is thrown back). So several squares are shown to it; how good an answer is, is the network's own certainty
    times how well it agrees with the detector on where the features are; and the mesh is the mean of the good ones.
    """
    start = Square(candidate.centre_px, _AROUND * candidate.side_px, candidate.angle_rad)
    first = best = _mean_mesh(pyramid, candidate, start, _FIRST)
    for _ in range(_ROUNDS if first[1] >= _HOPELESS else 0):
        better = _mean_mesh(pyramid, candidate, _square_around(best[0]), _NEXT)
        if better[1] < _AS_GOOD * first[1]:
            break
        best = better
    return best


def _mean_mesh(
    pyramid: Pyramid, candidate: Candidate, square: Square, moves: tuple[tuple[float, float, float], ...]
) -> tuple[Float32[np.ndarray, "468 3"], float]:
    looks = [_look(pyramid, _moved(square, *move)) for move in moves]
    scores = np.array([certainty * _agreement(mesh, candidate) for mesh, certainty in looks])
    good = scores >= _AS_GOOD * scores.max()
    meshes = np.stack([mesh for mesh, _ in looks])[good]
    # Depth has no fixed zero.
    meshes[..., 2] -= meshes[..., 2].mean(axis=1, keepdims=True)
    mean = np.average(meshes, axis=0, weights=scores[good] + 1e-9)
    return mean.astype(np.float32), float(scores.max())


def _look(pyramid: Pyramid, square: Square) -> tuple[np.ndarray, float]:
    points, logit = run("face_landmark", cut(pyramid, square, _INPUT_PX))
    points = points.reshape(468, 3)
    depth = points[:, 2:] * (square.side_px / _INPUT_PX)
    mesh = np.concatenate([square.to_picture(points[:, :2], _INPUT_PX), depth], axis=1)
    return mesh, 1 / (1 + math.exp(-float(np.clip(logit.ravel()[0], -50, 50))))


def _agreement(mesh: np.ndarray, candidate: Candidate) -> float:
    """1 where eyes, nose and mouth are where the detector has them, falling off as a Gaussian."""
    groups = (LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS, (NOSE_TIP,), LIPS)
    features = np.stack([mesh[list(group), :2].mean(axis=0) for group in groups])
    off = float(np.hypot(*(features - candidate.features_px).T).mean()) / candidate.side_px
    return math.exp(-0.5 * (off / _FEATURES_SD) ** 2)


def _square_around(mesh: np.ndarray) -> Square:
    """Upright with the outer corners of the eyes."""
    across = mesh[RIGHT_EYE_CORNERS[1]] - mesh[LEFT_EYE_CORNERS[0]]
    middle = (mesh[:, :2].min(axis=0) + mesh[:, :2].max(axis=0)) / 2
    width_px = float(np.linalg.norm(mesh[RIGHT_TEMPLE] - mesh[LEFT_TEMPLE]))
    return Square(middle.astype(np.float64), _WIDTHS * width_px, math.atan2(across[1], across[0]))


def _moved(square: Square, sides: float, right: float, down: float) -> Square:
    """The square at another size, moved along its own axes by parts of its side."""
    centre_px = square.to_picture(np.array([0.5 + right, 0.5 + down]), 1)
    return Square(centre_px, sides * square.side_px, square.angle_rad, square.mirrored)
