"""Splats in a picture, against closed forms and against a slow reference that shares no code with the rasteriser."""

from dataclasses import replace

import numpy as np
import pytest
from splat_clouds import cloud, random_cloud, together, wall

from relens.camera import Camera, Intrinsics
from relens.capture.render_splats import render_splats
from relens.errors import ValueRangeError
from relens.photo.transfer import srgb_decode
from relens.splats import Splats

_CAMERA = Camera(Intrinsics(90.0, 80.0, 31.0, 26.5, 60, 52))
_MOST_ALPHA = 0.99


def _seen_slowly(splats, camera, beyond=np.inf):
    """Every splat at every pixel, in float64: the projection differentiated by differences, no boxes, no tiles."""
    k = camera.intrinsics
    local = (splats.means_m.astype(float) - camera.eye_m) @ camera.rotation
    column, row = np.meshgrid(np.arange(k.width_px) + 0.5, np.arange(k.height_px) + 0.5)
    rgb, clear = np.zeros((k.height_px, k.width_px, 3)), np.ones((k.height_px, k.width_px))
    depth = np.full(clear.shape, np.nan)
    still = Camera(k)
    for i in np.argsort(local[:, 2], kind="stable"):
        w, x, y, z = splats.rotations[i].astype(float)
        cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
        rotation = np.eye(3) + 2 * w * cross + 2 * cross @ cross
        axes = camera.rotation.T @ rotation @ np.diag(splats.scales_m[i].astype(float))
        step = 1e-6
        # Far outside the frame the linearisation is that of a point nearer to it, as the trainers have it.
        edge = np.array([[0, 0], [k.width_px, k.height_px]]) + [[-0.15], [0.15]] * np.array([k.width_px, k.height_px])
        slopes = (edge - [k.cx_px, k.cy_px]) / [k.fx_px, k.fy_px]
        at = np.append(np.clip(local[i, :2] / local[i, 2], *slopes), 1) * local[i, 2]
        jacobian = np.column_stack(
            [(still.project(at + step * e) - still.project(at - step * e)) / (2 * step) for e in np.eye(3)]
        )
        covariance = jacobian @ axes @ axes.T @ jacobian.T
        flat = covariance[:2, :2] + 0.3 * np.eye(2)
        u, v, w = still.project(local[i])
        away = np.stack([column - u, row - v], -1)
        power = -0.5 * np.einsum("hwi,ij,hwj->hw", away, np.linalg.inv(flat), away)
        alpha = np.minimum(_MOST_ALPHA, splats.opacity[i] * np.exp(power))
        at = np.clip(w + away @ np.linalg.inv(flat) @ covariance[:2, 2], w / 2, 2 * w)
        alpha = np.where((splats.opacity[i] * np.exp(power) >= 1 / 255) & (at < beyond), alpha, 0)
        after = clear * (1 - alpha)
        depth = np.where((clear > 0.5) & (after <= 0.5), at, depth)
        rgb += (clear * alpha)[..., None] * np.maximum(0.5 + splats.sh[i, 0] * 0.28209479177387814, 0)
        clear = after
    return rgb, 1 - clear, depth


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("moved", [False, True])
def test_agrees_with_the_slow_reference(seed, moved):
    splats = replace(random_cloud(seed, 60), colour_space="linear")
    camera = _CAMERA.moved(0.1, -0.05, 0.2).turned(0.1, -0.05, 0.7) if moved else _CAMERA
    found = render_splats(splats, camera)
    rgb, alpha, inverse_depth = _seen_slowly(splats, camera)
    # Where opacity only just counts, or half is only just stopped, either answer is right.
    assert np.quantile(np.abs(found.alpha - alpha), 0.998) < 2e-4
    assert np.abs(found.alpha - alpha).max() < 5e-3
    assert np.quantile(np.abs(found.colour - rgb), 0.998) < 5e-4
    same = np.isclose(found.inverse_depth, inverse_depth, atol=2e-4, equal_nan=True)
    assert same.mean() > 0.998 and 0.2 < np.isnan(inverse_depth).mean() < 0.99


