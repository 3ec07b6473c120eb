"""The whole pipeline at the ends of its numbers: lift, save, load, shoot.

Scenes of a millimetre and of ten kilometres, light too faint for normal floats and of 1e15, lenses of f/0.5 to f/64
focused from 2 cm to infinity, pictures of one pixel and of one line, oblong pixels, principal
points far outside the picture.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import relens
from relens.camera import Camera, Intrinsics
from relens.depth import Depth
from relens.errors import ValueRangeError
from relens.photo import Photo
from relens.scene import Layer, Scene

FAINTEST = 1.4e-45  # the smallest float32 above 0
sides_px = st.sampled_from([1, 2, 3, 7, 20])
scales_m = st.floats(-3, 4).map(lambda exponent: 10**exponent)
lights = st.sampled_from([FAINTEST, 1e-42, 1e-20, 1.0, 6e4, 1e15])
f_numbers = st.floats(0.5, 64)


@st.composite
def pinholes(draw: st.DrawFn) -> Intrinsics:
    """Views from 1 to 178 degrees, pixels up to ten times as high as wide, the axis in the picture or far beside it."""
    width_px, height_px = draw(sides_px), draw(sides_px)
    fx_px = max(width_px, height_px) * 10 ** draw(st.floats(-2, 2))
    cx, cy = draw(st.sampled_from([0.5, 0, -9, 30])), draw(st.sampled_from([0.5, 1, -9, 30]))
    fy_px = fx_px * draw(st.sampled_from([1, 0.1, 0.9, 10]))
    return Intrinsics(fx_px, fy_px, cx * width_px, cy * height_px, width_px, height_px, "user")


@st.composite
def lenses(draw: st.DrawFn) -> relens.Lens:
    """Focused at 2 cm and more, up to infinity."""
    focus_m = draw(st.sampled_from([0.02, 1.0, 1e4, 1e300, math.inf]) | scales_m.filter(lambda m: m >= 0.02))
    focal_length_mm = draw(st.floats(1, 2000).filter(lambda mm: mm < 999 * focus_m) | st.just(1.0))
    return relens.Lens(focal_length_mm, draw(f_numbers), focus_m)


@st.composite
def depths_m(draw: st.DrawFn, height_px: int, width_px: int) -> np.ndarray:
    """Relief of every depth, with sky, unknown places, and single pixels at the ends of what there is."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    depth_m = draw(scales_m) * (1 + rng.random((height_px, width_px)) * draw(st.sampled_from([1e-3, 0.1, 3, 1e3])))
    for odd_m in draw(st.lists(st.sampled_from([math.inf, math.nan, 1e-3, 1e4, 1e42]), max_size=2)):
        depth_m[rng.random((height_px, width_px)) < 0.2] = odd_m
    return depth_m


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_light_stays_light(tmp_path_factory, data: st.DataObject) -> None:
    intrinsics = data.draw(pinholes())
    size = intrinsics.height_px, intrinsics.width_px
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    linear = (rng.random((*size, 3)) * data.draw(lights)).astype(np.float32)
    matte = data.draw(st.sampled_from([None, rng.random(size), (rng.random(size) > 0.5) * 1.0]))
    lens = data.draw(lenses())
    reach_m = data.draw(st.sampled_from([1e-4, 0.07, 10]))
    try:
        depth = Depth.from_metres(data.draw(depths_m(*size)))
        scene = relens.lift(Photo(linear, intrinsics), depth=depth, matte=matte, reach_m=reach_m)
    except ValueRangeError as error:
        # Depth of one distance, or unknown for the most part, is refused; nothing else is.
        assert any(reason in str(error) for reason in ("some relief", "% unknown", "one known value"))
        return

    folder = tmp_path_factory.mktemp("scene") / "a.relens"
    scene.save(folder)
    loaded = relens.load_scene(folder)
    for layer, same in zip(scene.layers, loaded.layers, strict=True):
        np.testing.assert_allclose(same.rgba, layer.rgba, atol=5e-5 * max(1, float(layer.rgba.max())))
        np.testing.assert_array_equal(np.isnan(same.inverse_depth), np.isnan(layer.inverse_depth))

    picture = relens.shoot(scene, lens, samples=16, seed=0)
    brightest = max(float(layer.rgba.max()) for layer in scene.layers)
    assert np.isfinite(picture.linear).all()
    assert picture.linear.min() >= 0
    assert picture.linear.max() <= brightest * (1 + 1e-4) + FAINTEST
    assert picture.alpha.min() >= 0
    assert picture.alpha.max() <= 1 + 1e-5
    assert (picture.sample_count >= 1).all()
    known = np.isfinite(picture.depth_m) & (picture.depth_m > 0)
    fx_px, pupil_m = scene.camera.intrinsics.fx_px, lens.pupil_diameter_m
    expected_px = fx_px * pupil_m * np.abs(1 / picture.depth_m[known].astype(float) - lens.focus_inverse_m)
    np.testing.assert_allclose(
        picture.coc_px[known], expected_px, rtol=1e-3, atol=1e-3 * fx_px * pupil_m / lens.focus_distance_m
    )


