import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relens.depth.portrait.relief import face_relief, triangles
from relens.face import Eye, Face


def _face(yaw_rad: float = 0.0) -> Face:
    """Half a ball of 40 pixels' radius, turned."""
    around = np.arange(468) * np.pi * (3 - np.sqrt(5))
    radius = 40 * np.sqrt((np.arange(468) + 0.5) / 468)
    ball = np.stack([radius * np.cos(around), radius * np.sin(around), -np.sqrt(1600 - radius**2)], axis=1)
    ball[[234, 454, 10, 152]] = (-40, 0, 0), (40, 0, 0), (0, -40, 0), (0, 40, 0)
    c, s = np.cos(yaw_rad), np.sin(yaw_rad)
    mesh = ball @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]).T + (60, 50, 0)
    eye = Eye(np.zeros(2), np.ones(2), 0.0, 0.01, 0.3)
    return Face(mesh.astype(np.float32), 1.0, (eye, eye))


@given(st.floats(-0.004, 0.004), st.floats(-0.004, 0.004))
@settings(max_examples=10)
def test_a_plane_stays_a_plane(across: float, down: float) -> None:
    face = _face()
    inverse = 1 + face.mesh_px[:, :2].astype(np.float64) @ (across, down)
    relief = face_relief(face, 1 / inverse, 1.0, (100, 120))
    # Away from the rim, where the blur is one-sided.
    rows, columns = np.nonzero(np.hypot(*(np.indices((100, 120)) + 0.5 - np.array([[[50]], [[60]]]))) < 34)
    wanted = 1 + across * (columns + 0.5) + down * (rows + 0.5)
    np.testing.assert_allclose(1 / relief[rows, columns], wanted, rtol=1e-3)


def test_it_covers_the_face_and_nothing_else() -> None:
    relief = face_relief(_face(), np.ones(468), 1.0, (100, 120))
    known = ~np.isnan(relief)
    assert 0.95 < known.sum() / (np.pi * 1600) < 1.01
    assert np.nanmin(relief) == pytest.approx(1, rel=1e-6) and np.nanmax(relief) == pytest.approx(1, rel=1e-6)


def test_the_near_side_hides_the_far_one_in_a_profile() -> None:
    face = _face(yaw_rad=1.4)
    z_m = (1 + face.mesh_px[:, 2] / 1000).astype(np.float64)
    relief = face_relief(face, z_m, 1.0, (100, 120))
    # Where the half ball folds over itself, the ball's front is seen: no pixel beyond its middle plane by much.
    assert np.nanmax(relief) < 1.012 and np.nanmin(relief) < 0.97


def test_a_part_of_a_face_beyond_the_picture_is_cut_off() -> None:
    relief = face_relief(_face(), np.full(468, 2.5), 1.0, (50, 60))
    assert np.isnan(relief[:5, :5]).all()
    np.testing.assert_allclose(relief[45:, 55:], 2.5, rtol=1e-6)


def test_every_point_is_a_corner_and_the_turn_of_the_head_changes_nothing() -> None:
    one, other = triangles(_face()), triangles(_face(yaw_rad=1.2))
    assert set(one.ravel()) == set(range(468))
    key = lambda t: {tuple(sorted(corner)) for corner in t.tolist()}  # noqa: E731
    assert len(key(one) & key(other)) > 0.95 * len(one)