def test_agrees_beyond_a_depth():
    splats = replace(random_cloud(7, 60), colour_space="linear")
    beyond = np.random.default_rng(1).uniform(0.3, 1.0, (52, 60)).astype(np.float32)
    found, expected = render_splats(splats, _CAMERA, beyond), _seen_slowly(splats, _CAMERA, beyond)
    assert np.quantile(np.abs(found.alpha - expected[1]), 0.998) < 2e-4
    assert np.isclose(found.inverse_depth, expected[2], atol=2e-4, equal_nan=True).mean() > 0.998
    known = ~np.isnan(found.inverse_depth)
    assert known.any() and (found.inverse_depth < beyond)[known].all()


@pytest.mark.parametrize(("scale_m", "depth_m"), [(0.05, 2.0), (0.002, 1.0)])
def test_a_round_splat_is_its_projected_gaussian(scale_m, depth_m):
    k = Intrinsics.centred(100.0, 33, 33)
    view = render_splats(cloud([0, 0, depth_m], scale_m, opacity=0.8), Camera(k))
    variance = (100 * scale_m / depth_m) ** 2 + 0.3  # in px², with the pixel's own filter
    away = np.arange(33) + 0.5 - 16.5
    expected = 0.8 * np.exp(-(away[:, None] ** 2 + away**2) / (2 * variance))
    expected[expected < 1 / 255] = 0
    np.testing.assert_allclose(view.alpha, expected, atol=1e-6)
    assert view.inverse_depth[16, 16] == pytest.approx(1 / depth_m, rel=1e-6)


def test_two_splats_blend_front_over_rear():
    front, rear = cloud([0, 0, 1], 0.2, [1, 0, 0], 0.6), cloud([0, 0, 2], 0.4, [0, 0, 1], 0.5)
    middle = Camera(Intrinsics.centred(50.0, 9, 9))
    encoded = render_splats(together(front, rear), middle)
    assert encoded.alpha[4, 4] == pytest.approx(1 - 0.4 * 0.5, abs=1e-6)
    # Trained splats are blended as encoded values, and what comes out is decoded.
    straight = np.array([0.6, 0, 0.4 * 0.5]) / 0.8
    np.testing.assert_allclose(encoded.colour[4, 4], srgb_decode(straight) * 0.8, atol=1e-6)
    light = render_splats(replace(together(rear, front), colour_space="linear"), middle)
    np.testing.assert_allclose(light.colour[4, 4], [0.6, 0, 0.2], atol=1e-6)
    # 0.4 is left behind the first: half of the ray stops there.
    assert light.inverse_depth[4, 4] == pytest.approx(1, rel=1e-6)


