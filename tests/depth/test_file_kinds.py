"""What the numbers of a depth file stand for: users' maps differ."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from relens.depth import read_depth
from relens.errors import FileError, ValueRangeError

NEAR_M, FAR_M = 0.5, 8.0
# From the far to the near end of a map; both ends are always there, so that min and max are known.
SHARES = arrays(np.float64, 10, elements=st.floats(0, 1)).map(lambda x: np.r_[0, x, 1].reshape(3, 4))


def _saved(folder: Path, shares: np.ndarray, bits: int | None) -> tuple[Path, float]:
    """A map of the shares, and half a step of its numbers."""
    if bits is None:
        np.save(folder / "map.npy", shares.astype(np.float32))
        return folder / "map.npy", 1e-6
    top = 2**bits - 1
    numbers = np.rint(shares * top).astype(np.uint8 if bits == 8 else np.uint16)
    Image.fromarray(numbers).save(folder / "map.png")
    return folder / "map.png", 0.5 / top


@pytest.mark.parametrize(("kind", "bits"), [("inverse", 8), ("inverse", 16), ("disparity", 8), ("disparity", None)])
@pytest.mark.parametrize("far_m", [FAR_M, np.inf])
@given(shares=SHARES)
@settings(max_examples=12)
def test_nearness_runs_linearly_between_the_two_ends(tmp_path_factory, shares, kind, bits, far_m) -> None:
    path, half_step = _saved(tmp_path_factory.mktemp("map"), shares, bits)
    found = read_depth(path, kind=kind, near_m=NEAR_M, far_m=far_m).inverse_depth
    span = 1 / NEAR_M - 1 / far_m
    np.testing.assert_allclose(found, 1 / far_m + shares * span, atol=1.01 * half_step * span + 1e-6)


@pytest.mark.parametrize(("kind", "bits"), [("metres", 8), (None, 16), ("metres", None)])
@given(shares=SHARES)
@settings(max_examples=12)
def test_metres_run_linearly_between_the_two_ends(tmp_path_factory, shares, kind, bits) -> None:
    path, half_step = _saved(tmp_path_factory.mktemp("map"), shares, bits)
    found = read_depth(path, kind=kind, near_m=NEAR_M, far_m=FAR_M).inverse_depth
    metres = NEAR_M + shares * (FAR_M - NEAR_M)
    np.testing.assert_allclose(1 / found, metres, atol=1.01 * half_step * (FAR_M - NEAR_M) + 1e-5)


def test_inverse_floats_are_per_metre(tmp_path: Path) -> None:
    np.save(tmp_path / "map.npy", np.array([[0.0, 0.25], [np.nan, -1.0]], np.float32))
    found = read_depth(tmp_path / "map.npy", kind="inverse").inverse_depth
    np.testing.assert_array_equal(found, [[0, 0.25], [np.nan, np.nan]])


def test_unknown_disparity_stays_unknown(tmp_path: Path) -> None:
    np.save(tmp_path / "map.npy", np.array([[3.0, np.nan], [np.inf, 7.0]], np.float32))
    found = read_depth(tmp_path / "map.npy", kind="disparity", near_m=1, far_m=2).inverse_depth
    np.testing.assert_array_equal(found, [[0.5, np.nan], [np.nan, 1]])


def test_disparity_does_not_care_for_its_scale(tmp_path: Path) -> None:
    relief = np.random.default_rng(1).random((5, 6))
    maps = []
    for number, scale in enumerate((1, 255, 1e-3)):
        np.save(tmp_path / f"{number}.npy", relief * scale + 4 * scale)
        maps.append(read_depth(tmp_path / f"{number}.npy", kind="disparity", near_m=1, far_m=np.inf).inverse_depth)
    np.testing.assert_allclose(maps[1], maps[0], atol=1e-5)
    np.testing.assert_allclose(maps[2], maps[0], atol=1e-5)


@pytest.mark.parametrize(
    ("bits", "options", "expected"),
    [
        (8, {}, "near and far in metres"),
        (16, {"kind": "inverse"}, "near and far in metres"),
        (None, {"kind": "disparity"}, "no scale; say what it spans"),
        (None, {"kind": "inverse", "near_m": 1, "far_m": 2}, "reads as 1/m; leave out near and far"),
    ],
)
def test_values_without_a_unit_are_refused(tmp_path: Path, bits, options, expected) -> None:
    path, _ = _saved(tmp_path, np.linspace(0, 1, 12).reshape(3, 4), bits)
    with pytest.raises(FileError, match=expected):
        read_depth(path, **options)


def test_a_flat_map_has_no_two_ends(tmp_path: Path) -> None:
    np.save(tmp_path / "map.npy", np.ones((3, 4)))
    with pytest.raises(FileError, match="one value only"):
        read_depth(tmp_path / "map.npy", kind="disparity", near_m=1, far_m=2)


@pytest.mark.parametrize(
    "ends",
    [(1, None), (None, 1), (2, 1), (0, 1), (-1, 1), (np.nan, 1), (1, np.nan), (1, np.inf)],
)
def test_ends_that_are_none_are_refused(tmp_path: Path, ends) -> None:
    path, _ = _saved(tmp_path, np.linspace(0, 1, 12).reshape(3, 4), 16)
    with pytest.raises(ValueRangeError, match=r"near_m|far_m"):
        read_depth(path, near_m=ends[0], far_m=ends[1])
