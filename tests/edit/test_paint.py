"""Paint: what is selected becomes the colour, by the opacity; all else keeps its bits."""

import numpy as np
import pytest
from layer_scenes import plane, scene_of, texture
from stacked_scenes import bits

from relens.edit.paint import Paint
from relens.edit.selection import Where, linear_colour
from relens.errors import ValueRangeError


def two_layers():
    return scene_of(plane("card", texture(1), 2.0, 0.5), plane("wall", texture(2), 1.0))


def test_paint_covers_what_is_selected_and_nothing_else():
    scene = two_layers()
    before = bits(scene)
    after = Paint("#c04020", where=Where(layer="wall"))(scene)
    assert bits(scene) == before
    assert after.layers[0] is scene.layers[0]
    expected = linear_colour("#c04020") * after.layers[1].rgba[..., 3:]
    np.testing.assert_array_equal(after.layers[1].rgba[..., :3], expected)


@pytest.mark.parametrize(("opacity", "stops"), [(0.25, 0.0), (0.5, 3.0), (0.0, 1.0)])
def test_opacity_mixes_and_stops_brighten(opacity, stops):
    scene = two_layers()
    after = Paint("#808080", opacity, stops, Where(layer="wall"))(scene)
    old, new = scene.layers[1].rgba, after.layers[1].rgba
    expected = (1 - opacity) * old[..., :3] + opacity * 2**stops * linear_colour("#808080") * old[..., 3:]
    np.testing.assert_allclose(new[..., :3], expected, rtol=1e-5, atol=1e-7)
    np.testing.assert_array_equal(new[..., 3], old[..., 3])


@pytest.mark.parametrize(
    ("paint", "named"),
    [
        (Paint("red"), "#rrggbb"),
        (Paint("#ffffff", opacity=1.5), "opacity"),
        (Paint("#ffffff", opacity=float("nan")), "opacity"),
        (Paint("#ffffff", stops=99), "stops"),
        (Paint("#ffffff", where=Where(layer="sky")), "layer"),
    ],
)
def test_what_is_out_of_range_is_named(paint, named):
    with pytest.raises(ValueRangeError, match=named):
        paint(two_layers())
