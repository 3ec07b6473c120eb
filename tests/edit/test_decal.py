"""Decal: a picture lies on the surface at its size in metres, follows it in every view, and changes nothing else."""

import math

import cv2
import numpy as np
import pytest
from layer_scenes import BORDER_PX, FX_PX, HEIGHT_PX, WIDTH_PX, grid, plane, scene_of, texture
from stacked_scenes import bits

import relens
from relens.edit.decal import Decal, laid_on
from relens.edit.selection import Where
from relens.errors import FileError, ValueRangeError
from relens.photo import srgb_decode

CENTRE = (WIDTH_PX / 2, HEIGHT_PX / 2)
INNER = (slice(BORDER_PX, -BORDER_PX), slice(BORDER_PX, -BORDER_PX))


def written(folder, rgba):
    """A PNG of 8-bit sRGB, straight alpha."""
    path = folder / "picture.png"
    assert cv2.imwrite(str(path), np.asarray(rgba, np.uint8)[..., [2, 1, 0, 3]])
    return path


def even(colour, height=40, width=60):
    return np.broadcast_to(np.array([*colour, 255], np.uint8), (height, width, 4))


def linear(code):
    return float(srgb_decode(np.float32(code / 255).reshape(1))[0])


def laid(scene, picture, width_m, turn_deg=0.0, shading=0.0, at_px=CENTRE, where=None):
    return laid_on(scene, picture.astype(np.float32), at_px, width_m, turn_deg, 1.0, shading, where or Where())


def waves(tall=200, wide=300):
    """A smooth opaque picture whose red tells across and green tells down."""
    down, across = np.mgrid[0:tall, 0:wide]
    return np.dstack([(across + 0.5) / wide, (down + 0.5) / tall, 0 * down, 0 * down + 1.0]).astype(np.float32)


@pytest.mark.parametrize("inverse_depth", [1.0, 2.5])
def test_it_covers_its_width_as_far_away_as_it_is(inverse_depth, tmp_path):
    scene = scene_of(plane("wall", 0.0, inverse_depth))
    width_m = 30.5 / (FX_PX * inverse_depth)
    after = Decal(written(tmp_path, even((255, 255, 255))), CENTRE, width_m, shading=0)(scene)
    cover = after.layers[0].rgba[..., 0]
    assert cover[BORDER_PX + 24].sum() == pytest.approx(30.5, abs=0.05)
    assert cover[:, BORDER_PX + 32].sum() == pytest.approx(30.5 * 40 / 60, abs=0.05)
    assert cover.max() == pytest.approx(1)
    row, column = grid()
    assert (cover * column).sum() / cover.sum() == pytest.approx(CENTRE[0], abs=0.02)
    assert (cover * row).sum() / cover.sum() == pytest.approx(CENTRE[1], abs=0.02)


def test_on_a_slanted_plane_it_is_seen_by_the_planes_homography():
    slope, at_px, width_m = 0.006, (36.0, 22.0), 0.3
    row, column = grid()
    scene = scene_of(plane("wall", 0.0, (1 + slope * (column - at_px[0])).astype(np.float32)))
    after = laid(scene, waves(), width_m, at_px=at_px)
    # Four corners in space, their pixels, and the homography through them.
    middle = np.array([(at_px[0] - CENTRE[0]) / FX_PX, (at_px[1] - CENTRE[1]) / FX_PX, 1])
    normal = np.array([FX_PX * slope, 0, 1 - slope * (at_px[0] - CENTRE[0])])
    right = np.array([normal[2], 0, -normal[0]]) / np.hypot(normal[0], normal[2])
    corners = [(u, v) for v in (-0.5, 0.5) for u in (-0.5, 0.5)]
    points = np.array([middle + width_m * (u * right + v * 200 / 300 * np.array([0, 1, 0])) for u, v in corners])
    pixels = points[:, :2] / points[:, 2:] * FX_PX + CENTRE
    to_picture = cv2.getPerspectiveTransform(pixels.astype(np.float32), np.float32(corners) + np.float32(0.5))
    expected = cv2.perspectiveTransform(np.dstack([column, row]), to_picture.astype(np.float64))
    within = (np.abs(expected - 0.5) < 0.5 - 0.06).all(axis=2)
    assert within.sum() > 200
    np.testing.assert_allclose(after.layers[0].rgba[within][:, :2], expected[within], atol=0.004)
    outside = (np.abs(expected - 0.5) > 0.56).any(axis=2)
    np.testing.assert_array_equal(after.layers[0].rgba[outside], scene.layers[0].rgba[outside])


