"""How cameras stand: arrangements of constructed cameras, the most central one, and what has no parallax."""

import numpy as np
import pytest
from posed_scene import posed_cameras

from relens.camera import Camera, Intrinsics
from relens.errors import RelensError
from relens.multiview.photos.stand import arrangement_of, closest_to_axes, most_central, require_parallax

K = Intrinsics.centred(100, 100, 80)


def looking(eye, ahead):
    ahead = np.asarray(ahead, float) / np.linalg.norm(ahead)
    right = np.cross([0, 1.0, 0], ahead)
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3] = np.column_stack([right, np.cross(ahead, right), ahead, eye])
    return Camera(K, pose)


def circle(count, radius, side):
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    places = np.stack([np.sin(angles), 0 * angles + 0.1, np.cos(angles)], 1)
    return [looking(radius * place + [1, 0, 2], side * place) for place in places]


@pytest.mark.parametrize("turn", [np.eye(4), np.linalg.qr(np.random.default_rng(1).normal(size=(4, 4)))[0]])
def test_arrangements(turn):
    rotation = np.eye(4)
    rotation[:3, :3] = np.linalg.qr(turn[:3, :3])[0]
    rotation[:3, :3] *= np.sign(np.linalg.det(rotation[:3, :3]))

    def turned(cameras):
        return [Camera(K, rotation @ camera.camera_to_world) for camera in cameras]

    assert arrangement_of(turned(posed_cameras(6, arc_deg=50))) == "forward"
    assert arrangement_of(turned(posed_cameras(6, parallel=True))) == "forward"
    assert arrangement_of(turned(posed_cameras(9, arc_deg=360))) == "around"
    assert arrangement_of(turned(posed_cameras(9, arc_deg=150))) == "around"
    assert arrangement_of(turned(circle(8, 0.5, 1))) == "inside"
    # Cameras in a ring that look across it are in a room where they see much farther than its middle.
    assert arrangement_of(turned(posed_cameras(9, arc_deg=360)), [2.0, np.nan] + 7 * [1.8]) == "around"
    assert arrangement_of(turned(posed_cameras(9, arc_deg=360)), [4.0, np.nan] + 7 * [4.5]) == "inside"
    # Across a room: each looks past the middle, at the far wall, as from its corners.
    chance = np.random.default_rng(3)
    room = [looking(chance.uniform(-1, 1, 3), chance.normal(size=3) * [1, 0.2, 1]) for _ in range(24)]
    assert arrangement_of(turned(room)) == "inside"


def test_closest_to_axes_is_what_cameras_look_at():
    np.testing.assert_allclose(closest_to_axes(posed_cameras(9, arc_deg=360)), [0, 0, 2], atol=1e-6)
    # Parallel axes have no such point; the answer is still finite.
    assert np.isfinite(closest_to_axes([looking([x, 0, 0], [0, 0, 1]) for x in range(3)])).all()


def test_the_most_central_is_the_middle_of_an_arc():
    assert most_central(posed_cameras(7)) in (2, 3, 4)
    assert most_central([*posed_cameras(5), looking([50, 0, 0], [0, 0, 1])]) in (1, 2, 3)


def test_no_parallax():
    with pytest.raises(RelensError, match="all cameras stand at one point"):
        require_parallax([looking([1e3, 2, 3], [x, 0, 1]) for x in range(4)])
    require_parallax([looking([0, 0, 0], [0, 0, 1]), looking([1e-3, 0, 0], [0, 0, 1])])
