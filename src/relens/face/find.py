"""The faces of a photo."""

import numpy as np

from relens.face.crop import Pyramid
from relens.face.detect import detect
from relens.face.face import Face
from relens.face.iris import find_eyes
from relens.face.mesh import find_mesh
from relens.photo import Photo, srgb_encode

# Under this the points lie on no face: what is none gets under 0.01, the hardest face met so far 0.4.
_LEAST_MESH_SCORE = 0.2
# Two meshes whose middles are closer than this, in face widths, are one face.
_SAME_FACE = 0.4


def find_faces(photo: Photo) -> tuple[Face, ...]:
    """Every face that is large enough to be measured, the largest first; none where there is none.

    Raises MissingPackageError without the extra `portrait`.
    """
    pyramid = Pyramid.of(srgb_encode(np.clip(photo.linear, 0, 1)).astype(np.float32))
    faces: list[Face] = []
    for candidate in detect(pyramid):
        mesh, score = find_mesh(pyramid, candidate)
        if score < _LEAST_MESH_SCORE:
            continue
        face = Face(mesh, score, find_eyes(pyramid, mesh))
        if all(np.hypot(*(face.centre_px - other.centre_px)) > _SAME_FACE * other.width_px for other in faces):
            faces.append(face)
    return tuple(sorted(faces, key=lambda face: -face.width_px))