def test_turned_by_a_quarter_its_right_is_down():
    scene = scene_of(plane("wall", 0.0, 1.0))
    page = laid(scene, waves(), 0.3, turn_deg=90).layers[0].rgba
    row, column = grid()
    within = (np.abs(row - 24) < 14) & (np.abs(column - 32) < 9)
    np.testing.assert_allclose(page[within][:, 0], (row[within] - 24) / 30 + 0.5, atol=2e-3)
    np.testing.assert_allclose(page[within][:, 1], 0.5 - (column[within] - 32) / 20, atol=2e-3)


def test_it_stays_on_the_surface_when_the_camera_moves():
    row, column = grid()
    at_px, slope = (26.0, 20.0), 0.005
    scene = scene_of(plane("wall", 0.0, (1 + slope * (column - at_px[0])).astype(np.float32)))
    dot = np.zeros((64, 64, 4), np.float32)
    y, x = np.mgrid[0:64, 0:64] - 31.5
    dot[x * x + y * y < 30**2] = 1
    after = laid(scene, dot, 0.06, at_px=at_px)
    camera = scene.camera.moved(x_m=0.05, y_m=-0.03)
    light = relens.shoot(after, relens.Lens(50, 128, 1.0), camera=camera, samples=16).linear[..., 0]
    (point,) = camera.project(scene.camera.unproject(np.array([[*at_px, 1.0]])))
    row, column = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX] + 0.5
    assert (light * column).sum() / light.sum() == pytest.approx(point[0], abs=0.15)
    assert (light * row).sum() / light.sum() == pytest.approx(point[1], abs=0.15)
    assert abs(point[0] - at_px[0]) > 4


def test_a_fine_pattern_becomes_its_mean_in_linear_light():
    checker = np.indices((1200, 1200)).sum(axis=0) % 2
    picture = np.dstack([checker] * 3 + [np.ones_like(checker)])
    page = laid(scene_of(plane("wall", 0.0, 1.0)), picture, 0.3).layers[0].rgba[INNER]
    np.testing.assert_allclose(page[14:34, 22:42, :3], 0.5, atol=1e-3)


def test_transparency_mixes_in_linear_light_without_fringes(tmp_path):
    """Red at half alpha beside clear green: no green gets in, and red shows by half."""
    rgba = np.zeros((40, 60, 4), np.uint8)
    rgba[:, :30], rgba[:, 30:] = (255, 0, 0, 128), (0, 255, 0, 0)
    scene = scene_of(plane("wall", (0.2, 0.1, 0.6), 1.0))
    page = Decal(written(tmp_path, rgba), CENTRE, 0.3, shading=0)(scene).layers[0].rgba
    part = 128 / 255
    left, right = page[BORDER_PX + 24, BORDER_PX + 24, :3], page[BORDER_PX + 24, BORDER_PX + 40]
    np.testing.assert_allclose(left, (1 - part) * np.array([0.2, 0.1, 0.6]) + part * np.array([1, 0, 0]), rtol=1e-4)
    np.testing.assert_array_equal(right, scene.layers[0].rgba[0, 0])
    assert page[..., 1].max() <= np.float32(0.1)


def test_opacity_keeps_the_rest_of_what_is_under_it(tmp_path):
    scene = scene_of(plane("wall", 0.25, 1.0))
    page = Decal(written(tmp_path, even((188, 0, 0))), CENTRE, 0.3, opacity=0.25, shading=0)(scene).layers[0].rgba
    expected = 0.75 * 0.25 + 0.25 * np.array([linear(188), 0, 0])
    np.testing.assert_allclose(page[BORDER_PX + 24, BORDER_PX + 32, :3], expected, rtol=1e-5)


def test_a_surface_beyond_srgb_can_be_printed_on(tmp_path):
    scene = scene_of(plane("wall", (0.5, -0.02, 0.1), 1.0))
    page = Decal(written(tmp_path, even((188, 0, 0))), CENTRE, 0.3, opacity=0.5, shading=0)(scene).layers[0].rgba
    np.testing.assert_allclose(page[BORDER_PX + 24, BORDER_PX + 32, 1:3], [0, 0.05], atol=1e-6)


