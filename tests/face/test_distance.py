"""Distances of faces: exact for faces made to measure, true on photos with a measured depth."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from portraits import phone_portrait

from relens.camera import Intrinsics
from relens.face import Eye, Face, face_distance, find_faces
from relens.face.distance import _MEASURES_M, _by_iris, face_points

_CAMERA = Intrinsics.centred(1500, 1000, 800)


def _made_to_measure(z_m: float, iris_m: float = 0.0117, size: float = 1.0, camera: Intrinsics = _CAMERA) -> Face:
    """A flat face in which every measure has its mean length times `size`, seen from `z_m`."""
    per_m = camera.fx_px / z_m
    mesh = np.tile(np.array([[500.0, 400.0, 0.0]]), (468, 1))
    # Each pair of points is laid out on a line of its own; no point belongs to two lines but the chin.
    for number, (a, b, length_m) in enumerate(_MEASURES_M):
        row = 300.0 + 30 * number
        shared = next((p for p in (a, b) if mesh[p, 1] != 400), None)
        if shared is None:
            mesh[a, :2] = (500 - 0.5 * size * length_m * per_m, row)
            mesh[b, :2] = (500 + 0.5 * size * length_m * per_m, row)
        else:
            other = b if shared == a else a
            mesh[other, :2] = mesh[shared, :2] - (size * length_m * per_m, 0)
    eyes = tuple(Eye(np.array([x, 350.0]), np.full(2, iris_m * per_m), 0.0, 0.01, 0.3) for x in (450.0, 550.0))
    return Face(mesh.astype(np.float32), 1.0, (eyes[0], eyes[1]))


@given(st.floats(0.2, 4))
def test_a_face_of_the_mean_size_is_where_it_is(z_m: float) -> None:
    assert face_distance(_made_to_measure(z_m), _CAMERA).z_m == pytest.approx(z_m, rel=1e-3)


@given(st.floats(0.75, 1.2))
def test_the_iris_counts_more_than_the_size_of_the_head(size: float) -> None:
    distance = face_distance(_made_to_measure(0.8, size=size), _CAMERA)
    assert abs(math.log(distance.z_m / 0.8)) <= 0.5 * abs(math.log(size)) + 1e-3
    assert distance.irises == 2 and distance.spread < 0.06


@pytest.mark.parametrize(
    "change",
    [
        {"openness": 0.1},
        {"iris_px": np.full(2, 3.0)},
        # Half the size that the face asks for: a shut eye, or glasses.
        {"iris_px": np.full(2, 0.5 * 0.0117 * 1500 / 0.8)},
    ],
)
def test_an_eye_that_measures_nothing_is_left_out(change: dict) -> None:
    face = _made_to_measure(0.8)
    one = replace(face, eyes=(replace(face.eyes[0], **change), face.eyes[1]))
    none = replace(face, eyes=(replace(face.eyes[0], **change), replace(face.eyes[1], **change)))
    assert face_distance(one, _CAMERA).irises == 1
    alone = face_distance(none, _CAMERA)
    assert alone.irises == 0 and "eyes closed" in alone.method
    assert alone.z_m == pytest.approx(0.8, rel=1e-3)
    assert face_distance(face, _CAMERA).spread < face_distance(one, _CAMERA).spread < alone.spread


def test_an_unsure_mesh_is_less_sure_of_its_distance() -> None:
    face = _made_to_measure(0.8)
    blind = replace(face, eyes=tuple(replace(eye, openness=0.0) for eye in face.eyes))
    assert face_distance(replace(blind, score=0.4), _CAMERA).spread > face_distance(blind, _CAMERA).spread


@given(st.floats(0.3, 3), st.floats(0.5, 3))
def test_distance_grows_with_the_focal_length(z_m: float, zoom: float) -> None:
    longer = replace(_CAMERA, fx_px=_CAMERA.fx_px * zoom, fy_px=_CAMERA.fy_px * zoom)
    face = _made_to_measure(z_m)
    ratio = face_distance(face, longer).z_m / face_distance(face, _CAMERA).z_m
    # Not quite in proportion: off the axis a wider lens stretches the iris.
    assert ratio == pytest.approx(zoom, rel=5e-3)


def test_points_lie_on_the_rays_of_their_pixels() -> None:
    points = face_points(_made_to_measure(0.8), _CAMERA, 0.8)
    back = points[:, :2] / points[:, 2:] * 1500 + (500, 400)
    np.testing.assert_allclose(back, _made_to_measure(0.8).mesh_px[:, :2], atol=1e-3)


@pytest.mark.parametrize(("name", "irises"), [("iphone14-portrait", 2), ("iphone-xs-portrait", 0)])
def test_the_phone_measures_the_same(name: str, irises: int) -> None:
    pytest.importorskip("ai_edge_litert", reason="the face networks need ai-edge-litert")
    photo = phone_portrait(name)
    (face,) = find_faces(photo)
    distance = face_distance(face, photo.intrinsics)
    assert photo.embedded_depth is not None
    inverse = photo.embedded_depth.inverse_depth
    columns, rows = (face.mesh_px[:, :2] * inverse.shape[1] / photo.width_px).astype(int).T
    phone_m = float(np.median(1 / inverse[rows, columns]))
    ours_m = float(np.median(face_points(face, photo.intrinsics, distance.z_m)[:, 2]))
    assert ours_m == pytest.approx(phone_m, rel=0.03 if irises else 0.12)
    assert distance.irises == irises
    assert abs(math.log(ours_m / phone_m)) < 2 * distance.spread


@given(st.floats(-0.7, 0.7), st.floats(-0.7, 0.7), st.floats(0.3, 3), st.floats(-3, 3))
def test_an_iris_off_the_axis_has_the_depth_it_was_projected_from(x: float, y: float, z_m: float, turn: float) -> None:
    """A disc that faces the camera, projected point by point."""
    centre = z_m * np.array([x, y, 1.0])
    towards = centre / np.linalg.norm(centre)
    side = np.cross(towards, [0.0, 1.0, 0.0])
    side /= np.linalg.norm(side)
    rim = np.linspace(0, 2 * np.pi, 4000)[:, None]
    disc = centre + 0.5 * 0.0117 * (np.cos(rim) * side + np.sin(rim) * np.cross(towards, side))
    pixels = disc[:, :2] / disc[:, 2:] * 1500 + (500, 400)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    eye = Eye(np.array([x, y]) * 1500 + (500, 400), np.ptp(pixels @ axes.T, axis=0), turn, 0.01, 0.3)
    face = replace(_made_to_measure(1.0), eyes=(eye, eye))
    assert _by_iris(face, eye, _CAMERA) == pytest.approx(z_m, rel=2e-3)
