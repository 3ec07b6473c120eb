"""Faces in a photo: where they are, their shape, how far away they are, and which pixels are people.

Four small networks that travel with the package (Apache-2.0, `networks/LICENSE`); they need the extra `portrait`.
"""

from relens.face.distance import Distance, face_distance
from relens.face.face import Eye, Face
from relens.face.find import find_faces
from relens.face.person import person_mask

__all__ = ["Distance", "Eye", "Face", "face_distance", "find_faces", "person_mask"]
