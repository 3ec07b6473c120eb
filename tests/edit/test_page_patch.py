"""Patches of pages: the windows where two scenes differ in any bit, which make one of the other and back."""

from dataclasses import replace

import numpy as np
from edits_of_any_kind import any_edits
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from layer_scenes import plane, scene_of, texture
from stacked_scenes import bits, stacked_scenes

from relens.edit.page_patch import PagePatch, overwritten, patched
from relens.edit.window_kernel import window_that_differs
from relens.scene_folder.page import page_gain


@given(stacked_scenes(), st.lists(any_edits(), max_size=3))
def test_patches_make_one_scene_of_the_other_and_back(scene, edits):
    edited = scene
    for edit in edits:
        edited = edit(edited)
    before, after = bits(scene), bits(edited)
    back, forth = patched(edited, overwritten(scene, edited))
    assert bits(back) == before
    again, _ = patched(back, forth)
    assert bits(again) == after
    assert (bits(scene), bits(edited)) == (before, after)


@given(stacked_scenes(), any_edits())
def test_a_patch_is_as_large_as_what_differs_or_the_page_where_its_gain_does(scene, edit):
    edited = edit(scene)
    patches = {patch.layer: patch for patch in overwritten(scene, edited)}
    for one, other in zip(scene.layers, edited.layers, strict=True):
        differs = differing(one.rgba, other.rgba).any(axis=2) | differing(one.inverse_depth, other.inverse_depth)
        if not differs.any():
            assert one.name not in patches
            continue
        whole = page_gain(one.rgba) != page_gain(other.rgba)
        window = (slice(0, differs.shape[0]), slice(0, differs.shape[1])) if whole else hull(differs)
        assert patches[one.name].window == window


@given(
    arrays.arrays(np.uint32, st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(1, 4)), elements=st.just(7)),
    st.data(),
)
def test_the_window_is_the_smallest_that_holds_all_that_differs(one, data):
    other = one.copy()
    for _ in range(data.draw(st.integers(0, 3))):
        other[tuple(data.draw(st.integers(0, size - 1)) for size in one.shape)] ^= 1 << 31
    rows, columns = hull((one != other).any(axis=2))
    assert window_that_differs(one, other) == (rows.start, rows.stop, columns.start, columns.stop)


def test_what_a_patch_does_not_hold_stays_the_same_object():
    scene = scene_of(plane("card", texture(1), 2.0, 0.5), plane("wall", texture(2), 1.0))
    green = PagePatch("wall", 3, 5, np.full((2, 4, 4), 0.5, np.float32), np.full((2, 4), 1.0, np.float32))
    after, (taken,) = patched(scene, (green,))
    assert after.layers[0] is scene.layers[0] and after.layers[1].inverse_depth is scene.layers[1].inverse_depth
    np.testing.assert_array_equal(after.layers[1].rgba[3:5, 5:9], green.rgba)
    np.testing.assert_array_equal(taken.rgba, scene.layers[1].rgba[3:5, 5:9])


def test_a_patch_is_no_view_of_the_page():
    scene = scene_of(plane("wall", texture(2), 1.0))
    (wall,) = scene.layers
    darker = wall.rgba.copy()
    darker[10:20, 30:50, :3] /= 2
    edited = replace(scene, layers=(replace(wall, rgba=darker),))
    (patch,) = overwritten(scene, edited)
    _, (taken,) = patched(edited, (patch,))
    assert not any(np.shares_memory(one, page) for one in (patch.rgba, taken.rgba) for page in (wall.rgba, darker))


def differing(one, other):
    return one.view(np.uint32) != other.view(np.uint32)


def hull(differs):
    """Rows and columns around all that is true; empty ones at 0 where nothing is."""
    spans = [np.flatnonzero(differs.any(axis=axis)) for axis in (1, 0)]
    rows, columns = (slice(int(span[0]), int(span[-1]) + 1) if span.size else slice(0, 0) for span in spans)
    return rows, columns
