"""Retakes: bit by bit the new picture, and no more shot than light of the edit may come to."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_scenes import BORDER_PX, FX_PX, HEIGHT_PX, RED, WIDTH_PX, grid, lens_with_blur, plane, scene_of, texture

from relens.aperture import Aperture
from relens.camera import Camera, Intrinsics
from relens.lens import Lens
from relens.render import shoot
from relens.render.engine import SampleBlock
from relens.render.repaint import reached, recoloured
from relens.render.retake import retake, take
from relens.scene import Layer, Scene

ROW, COLUMN = grid()
DISC = np.clip(12.5 - np.hypot(ROW - 24, COLUMN - 30), 0, 1)


@pytest.fixture(scope="module")
def scene():
    """A soft disc and a wavy wall, which run through one another at one side."""
    wall = 0.35 + 0.1 * np.sin(COLUMN / 9) * np.cos(ROW / 7)
    return scene_of(plane("disc", texture(5), 0.4 + 0.004 * COLUMN, alpha=DISC), plane("wall", texture(6), wall))


def edited(scene, name, row, column, side=3, colour=(0.9, 0.1, 0.4)):
    """The scene with a square of one page painted; row and column of the page's array."""
    page = scene.canonical[name].copy()
    part = page[row : row + side, column : column + side]
    part[..., :3] = np.float32(colour) * part[..., 3:]
    return scene.with_page(name, page)


def assert_same_picture(one, other):
    for name in ("linear", "alpha", "depth_m", "sample_count", "standard_error"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


LENSES = {
    "sharp": Lens(5, 20, 2.5),
    "wide": lens_with_blur(18, 0.4, 1.0),
    "all its faults": Lens(
        120, 2, 2.0, Aperture(blades=6, cats_eye=0.6), tilt_rad=0.1, lateral_colour=0.02, axial_colour=0.02
    ),
}
_places = st.tuples(st.integers(0, HEIGHT_PX + 2 * BORDER_PX - 3), st.integers(0, WIDTH_PX + 2 * BORDER_PX - 3))


@pytest.mark.parametrize("name", LENSES)
@settings(max_examples=12)
@given(
    page=st.sampled_from(["disc", "wall"]),
    place=_places,
    eye=st.sampled_from([(0, 0, 0), (0.1, -0.05, 0.0), (-0.08, 0.02, 0.3)]),
    turn=st.sampled_from([0.0, 0.05]),
    samples=st.sampled_from([8, 40]),
)
def test_a_retake_is_the_new_picture_bit_by_bit(scene, name, page, place, eye, turn, samples):
    camera = scene.camera.moved(*eye)
    camera = replace(camera, camera_to_world=camera.camera_to_world @ _turned(turn))
    after = edited(scene, page, *place)
    again = retake(take(scene, LENSES[name], camera=camera, samples=samples), after)
    assert_same_picture(again.picture, shoot(after, LENSES[name], camera=camera, samples=samples, engine="cpu"))


def _turned(angle_rad):
    turn = np.eye(4)
    turn[[0, 0, 2, 2], [0, 2, 0, 2]] = np.cos(angle_rad), np.sin(angle_rad), -np.sin(angle_rad), np.cos(angle_rad)
    return turn


@pytest.mark.parametrize("name", LENSES)
@pytest.mark.parametrize("place", [(20, 30), (40, 46), (2, 70), (70, 5)])
def test_no_ray_of_the_reference_meets_an_edit_outside_what_is_reached(scene, name, place):
    """The law of the canonical page: an edited texel changes only pixels whose lens rays can reach it."""
    lens, camera = LENSES[name], scene.camera.moved(0.05, 0.02)
    for page in ("disc", "wall"):
        after = edited(scene, page, *place, side=2)
        blocks = recoloured(scene, after)
        wanted = reached(scene, blocks, camera, lens, SampleBlock(0, 64, 0))
        one, other = (shoot(each, lens, camera=camera, samples=64, engine="reference") for each in (scene, after))
        assert not ((one.linear != other.linear).any(axis=-1) & ~wanted).any()


def test_little_is_shot_again_for_a_small_edit_in_focus():
    rgba = np.ones((320, 400, 4), np.float32)
    wall = Scene(Camera(Intrinsics.centred(300, 400, 320)), (Layer("wall", rgba, rgba[..., 0] / 2),))
    again = retake(take(wall, Lens(5, 20, 2.0), samples=16), edited(wall, "wall", 100, 200))
    # The edit's block of 8 pixels and those beside it, on tiles of 16.
    assert 0 < again.reshot <= (3 * 16) ** 2 / (320 * 400)


def test_edits_pile_up_over_retakes(scene):
    last = take(scene, LENSES["wide"], samples=16)
    for place in [(20, 40), (30, 44), (60, 80)]:
        scene = edited(scene, "wall", *place)
        last = retake(last, scene)
    assert_same_picture(last.picture, shoot(scene, LENSES["wide"], samples=16, engine="cpu"))


def test_an_older_take_can_still_be_retaken(scene):
    first = take(scene, LENSES["wide"], samples=16)
    one, other = edited(scene, "wall", 20, 40), edited(scene, "disc", 38, 46)
    retake(first, one)
    assert_same_picture(retake(first, other).picture, shoot(other, LENSES["wide"], samples=16, engine="cpu"))


def test_a_smaller_picture_reads_reduced_pages(scene):
    small = replace(scene.camera, intrinsics=Intrinsics.centred(FX_PX / 2, WIDTH_PX // 2, HEIGHT_PX // 2))
    after = edited(scene, "wall", 33, 51)
    again = retake(take(scene, LENSES["wide"], camera=small, samples=16), after)
    assert_same_picture(again.picture, shoot(after, LENSES["wide"], camera=small, samples=16, engine="cpu"))


def test_the_same_scene_again_shoots_nothing(scene):
    last = take(scene, LENSES["wide"], samples=16)
    again = retake(last, scene)
    assert again.reshot == 0 and again.picture is last.picture


def test_another_depth_alpha_or_layer_shoots_all(scene):
    disc, wall = scene.layers
    last = take(scene, LENSES["wide"], samples=16)
    others = [
        scene.with_layer(replace(wall, inverse_depth=wall.inverse_depth + np.float32(0.01))),
        scene.with_layer(replace(disc, rgba=disc.rgba * np.float32(0.5))),
        replace(scene, layers=(wall,)),
    ]
    for other in others:
        again = retake(last, other)
        assert again.reshot == 1
        assert_same_picture(again.picture, shoot(other, LENSES["wide"], samples=16, engine="cpu"))


def test_what_is_hidden_from_every_ray_changes_nothing():
    front = plane("card", RED, 1.0)
    scene = scene_of(front, plane("wall", texture(2), 0.3))
    last = take(scene, LENSES["wide"], samples=16)
    again = retake(last, edited(scene, "wall", 30, 40))
    np.testing.assert_array_equal(again.picture.linear, last.picture.linear)