def test_the_surfaces_light_falls_on_it(tmp_path):
    grey = 0.1 + texture(3)[..., :1].repeat(3, axis=2)
    scene = scene_of(plane("wall", grey, 1.0))
    picture = written(tmp_path, even((90, 90, 90)))
    flat, half, lit = (Decal(picture, CENTRE, 0.3, shading=part)(scene).layers[0].rgba for part in (0, 0.5, 1))
    under = np.abs(flat[..., 0] - linear(90)) < 1e-6
    assert under.sum() > 500
    light = grey[under][:, 0] / grey[under].mean()
    np.testing.assert_allclose(lit[under][:, 0], linear(90) * light, rtol=0.02)
    np.testing.assert_allclose(half[under][:, 0], linear(90) * np.sqrt(light), rtol=0.01)


def test_light_makes_no_lamp_of_it_and_darkness_no_hole(tmp_path):
    picture = written(tmp_path, even((255, 128, 0)))
    bright = np.full((80, 96, 3), 0.1, np.float32)
    bright[40, 48] = 5
    lit = Decal(picture, CENTRE, 0.3)(scene_of(plane("wall", bright, 1.0))).layers[0].rgba
    assert lit[40, 48, 0] == pytest.approx(1) and lit[40, 48, 1] == pytest.approx(linear(128), rel=1e-4)
    black = Decal(picture, CENTRE, 0.3)(scene_of(plane("wall", 0.0, 1.0))).layers[0].rgba
    assert black[40, 48, 0] == pytest.approx(1)


def test_it_ends_at_a_jump_and_goes_on_under_what_hides_it():
    row, column = grid()
    w = np.where(column < 40, 1.0, 1.6).astype(np.float32)
    cover = ((column > 20) & (column < 24)).astype(np.float32)
    scene = scene_of(plane("pole", 0.5, 3.0, cover), plane("wall", 0.25, w))
    before = bits(scene)
    after = laid(scene, waves(), 0.4, at_px=(30.5, 24.0))
    assert bits(scene) == before
    assert after.layers[0] is scene.layers[0]
    old, new = (one.layers[1].rgba for one in (scene, after))
    np.testing.assert_array_equal(new[..., 3], old[..., 3])
    changed = (new != old).any(axis=2)
    assert not changed[column >= 40].any()
    assert changed[(np.abs(row - 24) < 12) & (column > 12) & (column < 40)].all()
    assert after.layers[1].inverse_depth is scene.layers[1].inverse_depth


def test_it_goes_only_where_it_may():
    scene = scene_of(plane("wall", 0.25, 1.0))
    where = Where(brush_px=((20, 24), (20, 24)), radius_px=5, feather_px=0)
    changed = (laid(scene, waves(), 0.4, where=where).layers[0].rgba != scene.layers[0].rgba).any(axis=2)
    row, column = grid()
    assert changed.sum() > 60
    assert (np.hypot(row - 24, column - 20)[changed] < 6).all()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"width_m": 0.0}, "width_m"),
        ({"width_m": math.nan}, "width_m"),
        ({"turn_deg": math.inf}, "turn_deg"),
        ({"opacity": 1.5}, "opacity"),
        ({"shading": -0.1}, "shading"),
        ({"at_px": (70.0, 20.0)}, "at_px"),
        ({"where": Where(layer="sky")}, "layer"),
        ({"where": Where(brush_px=((60, 40),), radius_px=2, feather_px=0)}, "without the picture"),
    ],
)
def test_what_is_out_of_range_is_named(changes, named, tmp_path):
    fields = {"image": written(tmp_path, even((9, 9, 9))), "at_px": (10.0, 10.0), "width_m": 0.1, **changes}
    with pytest.raises(ValueRangeError, match=named):
        Decal(**fields)(scene_of(plane("wall", 0.25, 1.0)))


def test_a_picture_that_cannot_be_read_is_named(tmp_path):
    scene = scene_of(plane("wall", 0.25, 1.0))
    with pytest.raises(FileError, match=r"none\.png"):
        Decal(tmp_path / "none.png", CENTRE, 0.1)(scene)
    with pytest.raises(FileError, match="transparent everywhere"):
        Decal(written(tmp_path, np.zeros((4, 4, 4))), CENTRE, 0.1)(scene)
