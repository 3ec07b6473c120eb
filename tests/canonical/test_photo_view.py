"""The photo's own view against a slow one, and changes of it taken back to the layers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relens.camera import Camera, Intrinsics
from relens.canonical.photo_view import photo_view, shown
from relens.errors import ValueRangeError
from relens.scene import Layer, Scene

_seeds = st.integers(0, 9999)


def any_scene(seed):
    """Up to five layers that run through one another, opaque, soft and clear, over a border; some depths unknown."""
    rng = np.random.default_rng(seed)
    border, height, width = int(rng.integers(0, 3)), int(rng.integers(1, 90)), int(rng.integers(1, 12))
    shape = height + 2 * border, width + 2 * border
    layers = []
    for number in range(int(rng.integers(1, 6))):
        alpha = rng.choice([0, 0, 1, 0.5, 0.003], shape) * rng.choice([1.0, 0.7], shape)
        depth = rng.choice([0.0, 0.5, 0.5, rng.random(), 2.0], shape)
        depth = np.where((alpha == 0) & (rng.random(shape) < 0.3), np.nan, depth)
        colour = rng.random((*shape, 3)) * rng.choice([1.0, 4.0])
        rgba = np.dstack([colour * alpha[..., None], alpha])
        layers.append(Layer(f"layer-{number}", rgba.astype(np.float32), depth.astype(np.float32)))
    return Scene(Camera(Intrinsics.centred(20, width, height)), tuple(layers), border)


def slowly_shown(scene):
    """Each layer's share of every texel: nearest first, of two at one depth the first."""
    share = np.zeros((len(scene.layers), *scene.layers[0].inverse_depth.shape))
    for place in np.ndindex(share.shape[1:]):
        met = [n for n, layer in enumerate(scene.layers) if layer.rgba[(*place, 3)] > 0]
        clear = 1.0
        for number in sorted(met, key=lambda n: -scene.layers[n].inverse_depth[place]):
            share[number][place] = clear * scene.layers[number].rgba[(*place, 3)]
            clear -= share[number][place]
    return share


@settings(max_examples=40, deadline=None)
@given(_seeds)
def test_the_view_is_what_the_pinhole_meets(seed):
    scene = any_scene(seed)
    share = slowly_shown(scene)
    alpha = np.stack([layer.rgba[..., 3:] for layer in scene.layers])
    straight = np.stack([layer.rgba[..., :3] for layer in scene.layers]) / np.where(alpha > 0, alpha, 1)
    view = photo_view(scene)
    np.testing.assert_allclose(view[..., :3], (share[..., None] * straight).sum(axis=0), atol=1e-5)
    np.testing.assert_allclose(view[..., 3], share.sum(axis=0), atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(_seeds)
def test_what_is_shown_of_a_window_is_the_same_part_of_the_whole(seed):
    scene = any_scene(seed)
    height, width = scene.layers[0].inverse_depth.shape
    window = slice(height // 3, height), slice(width // 4, width)
    share, parts = slowly_shown(scene), shown(scene, window)
    for number, layer in enumerate(scene.layers):
        wanted = share[number][window]
        np.testing.assert_allclose(parts.get(layer.name, np.zeros(wanted.shape)), wanted, atol=1e-6)
        assert (layer.name in parts) == bool((wanted > 0).any())


@settings(max_examples=40, deadline=None)
@given(_seeds)
def test_an_edited_view_comes_back_and_nothing_else_changes(seed):
    scene = any_scene(seed)
    rng = np.random.default_rng(seed)
    before = photo_view(scene)
    edited = before.copy()
    touched = (rng.random(before.shape[:2]) < 0.3) & (before[..., 3] > 0)
    edited[touched, :3] = rng.random((touched.sum(), 3)) * before[touched, 3:]
    after = scene.with_page("photo", edited)
    np.testing.assert_allclose(photo_view(after), edited, atol=2e-5)
    share = slowly_shown(scene)
    for number, (old, new) in enumerate(zip(scene.layers, after.layers, strict=True)):
        moved = (old.rgba != new.rgba).any(axis=-1)
        assert not (moved & ~touched).any() and not (moved & (share[number] <= 0)).any()
        assert (new.rgba[..., :3] >= 0).all()
        np.testing.assert_array_equal(old.rgba[..., 3], new.rgba[..., 3])
        assert new.inverse_depth is old.inverse_depth
        alone = touched & (share[number] == 1)
        np.testing.assert_array_equal(new.rgba[alone], edited[alone])


def test_a_soft_edge_stays_soft_under_paint():
    alpha = np.array([[0.0, 0.25, 0.75, 1.0]], np.float32)
    near = Layer("near", np.dstack([alpha * 0.8] * 3 + [alpha]), np.full(alpha.shape, 2, np.float32))
    far = Layer("far", np.dstack([np.full((1, 4), 0.2)] * 3 + [np.ones((1, 4))]).astype(np.float32), alpha * 0 + 0.5)
    scene = Scene(Camera(Intrinsics.centred(5, 4, 1)), (near, far))
    edited = photo_view(scene)
    edited[..., 0] *= 0.5
    after = scene.with_page("photo", edited)
    np.testing.assert_array_equal(after.layers[0].rgba[..., 3], alpha)
    # Either side gets darker by its part of what shows.
    red = after.layers[0].rgba[0, 1:, 0] / alpha[0, 1:], after.layers[1].rgba[0, :3, 0]
    assert (red[0] < 0.8).all() and (red[1] < 0.2).all()


def test_an_unchanged_view_is_the_same_scene():
    scene = any_scene(3)
    assert scene.with_page("photo", photo_view(scene)) is scene


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda page: page * [1, 1, 1, 0.5], "another alpha"),
        (lambda page: page - 1, "0 or more"),
        (lambda page: page * np.nan, "finite"),
        (lambda page: page[:-1], "the photo with its border"),
    ],
)
def test_views_that_do_not_fit_say_why(change, problem):
    scene = any_scene(8)
    with pytest.raises(ValueRangeError, match=problem):
        scene.with_page("photo", change(photo_view(scene)).astype(np.float32))


def test_of_two_at_one_depth_the_first_shows():
    page = np.ones((2, 2, 4), np.float32)
    one, other = Layer("one", page * np.float32([0.2, 0.2, 0.2, 1]), page[..., 0]), Layer("two", page, page[..., 0])
    scene = Scene(Camera(Intrinsics.centred(5, 2, 2)), (one, other))
    np.testing.assert_array_equal(photo_view(scene), one.rgba)
    assert list(shown(scene, (slice(0, 2), slice(0, 2)))) == ["one"]
    np.testing.assert_array_equal(photo_view(replace(scene, layers=(other, one))), other.rgba)
