from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from posed_scene import BALL_M, posed_set

from relens.errors import ValueRangeError
from relens.multiview.page.canonical_camera import CanonicalCamera, canonical_camera

INF = np.inf


def seen(kind, *points, radius_m=INF):
    return CanonicalCamera(kind, np.eye(4), radius_m).seen(np.array(points, float))


def test_perspective_is_a_pinhole():
    assert seen("perspective", [1, -2, 4.0]) == pytest.approx(np.array([[0.25, -0.5, 0.25]]))


def test_what_is_behind_a_perspective_camera_lies_on_its_rim_and_farthest():
    x, y, nearness = seen("perspective", [1, 0, -1.0])[0]
    assert x > 1.9 and y == 0 and nearness == 0


@pytest.mark.parametrize(
    ("point", "place"),
    [([0, 0, 2.0], (0, 0)), ([2.0, 0, 0], (np.pi / 2, 0)), ([0, 2.0, 1e-9], (0, np.pi / 2))],
    ids=["ahead", "right", "below"],
)
def test_panorama_has_azimuth_and_elevation(point, place):
    x, y, nearness = seen("panorama", point)[0]
    assert (x, y, nearness) == pytest.approx((*place, 0.5), abs=1e-6)


def test_object_is_seen_from_outside_and_not_mirrored():
    front, right, behind = seen("object", [0, 0, -1.0], [1.0, 0, 0], [0.01, 0, 1.0])[:, 0]
    assert front == 0 and right == pytest.approx(np.pi / 2) and behind == pytest.approx(np.pi, abs=0.02)


def test_the_outermost_of_an_object_is_in_front_and_its_background_behind_all():
    inner, outer, wall, farther = seen("object", [0, 0, -0.1], [0, 0, -0.4], [0, 0, -3.0], [0, 0, -4.0], radius_m=1)[
        :, 2
    ]
    assert outer > inner > wall > farther > 0


def test_the_nearer_is_in_front_for_eyes():
    for kind in ("perspective", "panorama"):
        near, far = seen(kind, [0.1, 0, 1.0], [0.2, 0, 2.0])
        assert near[:2] == pytest.approx(far[:2]) and near[2] > far[2]


@given(st.sampled_from(["panorama", "object"]), st.floats(-3, 3), st.floats(-1, 1), st.floats(-0.9, 0.9))
def test_turning_moves_all_azimuths_alike(kind, turn, x, y):
    camera = CanonicalCamera(kind, np.eye(4))
    direction = np.array([[np.sin(x), y, np.cos(x)]])
    before, after = camera.seen(direction)[0], camera.turned_to(turn).seen(direction)[0]
    assert np.sin(before[0] - turn - after[0]) == pytest.approx(0, abs=1e-9)
    assert np.cos(before[0] - turn - after[0]) > 0
    assert after[1:] == pytest.approx(before[1:])


@pytest.mark.parametrize(("arc_deg", "kind"), [(50, "perspective"), (360, "object")])
def test_the_kind_follows_from_how_the_cameras_stand(arc_deg, kind):
    assert canonical_camera(posed_set(5, 16, priors=None, arc_deg=arc_deg), "auto").kind == kind


def test_an_object_camera_stands_where_all_look_and_upright():
    camera = canonical_camera(posed_set(9, 16, priors=None, arc_deg=360), "object")
    assert camera.pose[:3, 3] == pytest.approx(BALL_M, abs=0.3)
    assert camera.pose[:3, 1] == pytest.approx([0, 1, 0], abs=0.1)
    assert 1 < camera.radius_m < 2


@pytest.mark.parametrize("bad", ["fisheye", ""])
def test_other_kinds_are_refused(bad):
    with pytest.raises((ValueRangeError, TypeError)) as error:
        CanonicalCamera(bad, np.eye(4))
    assert "kind" in str(error.value)


@pytest.mark.parametrize(("arc_deg", "kind"), [(140, "perspective"), (200, "object"), (360, "object")])
def test_an_object_is_unrolled_only_where_the_cameras_go_round_it(arc_deg: float, kind: str) -> None:
    photos = replace(posed_set(9, 16, priors=None, arc_deg=arc_deg), arrangement="around")
    assert canonical_camera(photos, "auto").kind == kind
    assert canonical_camera(photos, "object").kind == "object"
