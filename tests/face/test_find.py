"""Faces are found wherever and however they are in the photo, and nowhere else."""

import cv2
import numpy as np
import pytest
from portraits import astronaut, nobody, phone_portrait, picture

from relens.face import find_faces

pytest.importorskip("ai_edge_litert", reason="the face networks need ai-edge-litert: pip install 'relens[portrait]'")


def test_one_face_is_found_where_it_is() -> None:
    (face,) = find_faces(astronaut())
    # The tip of the nose, read off the photo.
    np.testing.assert_allclose(face.mesh_px[4, :2], (223, 126), atol=6)
    assert face.score > 0.99 and 70 < face.width_px < 110 and abs(face.yaw_rad) < 0.2
    left, right = face.eyes
    assert left.centre_px[0] < face.mesh_px[4, 0] < right.centre_px[0]
    assert min(left.openness, right.openness) > 0.25


def test_a_mirrored_photo_has_the_mirrored_face() -> None:
    photo = astronaut()
    (face,), (mirrored,) = find_faces(photo), find_faces(picture(photo.linear[:, ::-1], 590))
    assert mirrored.width_px == pytest.approx(face.width_px, rel=0.04)
    assert mirrored.mesh_px[4, 0] == pytest.approx(512 - face.mesh_px[4, 0], abs=3)
    assert mirrored.yaw_rad == pytest.approx(-face.yaw_rad, abs=0.08)
    left, right = mirrored.eyes
    assert left.iris_px.mean() == pytest.approx(face.eyes[1].iris_px.mean(), rel=0.12)
    assert right.iris_px.mean() == pytest.approx(face.eyes[0].iris_px.mean(), rel=0.12)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_photo_on_its_side_or_head_has_the_same_face(turns: int) -> None:
    photo = astronaut()
    (face,), (turned,) = find_faces(photo), find_faces(picture(np.rot90(photo.linear, turns), 590))
    assert turned.width_px == pytest.approx(face.width_px, rel=0.1)
    x, y = face.mesh_px[4, :2]
    wanted = {1: (y, 512 - x), 2: (512 - x, 512 - y), 3: (512 - y, x)}[turns]
    np.testing.assert_allclose(turned.mesh_px[4, :2], wanted, atol=5)


def test_a_small_face_in_a_large_photo_is_found() -> None:
    photo = astronaut()
    small = cv2.resize(photo.linear, (340, 340), interpolation=cv2.INTER_AREA)
    canvas = np.full((1500, 2000, 3), 0.2, np.float32)
    canvas[700:1040, 1500:1840] = small
    (face,) = find_faces(picture(canvas, 2000))
    np.testing.assert_allclose(face.mesh_px[4, :2], (1500 + 224 * 340 / 512, 700 + 126 * 340 / 512), atol=6)


def test_two_faces_are_two_the_larger_first() -> None:
    one = cv2.resize(phone_portrait().linear, (512, 683), interpolation=cv2.INTER_AREA)[85:597]
    faces = find_faces(picture(np.concatenate([astronaut().linear, one], axis=1), 600))
    assert len(faces) == 2
    assert faces[0].centre_px[0] > 512 > faces[1].centre_px[0]
    assert faces[0].width_px > 1.5 * faces[1].width_px


def test_where_there_is_no_face_none_is_found() -> None:
    assert find_faces(nobody()) == ()


def test_a_head_thrown_back_with_shut_eyes_is_found_and_known_to_be_unsure() -> None:
    (face,) = find_faces(phone_portrait("iphone-xs-portrait"))
    assert face.score < 0.9
    assert max(eye.openness for eye in face.eyes) < 0.2


def test_faces_do_not_depend_on_the_size_of_the_photo() -> None:
    photo = phone_portrait()
    half = cv2.resize(photo.linear, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    (face,), (small,) = find_faces(photo), find_faces(picture(half, 500))
    np.testing.assert_allclose(2 * small.mesh_px[:, :2], face.mesh_px[:, :2], atol=0.03 * face.width_px)