def test_half_is_stopped_at_the_second():
    both = together(cloud([0, 0, 1], 0.2, opacity=0.4), cloud([0, 0, 2], 0.4, opacity=0.5))
    view = render_splats(both, Camera(Intrinsics.centred(50.0, 9, 9)))
    assert view.inverse_depth[4, 4] == pytest.approx(0.5, rel=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_in_the_file_does_not_matter(seed):
    splats = random_cloud(seed, 200, degree=3)
    order = np.random.default_rng(seed).permutation(len(splats))
    names = ("means_m", "scales_m", "rotations", "opacity", "sh")
    shuffled = Splats(*(getattr(splats, name)[order] for name in names))
    one, other = render_splats(splats, _CAMERA), render_splats(shuffled, _CAMERA)
    for name in ("colour", "alpha", "inverse_depth"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_wall_of_splats_has_its_depth_everywhere():
    view = render_splats(wall(2.5, 1.2, 0.03, lambda x, y: np.full((len(x), 3), 0.5)), _CAMERA)
    np.testing.assert_allclose(view.inverse_depth, 0.4, rtol=2e-5)
    # Trained splats leave a little fog.
    assert view.alpha.min() > 0.99


def test_a_slanted_wall_has_no_steps():
    # Turned by 50 degrees about the y axis through (0, 0, 2): z = 2 - x tan, a plane in inverse depth.
    angle = np.radians(50.0)
    flat = wall(0.0, 1.5, 0.04, lambda x, y: np.full((len(x), 3), 0.5), 0.99)
    turn = np.array([[np.cos(angle), 0, -np.sin(angle)], [0, 1, 0], [np.sin(angle), 0, np.cos(angle)]])
    half = [np.cos(angle / 2), 0, np.sin(angle / 2), 0]
    turned = cloud(np.add(flat.means_m @ turn, [0, 0, 2]), flat.scales_m, opacity=0.99, rotations=half)
    view = render_splats(turned, _CAMERA)
    k = _CAMERA.intrinsics
    x = (np.arange(k.width_px) + 0.5 - k.cx_px) / k.fx_px
    expected = (1 + np.tan(angle) * x) / 2  # z (1 + x tan) = 2
    inner = (slice(10, -10), slice(14, -14))
    np.testing.assert_allclose(view.inverse_depth[inner], np.broadcast_to(expected, view.alpha.shape)[inner], rtol=0.01)
    # Centres alone would be steps of a splat's width: five times as much.
    assert np.abs(np.diff(view.inverse_depth[inner], axis=1) - np.tan(angle) / k.fx_px / 2).max() < 0.01


def test_an_edge_has_no_flying_pixels():
    front = wall(1.0, 0.15, 0.01, lambda x, y: np.full((len(x), 3), 0.2))
    view = render_splats(together(front, wall(3.0, 1.6, 0.03, lambda x, y: np.full((len(x), 3), 0.8))), _CAMERA)
    near, far = np.isclose(view.inverse_depth, 1, rtol=1e-5), np.isclose(view.inverse_depth, 1 / 3, rtol=1e-5)
    assert (near ^ far).all() and 500 < near.sum() < 1000


def test_beyond_the_front_is_the_wall_behind():
    front = wall(1.0, 0.15, 0.01, lambda x, y: np.full((len(x), 3), 0.2))
    rear = wall(3.0, 1.6, 0.03, lambda x, y: np.stack([x > 0, y > 0, x > y], 1) * 0.9)
    beyond = np.full((52, 60), 0.6, np.float32)
    beyond[:, :20] = 0
    found, alone = render_splats(together(front, rear), _CAMERA, beyond), render_splats(rear, _CAMERA)
    np.testing.assert_array_equal(found.colour[:, 20:], alone.colour[:, 20:])
    assert not found.alpha[:, :20].any() and np.isnan(found.inverse_depth[:, :20]).all()


def test_colours_are_seen_from_the_camera():
    sh = np.zeros((1, 4, 3), np.float32)
    sh[0, 3] = 0.8  # -x
    splat = replace(cloud([0, 0, 2], 0.3), sh=sh, colour_space="linear")
    k = Intrinsics.centred(40.0, 41, 41)

    def middle_from(x_m):
        yaw = -np.arctan2(x_m, 2.0)
        view = render_splats(splat, Camera(k).moved(x_m).turned(yaw_rad=yaw))
        return view.straight[20, 20, 0], -x_m / np.hypot(x_m, 2)

    for x_m in (-1.0, 0.0, 1.0):
        colour, x = middle_from(x_m)
        assert colour == pytest.approx(0.5 - 0.8 * np.sqrt(3 / (4 * np.pi)) * x, abs=2e-3)


def test_what_is_behind_or_beside_leaves_nothing():
    view = render_splats(cloud([[0, 0, -1], [9, 0, 1], [0, 0, 1]], 0.01, opacity=[1, 1, 0.001]), _CAMERA)
    assert not view.alpha.any() and np.isnan(view.inverse_depth).all() and not view.colour.any()


def test_huge_and_near_splats_are_finite():
    view = render_splats(cloud([[0, 0, 0.011], [0, 0, 5], [0.1, 0, 0.02]], [1e3, 1e18, 0.5]), _CAMERA)
    assert np.isfinite(view.colour).all() and view.alpha.max() <= 1 and np.nanmin(view.inverse_depth) > 0


def test_beyond_is_as_large_as_the_picture():
    with pytest.raises(ValueRangeError, match="beyond"):
        render_splats(cloud([0, 0, 1], 0.1), _CAMERA, np.zeros((5, 5), np.float32))