def wall(intrinsics: Intrinsics, colour: np.ndarray, inverse_depth: float) -> Scene:
    """One upright wall that fills the picture and a border of two pixels."""
    rgba = np.pad(np.dstack([colour, np.ones(colour.shape[:2])]), ((2, 2), (2, 2), (0, 0)), mode="edge")
    depth = np.full(rgba.shape[:2], inverse_depth, np.float32)
    return Scene(Camera(intrinsics), (Layer("wall", rgba.astype(np.float32), depth),), 2)


@settings(max_examples=40, deadline=None)
@given(pinholes(), lenses(), scales_m, lights)
def test_a_plain_wall_stays_plain_behind_any_blur(intrinsics, lens, distance_m, light) -> None:
    colour = np.full((intrinsics.height_px, intrinsics.width_px, 3), light, np.float32)
    picture = relens.shoot(wall(intrinsics, colour, 1 / distance_m), lens, samples=16, seed=0)
    np.testing.assert_allclose(picture.linear, colour, rtol=1e-5, atol=2 * FAINTEST)
    np.testing.assert_allclose(picture.alpha, 1, rtol=1e-5)


@settings(max_examples=40, deadline=None)
@given(pinholes(), st.floats(-1.6, 4).map(lambda exponent: 10**exponent) | st.just(math.inf), f_numbers, lights)
def test_what_is_in_focus_is_the_photo(intrinsics, distance_m, f_number, light) -> None:
    rng = np.random.default_rng(0)
    colour = (rng.random((intrinsics.height_px, intrinsics.width_px, 3)) * light).astype(np.float32)
    # The plane of focus is the wall's own, to the last bit of its 32.
    inverse_depth = np.float32(1 / distance_m)
    focus_m = 1 / float(inverse_depth) if inverse_depth else math.inf
    picture = relens.shoot(
        wall(intrinsics, colour, inverse_depth), relens.Lens(24, f_number, focus_m), samples=16, seed=0
    )
    np.testing.assert_allclose(picture.linear, colour, atol=2e-3 * light + 2 * FAINTEST)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32), st.integers(-4, 6), st.sampled_from(["cpu", "reference"]))
def test_a_model_of_a_scene_gives_the_same_picture(seed: int, doublings: int, engine: str) -> None:
    """Everything 1/16 to 64 times as large, lens included: geometry knows no scale."""
    rng = np.random.default_rng(seed)
    rgba = np.ones((14, 17, 4), np.float32)
    rgba[..., :3] = rng.random((14, 17, 3))
    near = np.where(rng.random((14, 17)) < 0.5, 0, 1).astype(np.float32)[..., None] * rgba
    parts = (
        Layer("near", near, np.full((14, 17), 1.0, np.float32)),
        Layer("far", rgba, np.full((14, 17), 0.25, np.float32)),
    )
    scene = Scene(Camera(Intrinsics.centred(40, 11, 8)), parts, 3)
    scale = 2.0**doublings
    lens, scaled_lens = (relens.Lens(30 * size, 0.5, 2 * size) for size in (1.0, scale))
    scaled = replace(scene, layers=tuple(replace(p, inverse_depth=p.inverse_depth / np.float32(scale)) for p in parts))
    one, two = (
        relens.shoot(*what, samples=16, seed=1, engine=engine) for what in ((scene, lens), (scaled, scaled_lens))
    )
    np.testing.assert_allclose(one.linear, two.linear, atol=1e-4)


@pytest.mark.parametrize(("width_px", "height_px"), [(1, 1), (6000, 1), (1, 6000)])
def test_pictures_of_a_pixel_and_of_a_line(width_px: int, height_px: int) -> None:
    rng = np.random.default_rng(3)
    linear = rng.random((height_px, width_px, 3), dtype=np.float32)
    depth_m = 1 + np.linspace(0, 1, width_px * height_px).reshape(height_px, width_px)
    scene = relens.lift(Photo(linear, Intrinsics.centred(500, width_px, height_px)), depth=depth_m, matte=None)
    sharp = relens.shoot(scene, relens.Lens(1, 64, 1.0), samples=4, seed=0)
    np.testing.assert_allclose(sharp.linear, linear, atol=0.02)  # a pupil of 16 um blurs 0.004 px
    assert np.isfinite(relens.shoot(scene, relens.Lens(85, 1.4, 1.0), samples=4, seed=0).linear).all()


def test_a_photo_of_more_pixels_than_a_scene_holds_is_refused_at_once() -> None:
    linear = np.broadcast_to(np.float32(0.5), (20000, 20000, 3))  # of one number in memory
    photo = Photo(linear, Intrinsics.centred(20000, 20000, 20000))
    with pytest.raises(
        ValueRangeError, match=r"20000x20000 pixels: expected at most 268 million .* make the photo smaller"
    ):
        relens.lift(photo, depth=np.ones((4, 4)) + np.eye(4))
