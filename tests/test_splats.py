from dataclasses import replace

import numpy as np
import pytest
from splat_clouds import random_cloud

from relens.errors import ValueRangeError

_CLOUD = random_cloud(0, 5, degree=1)


def test_a_cloud_knows_its_size():
    assert len(_CLOUD) == 5 and _CLOUD.camera is None and _CLOUD.colour_space == "srgb"


@pytest.mark.parametrize("name", ["means_m", "scales_m", "rotations", "opacity", "sh"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_are_finite(name, bad):
    values = getattr(_CLOUD, name).copy()
    values.flat[3] = bad
    with pytest.raises(ValueRangeError, match=name):
        replace(_CLOUD, **{name: values})


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("scales_m", lambda v: -v, "0 or more"),
        ("rotations", lambda v: 2 * v, "unit quaternions"),
        ("opacity", lambda v: v + 1, "0 to 1"),
        ("sh", lambda v: v[:, :3], "1, 4, 9 or 16"),
        ("colour_space", lambda v: "rec2020", "srgb or linear"),
    ],
)
def test_what_is_out_of_range_is_told(name, change, told):
    with pytest.raises(Exception, match=told if name != "colour_space" else "colour_space"):
        replace(_CLOUD, **{name: change(getattr(_CLOUD, name))})


def test_arrays_fit_each_other():
    with pytest.raises(Exception, match="scales_m"):
        replace(_CLOUD, scales_m=_CLOUD.scales_m[:3])


def test_nothing_is_no_cloud():
    names = ("means_m", "scales_m", "rotations", "opacity", "sh")
    with pytest.raises(ValueRangeError, match="at least one"):
        replace(_CLOUD, **{name: getattr(_CLOUD, name)[:0] for name in names})
