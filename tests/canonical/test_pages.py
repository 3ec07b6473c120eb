"""Pages: what is not edited keeps its bits; what is edited in the photo's view shows there, and nowhere else."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_scenes import plane, scene_of, texture
from stacked_scenes import bits, seen_plainly, stacked_scenes
from unchecked import unchecked

from relens.canonical import PHOTO, Pages
from relens.errors import ValueRangeError


def veiled():
    """A half transparent card over a wall; a layer far behind that no one sees."""
    return scene_of(plane("card", 0.5, 2.0, 0.5), plane("wall", 0.25, 1.0), plane("hidden", texture(3), 0.5))


@given(stacked_scenes())
def test_pages_that_are_given_back_as_they_are_change_nothing(scene):
    assert scene.with_page(PHOTO, scene.canonical[PHOTO].copy()) is scene
    for name in scene.canonical:
        assert bits(scene.with_page(name, scene.canonical[name])) == bits(scene)


@given(stacked_scenes(), st.integers(0, 2**32), st.sampled_from([0.0, 0.02, 0.7, 1.0, 1.3, 20.0]), st.booleans())
def test_an_edited_photo_comes_back_and_only_what_was_edited_changes(scene, seed, gain, repaint):
    rng = np.random.default_rng(seed)
    seen = scene.canonical[PHOTO]
    touched = rng.random(seen.shape[:2]) < 0.5
    painted = rng.random((*seen.shape[:2], 3)) * seen[..., 3:] if repaint else seen[..., :3]
    edited = np.array(seen)
    edited[touched, :3] = (painted * np.float32(gain))[touched]
    before = bits(scene)
    after = scene.with_page(PHOTO, edited)
    assert bits(scene) == before

    view, (_, share) = after.canonical[PHOTO], seen_plainly(scene)
    np.testing.assert_allclose(view, edited, rtol=2e-5, atol=3e-6 * max(1, seen.max(), edited.max()))
    alone = (share > 0).sum(axis=0) == 1
    np.testing.assert_array_equal(view[alone], edited[alone])
    np.testing.assert_array_equal(view[~touched], seen[~touched])
    for old, new, part in zip(scene.layers, after.layers, share, strict=True):
        assert new.inverse_depth is old.inverse_depth
        kept = ~touched | (part == 0)
        np.testing.assert_array_equal(new.rgba[kept], old.rgba[kept])
        np.testing.assert_array_equal(new.rgba[..., 3], old.rgba[..., 3])
        assert new.rgba.min() >= 0


def test_a_soft_edge_is_shared_out_by_what_shows():
    scene = veiled()
    page = np.array(scene.canonical[PHOTO])
    page[3:9, 4:40, 1] += 0.25
    after = scene.with_page(PHOTO, page)
    card, wall, hidden = after.layers
    np.testing.assert_allclose(card.rgba[3:9, 4:40, 1] / 0.5, 0.75, rtol=1e-6)
    np.testing.assert_allclose(wall.rgba[3:9, 4:40, 1], 0.5, rtol=1e-6)
    assert hidden is scene.layers[2]
    assert (card.rgba != scene.layers[0].rgba).sum() == (wall.rgba != scene.layers[1].rgba).sum() == 6 * 36


def test_what_one_layer_cannot_lose_another_does():
    scene = scene_of(plane("card", 0.0, 2.0, 0.5), plane("wall", 0.8, 1.0))
    page = np.array(scene.canonical[PHOTO])
    page[..., :3] *= 0.25
    card, wall = scene.with_page(PHOTO, page).layers
    assert not card.rgba[..., :3].any()
    np.testing.assert_allclose(wall.rgba[..., :3], 0.2, rtol=1e-6)


def test_a_faint_veil_is_painted_like_anything_else():
    scene = scene_of(plane("veil", 0.5, 1.0, 1e-25))
    page = np.array(scene.canonical[PHOTO])
    page[5, 6, :3] *= 0.5
    np.testing.assert_array_equal(scene.with_page(PHOTO, page).canonical[PHOTO], page)


def test_a_page_of_a_layer_is_the_layer():
    scene = veiled()
    page = np.array(scene.canonical["hidden"])
    page[:5] = 0
    after = scene.with_page("hidden", page)
    np.testing.assert_array_equal(after.layers[2].rgba, page)
    assert after.layers[:2] == scene.layers[:2] and after.layers[2].inverse_depth is scene.layers[2].inverse_depth
    # Who paints on paints on a page of their own.
    page[:] = 0
    assert after.layers[2].rgba[20, 20, 3] == 1


def test_colours_beyond_srgb_are_kept_but_not_painted():
    scene = scene_of(plane("card", (-0.1, 0.5, 0.2), 2.0), plane("wall", (0.4, -0.2, 0.1), 1.0))
    page = np.array(scene.canonical[PHOTO])
    assert scene.with_page(PHOTO, page) is scene
    page[4, 5, 1] = 0.75
    card, wall = scene.with_page(PHOTO, page).layers
    np.testing.assert_array_equal(card.rgba, page)
    assert wall is scene.layers[1]
    assert bits(scene.with_page("wall", scene.canonical["wall"])) == bits(scene)


def value_at(name, value, channel=0):
    page = np.array(veiled().canonical[name])
    page[7, 8, channel] = value
    return page


@pytest.mark.parametrize(
    "name, page, problem",
    [
        ("sky", value_at("wall", 0), "page='sky': expected one of photo, card, wall, hidden"),
        (PHOTO, value_at(PHOTO, 0)[1:], "page photo=.*of shape"),
        ("wall", value_at("wall", 0)[..., :3], "page wall=.*of shape"),
        ("wall", value_at("wall", 0)[..., 0], "page wall=.*of shape"),
        (PHOTO, value_at(PHOTO, 0.9, 3), "page photo=another alpha"),
        (PHOTO, value_at(PHOTO, 0.0, 3), "page photo=another alpha"),
        (PHOTO, value_at(PHOTO, -1e-6), "page photo=negative light"),
        ("wall", value_at("wall", -1e-6), "page wall=negative light"),
        ("wall", value_at("wall", -0.1, 3), "page wall=negative light or alpha"),
        ("wall", value_at("wall", 1.1, 3), "layer wall=alpha"),
        *((PHOTO, value_at(PHOTO, bad, c), "page photo=not finite") for bad in (math.nan, math.inf) for c in (1, 3)),
        *(("wall", value_at("wall", bad, c), "wall=.*finite") for bad in (math.nan, math.inf) for c in (1, 3)),
    ],
)
def test_pages_that_do_not_fit_are_refused_and_change_nothing(name, page, problem):
    scene = veiled()
    before = bits(scene)
    with unchecked(), pytest.raises(ValueRangeError, match=problem) as caught:
        scene.with_page(name, page)
    assert len(str(caught.value).splitlines()) == 1
    assert bits(scene) == before


def test_alpha_needs_a_depth():
    deep = np.full((80, 96), 1.0, np.float32)
    alpha = np.ones((80, 96), np.float32)
    deep[4], alpha[4] = np.nan, 0
    scene = scene_of(plane("card", 0.5, deep, alpha))
    page = np.array(scene.canonical["card"])
    page[4] = 0.5
    with pytest.raises(ValueRangeError, match="a depth wherever visible"):
        scene.with_page("card", page)


def test_pages_are_read_only_and_in_order():
    pages = veiled().canonical
    assert list(pages) == [PHOTO, "card", "wall", "hidden"] and len(pages) == 4
    for page in pages.values():
        with pytest.raises(ValueError, match="read-only"):
            page[0, 0, 0] = 1
    # The scene's own arrays stay as writable as they were.
    assert pages.scene.layers[0].rgba.flags.writeable
    with pytest.raises(KeyError):
        pages["sky"]
    assert "sky" not in pages


def test_a_layer_named_photo_hides_the_view():
    scene = scene_of(plane("card", 0.5, 2.0), plane(PHOTO, texture(4), 1.0))
    assert list(Pages(scene)) == ["card", PHOTO] and len(Pages(scene)) == 2
    np.testing.assert_array_equal(scene.canonical[PHOTO], scene.layers[1].rgba)
    after = scene.with_page(PHOTO, np.zeros_like(scene.layers[1].rgba))
    assert not after.layers[1].rgba.any() and after.layers[0] is scene.layers[0]
