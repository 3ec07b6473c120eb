"""The analytic scene that all tests of many photos use is what it says."""

import numpy as np
import pytest
from posed_scene import BALL, ROD, posed_cameras, posed_set, signed_distance, trace


@pytest.mark.parametrize("arc_deg", [50, 360])
def test_depth_lies_on_the_surface_and_normals_face_the_camera(arc_deg):
    for camera in posed_cameras(4, 64, arc_deg):
        seen = trace(camera, wall=arc_deg < 90)
        rows, columns = np.nonzero(seen.inverse_depth > 0)
        points = camera.unproject(np.stack([columns + 0.5, rows + 0.5, seen.inverse_depth[rows, columns]], -1))
        np.testing.assert_allclose(signed_distance(points, wall=arc_deg < 90), 0, atol=1e-5)
        normal = seen.normal[rows, columns]
        steps = [signed_distance(points + 1e-3 * normal * side, wall=arc_deg < 90) for side in (1, -1)]
        # But where another surface is nearer than the step.
        assert (np.abs(np.subtract(steps, [[1e-3], [-1e-3]])) < 1e-4).mean() > 0.99
        assert ((points - camera.eye_m) * normal).sum(axis=1).max() <= 0


def test_photos_agree_on_colours_and_the_middle_camera_is_the_world():
    photos = posed_set(4, 160).photos
    np.testing.assert_array_equal(photos[2].camera.camera_to_world, np.eye(4))
    first, second = photos[1], photos[2]
    kinds = trace(first.camera).kind
    rows, columns = np.nonzero(kinds == BALL)
    points = first.camera.unproject(np.stack([columns + 0.5, rows + 0.5, first.prior.inverse_depth[rows, columns]], -1))
    column, row, inverse = second.camera.project(points).T
    column, row = column.astype(int), row.astype(int)
    seen = np.abs(second.prior.inverse_depth[row, column] / inverse - 1) < 0.01
    assert seen.mean() > 0.7
    off = np.abs(second.linear[row, column] - first.linear[rows, columns])[seen]
    assert np.median(off) < 0.05


def test_biased_priors_miss_the_rod():
    photo = posed_set(3, 96, priors="biased").photos[0]
    seen = trace(photo.camera)
    rod = seen.kind == ROD
    assert rod.sum() > 20
    assert (photo.prior.inverse_depth[rod] < 0.9 * seen.inverse_depth[rod]).mean() > 0.8
