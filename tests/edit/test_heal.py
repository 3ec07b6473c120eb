"""Heal: a spot goes, its surroundings' texture and light take its place, and nobody sees where."""

import numpy as np
import pytest
from layer_scenes import plane, scene_of, texture
from scipy.ndimage import gaussian_filter
from stacked_scenes import bits

from relens.camera import Camera, Intrinsics
from relens.edit import Where
from relens.edit.heal import Heal
from relens.edit.match import best_step
from relens.errors import ValueRangeError
from relens.scene import Layer, Scene

SIZE = (160, 200)
ROW, COLUMN = np.mgrid[: SIZE[0], : SIZE[1]] + 0.5


def grain(seed, amount=0.15):
    noise = gaussian_filter(np.random.default_rng(seed).standard_normal(SIZE), 1.2)
    return np.exp(amount * noise / noise.std())[..., None]


def disc(column, row, radius_px):
    return np.hypot(COLUMN - column, ROW - row) < radius_px


def skin(light, spots=(), alpha=1.0):
    """A scene of one grainy wall in a light, with dark spots, (column, row, radius)."""
    colour = np.float32([0.5, 0.35, 0.25]) * light[..., None] * grain(3)
    for spot in spots:
        colour[disc(*spot)] *= 0.2
    alpha = np.broadcast_to(np.float32(alpha), SIZE)
    rgba = np.dstack([colour * alpha[..., None], alpha]).astype(np.float32)
    return Scene(Camera(Intrinsics.centred(100.0, SIZE[1], SIZE[0])), (Layer("wall", rgba, np.ones(SIZE, np.float32)),))


SLOPE = (0.25 + 1.5 * COLUMN / SIZE[1]).astype(np.float32)
SPOT = Where(brush_px=((100, 80),), radius_px=12)


def test_a_spot_goes_in_the_light_of_its_place_and_as_sharp_as_around():
    scene, clean = skin(SLOPE, [(100, 80, 8)]), skin(SLOPE)
    before = bits(scene)
    after = Heal(where=SPOT)(scene).layers[0].rgba
    assert bits(scene) == before
    inside = disc(100, 80, 10)
    light = after[inside, :3] / (np.float32([0.5, 0.35, 0.25]) * SLOPE[inside][:, None])
    assert abs(np.log(light).mean()) < 0.05
    # Grain of the same strength, and of the same sharpness as around.
    assert 0.7 < np.log(light)[:, 0].std() / np.log(grain(3)[inside]).std() < 1.4
    steps = np.diff(after[..., 0], axis=1)[disc(99.5, 80, 10)[:, 1:]], np.diff(clean.layers[0].rgba[..., 0], axis=1)
    assert 0.7 < steps[0].std() / steps[1][:, 60:140].std() < 1.4
    outside = ~disc(100, 80, 18)
    np.testing.assert_array_equal(after[outside], scene.layers[0].rgba[outside])


def test_no_seam_at_the_rim():
    after = Heal(where=SPOT)(skin(SLOPE, [(100, 80, 8)])).layers[0].rgba[..., 1]
    ring = disc(100, 80, 15) & ~disc(100, 80, 9)
    jump = np.abs(np.log(after[:, 1:] / after[:, :-1]))
    plain = np.abs(np.log(grain(3)[:, 1:, 0] / grain(3)[:, :-1, 0]))
    assert jump[ring[:, 1:]].mean() < 1.25 * plain.mean()


@pytest.mark.parametrize("from_px", [(40, 80), (160, 40)])
def test_texture_from_where_asked_in_the_light_of_the_place(from_px):
    scene = skin(SLOPE, [(100, 80, 8)])
    after = Heal(from_px, SPOT)(scene).layers[0].rgba
    inside = disc(100, 80, 9)
    moved = np.roll(grain(3)[..., 0], (80 - from_px[1], 100 - from_px[0]), (0, 1))
    found = np.log(after[inside, 0] / SLOPE[inside])
    assert np.corrcoef(found, np.log(moved[inside]))[0, 1] > 0.95
    assert abs((found - np.log(moved[inside])).mean() - np.log(0.5)) < 0.1


