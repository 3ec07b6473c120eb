"""What the page is told is plain JSON, and true."""

import json
from dataclasses import replace

import numpy as np
import pytest
from layer_scenes import FX_PX, HEIGHT_PX, WIDTH_PX, plane, scene_of
from move_scenes import HEAD_M, head_scene

from relens.photo.photo import SourceFile
from relens.viewer.edit_state import EditState
from relens.viewer.levels import Levels
from relens.viewer.scene_info import scene_info


def test_it_is_json_and_says_what_is_there():
    sigma = np.full((HEIGHT_PX, WIDTH_PX), 0.1, np.float32)
    scene = replace(head_scene(), source=SourceFile("me.jpg", b""), depth_source="phone", uncertainty=sigma)
    info = scene_info(Levels(scene), "me", EditState(2, ("paint",), (), True))
    assert json.loads(json.dumps(info, allow_nan=False)) == info
    assert (info["format"], info["version"], info["name"], info["depth_source"]) == ("relens-view", 1, "me", "phone")
    assert info["camera"] == {
        "fx_px": FX_PX, "fy_px": FX_PX, "cx_px": WIDTH_PX / 2, "cy_px": HEIGHT_PX / 2,
        "width_px": WIDTH_PX, "height_px": HEIGHT_PX,
    }  # fmt: skip
    assert info["levels"] == [{"level": 0, "width_px": WIDTH_PX, "height_px": HEIGHT_PX}]
    assert info["has_source"] and info["has_uncertainty"]
    assert info["history"] == {"revision": 2, "done": ["paint"], "undone": [], "saved": True}
    assert {"orbit", "rack-focus"} <= set(info["moves"])


def test_the_subject_is_where_the_head_is():
    x, y, z = scene_info(Levels(head_scene()), "me", EditState())["subject_m"]
    assert z == pytest.approx(HEAD_M)
    assert np.hypot(x, y) < 0.05


def test_a_subject_at_infinity_is_a_kilometre_away():
    scene = scene_of(plane("sky", (0, 0, 1), 0.0))
    info = scene_info(Levels(scene), "sky", EditState())
    assert info["subject_m"][2] == 1000
    assert not info["has_source"] and not info["has_uncertainty"]
