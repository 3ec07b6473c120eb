"""The faces of a photo."""

import math

import numpy as np

from relens.face.crop import Pyramid
from relens.face.detect import detect
from relens.face.face import Face
from relens.face.iris import find_eyes
from relens.face.mesh import find_mesh
from relens.photo import Photo, srgb_encode

# Under this the points lie on no face: parts of faces and other things get up to 0.5, the hardest face met so far 0.85.
_LEAST_MESH_SCORE = 0.6
# From here on no other turn of the photo is tried.
_CERTAIN = 0.9
_TURNS_RAD = (math.pi / 2, -math.pi / 2, math.pi)
# Two meshes whose middles are closer than this, in face widths, are one face.
_SAME_FACE = 0.4


def find_faces(photo: Photo) -> tuple[Face, ...]:
    """Every face that is large enough to be measured, the largest first; none where there is none.

    Raises MissingPackageError without the extra `portrait`.
    """
    pyramid = Pyramid.of(srgb_encode(np.clip(photo.linear, 0, 1)).astype(np.float32))
    meshes = _meshes(pyramid, 0.0)
    # An upside-down face passes for an upright one with the detector, but not with the mesh.
    if not any(score >= _CERTAIN for _, score in meshes):
        meshes += [one for turn_rad in _TURNS_RAD for one in _meshes(pyramid, turn_rad)]
    faces: list[Face] = []
    for mesh, score in sorted(meshes, key=lambda one: -one[1]):
        face = Face(mesh, score, find_eyes(pyramid, mesh))
        if all(np.hypot(*(face.centre_px - other.centre_px)) > _apart_px(face, other) for other in faces):
            faces.append(face)
    return tuple(sorted(faces, key=lambda face: -face.width_px))


def _meshes(pyramid: Pyramid, turn_rad: float) -> list[tuple[np.ndarray, float]]:
    found = (find_mesh(pyramid, candidate) for candidate in detect(pyramid, turn_rad))
    return [(mesh, score) for mesh, score in found if score >= _LEAST_MESH_SCORE]


def _apart_px(one: Face, other: Face) -> float:
    return _SAME_FACE * max(one.width_px, other.width_px)
