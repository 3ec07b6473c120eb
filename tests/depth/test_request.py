from pathlib import Path

import numpy as np
import pytest
from unchecked import any_type, unchecked

from relens.depth import DepthRequest
from relens.errors import ValueRangeError


@pytest.mark.parametrize("source", ["auto", "phone", "depth-pro", "depth-pro-apple", "portrait", np.ones((2, 2))])
def test_only_a_name_that_is_no_back_end_is_a_file(source):
    assert DepthRequest(source).file is None


@pytest.mark.parametrize("source", ["depth.exr", "Portrait", Path("phone")])
def test_any_other_string_or_path_is_a_file(source):
    assert DepthRequest(source).file == Path(source)


@pytest.mark.parametrize("option", [{"kind": "inverse"}, {"near_m": 1.0}, {"far_m": 2.0}])
def test_what_values_mean_is_said_of_files_only(option):
    assert DepthRequest("depth.png", **option).file
    for source in ("auto", "portrait", np.ones((2, 2))):
        with pytest.raises(ValueRangeError, match="for depth files only"):
            DepthRequest(source, **option)


def test_weights_are_for_depth_pro():
    assert DepthRequest("depth-pro", weights=Path("w")) and DepthRequest("auto", weights=Path("w"))
    for source in ("phone", "portrait", "depth.exr"):
        with pytest.raises(ValueRangeError, match="depth-pro and depth-pro-apple only"):
            DepthRequest(source, weights=Path("w"))


def test_an_unknown_scale_is_refused():
    with unchecked(), pytest.raises(ValueRangeError, match="metric_scale=feet: expected one of own, iris, phone"):
        DepthRequest("auto", metric_scale=any_type("feet"))


def test_the_background_is_the_portrait_prior_s():
    assert DepthRequest("portrait", background_m=3.0) and DepthRequest("auto", background_m=float("inf"))
    with pytest.raises(ValueRangeError, match="portrait prior only"):
        DepthRequest("phone", background_m=3.0)
    with pytest.raises(ValueRangeError, match="background_m=-1"):
        DepthRequest("portrait", background_m=-1.0)
