"""Smooth skin: blotches fade by the strength; pores, shading, edges and what is beyond the silhouette stay."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stacked_scenes import bits, stacked_scenes

from relens.camera import Camera, Intrinsics
from relens.edit.selection import Where
from relens.edit.smooth_skin import SmoothSkin
from relens.errors import ValueRangeError
from relens.scene import Layer, Scene

WIDTH, HEIGHT, SIZE_PX = 240, 200, 32.0
SKIN = np.array([0.8, 0.65, 0.6])
ROW, COLUMN = np.mgrid[:HEIGHT, :WIDTH] + 0.5
# Away from the frame, where a blotch can be told from shading.
INNER = slice(60, -60)


def skin(root, alpha=1.0, name="skin", inverse_depth=1.0):
    """A layer by the cube roots of its light, (h, w) about a skin colour or (h, w, 3)."""
    root = SKIN + root[..., None] if root.ndim == 2 else root
    alpha = np.broadcast_to(np.float32(alpha), (HEIGHT, WIDTH))
    rgba = np.dstack([root**3 * alpha[..., None], alpha]).astype(np.float32)
    return Layer(name, rgba, np.full((HEIGHT, WIDTH), inverse_depth, np.float32))


def scene_of(*layers, fx_px=1000.0):
    return Scene(Camera(Intrinsics.centred(fx_px, WIDTH, HEIGHT)), layers)


def roots(scene, layer=0):
    rgba = scene.layers[layer].rgba.astype(np.float64)
    return np.cbrt(rgba[..., :3] / np.maximum(rgba[..., 3:], 1e-9))


def wave(wavelength_px, amplitude=0.01):
    across = np.sin(2 * np.pi * COLUMN / wavelength_px) + np.sin(2 * np.pi * ROW / wavelength_px)
    return amplitude * across


def amplitude(root, wavelength_px):
    """Of the wave across, from where whole waves fit."""
    part = root[INNER, 60 : 60 + int(120 // wavelength_px * wavelength_px)].mean(axis=(0, 2))
    at = np.arange(len(part)) + 60.5
    return 2 * abs(np.mean((part - part.mean()) * np.exp(-2j * np.pi * at / wavelength_px)))


@pytest.mark.parametrize("strength", [0.3, 0.5, 1.0])
def test_blotches_fade_by_the_strength_and_pores_keep_their_contrast(strength):
    rng = np.random.default_rng(1)
    pores = rng.normal(0, 0.01, (HEIGHT, WIDTH))
    before = scene_of(skin(wave(40) + pores))
    after = SmoothSkin(strength, SIZE_PX)(before)
    fades = amplitude(roots(after), 40) / amplitude(roots(before), 40)
    assert fades == pytest.approx(1 - strength, abs=0.1)
    # Pores: all waves shorter than an eighth of the size, by their energy.
    power = [np.abs(np.fft.fft2(roots(s)[INNER, 60:180].mean(axis=2))) ** 2 for s in (before, after)]
    fy, fx = np.meshgrid(np.fft.fftfreq(HEIGHT - 120), np.fft.fftfreq(120), indexing="ij")
    fine = np.hypot(fy, fx) > 8 / SIZE_PX
    assert power[1][fine].sum() / power[0][fine].sum() == pytest.approx(1, abs=0.02)


def test_shading_and_edges_stay():
    shading = 0.15 * (COLUMN / WIDTH - 0.5)
    after = roots(SmoothSkin(1.0, SIZE_PX)(scene_of(skin(shading))))
    np.testing.assert_allclose(after, SKIN + shading[..., None], atol=3e-3)
    lips = np.where((COLUMN > 100)[..., None], SKIN, (0.7, 0.35, 0.4))
    after = roots(SmoothSkin(1.0, SIZE_PX)(scene_of(skin(lips))))
    assert np.abs(after - lips).max() < 0.05 * np.abs(lips[0, 0] - SKIN).max()


def test_nothing_bleeds_in_from_beyond_silhouette_or_selection():
    blotches = wave(40)
    # A round of skin, so that its bounding box holds much that is none.
    far_px = np.hypot(ROW - HEIGHT / 2, COLUMN - WIDTH / 2)
    alpha = np.clip(80.5 - far_px, 0, 1)
    inside = alpha > 0
    other = np.where(inside[..., None], SKIN + blotches[..., None], 5.0)
    one, two = (SmoothSkin(1.0, SIZE_PX)(scene_of(skin(root, alpha))) for root in (blotches, other))
    np.testing.assert_array_equal(one.layers[0].rgba, two.layers[0].rgba)
    assert np.abs(roots(one)[inside] - SKIN).max() < 0.03
    # A mask's rest is as unseen as what is beyond the silhouette.
    where = Where(depth_m=(0.5, 1.5))
    depth = np.where(inside, 1.0, 4.0).astype(np.float32)
    layers = [Layer("skin", skin(root).rgba, depth) for root in (blotches, other)]
    one, two = (SmoothSkin(1.0, SIZE_PX, where)(scene_of(layer)).layers[0].rgba for layer in layers)
    np.testing.assert_array_equal(one[inside], two[inside])
    np.testing.assert_array_equal(two[~inside], layers[1].rgba[~inside])


def test_the_size_is_a_blotchs_at_the_skins_depth():
    # 8 mm at 0.25 m are 32 pixels where a metre at a metre is 1000.
    near = skin(wave(40), inverse_depth=4.0)
    np.testing.assert_array_equal(
        SmoothSkin(1.0)(scene_of(near)).layers[0].rgba, SmoothSkin(1.0, 32.0)(scene_of(near)).layers[0].rgba
    )
    far = scene_of(skin(wave(40), inverse_depth=1.0))
    assert amplitude(roots(SmoothSkin(1.0)(far)), 40) > 0.6 * amplitude(roots(far), 40)


@given(stacked_scenes(), st.floats(0.1, 1), st.sampled_from([None, 4.0, 300.0]))
def test_any_scene_gets_light_and_keeps_what_is_not_selected(scene, strength, size_px):
    before = bits(scene)
    if not (scene.layers[0].rgba[..., 3] > 0).any():
        return
    after = SmoothSkin(strength, size_px, Where(layer="layer-0"))(scene)
    assert bits(scene) == before
    assert all(new is old for new, old in zip(after.layers[1:], scene.layers[1:], strict=True))
    assert after.layers[0].rgba.min() >= 0
    np.testing.assert_array_equal(after.layers[0].rgba[..., 3], scene.layers[0].rgba[..., 3])
    assert after.layers[0].rgba.max() <= 1.5 * scene.layers[0].rgba.max() + 1e-6


def test_no_strength_is_the_same_scene():
    scene = scene_of(skin(wave(40)))
    assert SmoothSkin(0.0)(scene) is scene


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (SmoothSkin(1.5), "strength"),
        (SmoothSkin(size_px=1.0), "size_px"),
        (SmoothSkin(size_px=float("nan")), "size_px"),
        (SmoothSkin(where=Where(layer="sky")), "layer"),
    ],
)
def test_what_is_out_of_range_is_named(edit, named):
    with pytest.raises(ValueRangeError, match=named):
        edit(scene_of(skin(wave(40))))