def test_other_spots_are_no_texture():
    spots = [(100, 80, 8), (70, 80, 8), (130, 80, 8), (100, 50, 8), (100, 110, 8)]
    after = Heal(where=SPOT)(skin(np.ones(SIZE, np.float32), spots)).layers[0].rgba
    assert np.quantile(after[disc(100, 80, 9), 0], 0.02) > 0.5 * 0.5


def test_a_smooth_wall_comes_back_exactly():
    light = (0.3 + 0.002 * COLUMN + 0.001 * ROW).astype(np.float32)
    colour = light[..., None] * np.float32([1, 0.8, 0.6])
    stained = np.where(disc(100, 80, 8)[..., None], colour * 0.5, colour)
    camera = Camera(Intrinsics.centred(100.0, SIZE[1], SIZE[0]))
    page = np.dstack([stained, np.ones(SIZE)]).astype(np.float32)
    after = Heal(where=SPOT)(Scene(camera, (Layer("wall", page, np.ones(SIZE, np.float32)),)))
    np.testing.assert_allclose(after.layers[0].rgba[..., :3], colour, rtol=0.01)


def test_a_silhouette_lends_no_colour_of_what_is_behind():
    half = (COLUMN < 110).astype(np.float32)
    near = skin(np.ones(SIZE, np.float32), [(102, 80, 6)], half).layers[0]
    blue = np.zeros((*SIZE, 4), np.float32)
    blue[..., 2:] = 1
    scene = Scene(
        Camera(Intrinsics.centred(100.0, SIZE[1], SIZE[0])),
        (Layer("near", near.rgba, np.full(SIZE, 2, np.float32)), Layer("far", blue, np.ones(SIZE, np.float32))),
    )
    after = Heal(where=Where(brush_px=((101, 80),), radius_px=9, feather_px=0))(scene)
    assert after.layers[1] is scene.layers[1]
    healed = after.layers[0].rgba[disc(101, 80, 9) & (half > 0)]
    np.testing.assert_allclose(healed[:, 2] / healed[:, 0], 0.5, rtol=0.02)
    np.testing.assert_array_equal(after.layers[0].rgba[..., 3], half)


def test_of_wide_holes_the_step_is_told_to_the_texel():
    tile = np.tile(np.random.default_rng(5).random((50, 70, 3)), (12, 10, 1)).astype(np.float32)
    hole = np.zeros(tile.shape[:2], bool)
    hole[240:340, 260:350] = True
    step = best_step(tile, np.ones(hole.shape, bool), hole)
    assert step is not None and step[0] % 50 == 0 and step[1] % 70 == 0
    assert abs(step[0]) >= 100 or abs(step[1]) >= 90


@pytest.mark.parametrize(
    ("heal", "problem"),
    [
        (Heal(), "where=no place"),
        (Heal((3, 3), Where(layer="wall", depth_m=(0.1, 9))), "where=no place"),
        (Heal((-3, -3), SPOT), "from_px=off the pages"),
        (Heal(where=Where(brush_px=((100, 80),), radius_px=300)), "selection=nothing like it near"),
    ],
)
def test_what_cannot_be_healed_is_said_in_one_line(heal, problem):
    with pytest.raises(ValueRangeError, match=problem):
        heal(skin(SLOPE))


def test_a_layer_that_ends_too_near_is_healed_by_what_the_photo_shows_around():
    alpha = np.zeros((80, 96), np.float32)
    alpha[38:43, 46:51] = 1
    wall = plane("wall", 0.5 + 0.1 * texture(2), 1.0)
    after = Heal(where=Where(brush_px=((32.5, 24.5),), radius_px=6, feather_px=0))(
        scene_of(plane("speck", (0.0, 0.0, 0.0), 2.0, alpha), wall)
    )
    assert after.layers[0].rgba[alpha > 0][:, :3].min() > 0.45
