"""Where the depth of a photo comes from, and which depth is refused."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from portraits import astronaut, phone_portrait
from unchecked import unchecked

from relens.camera import Intrinsics
from relens.depth import Depth, DepthRequest, find_depth
from relens.depth.backend import Readiness
from relens.errors import FileError, RelensError, ValueRangeError
from relens.photo import EmbeddedDepth, Photo, SourceFile
from relens.progress import silent

RELIEF = np.linspace(1, 3, 48, dtype=np.float32).reshape(6, 8)


def photo(width: int = 80, height: int = 60, embedded: EmbeddedDepth | None = None) -> Photo:
    linear = np.zeros((height, width, 3), np.float32)
    intrinsics = Intrinsics.centred(100.0, width, height)
    return Photo(linear, intrinsics, embedded_depth=embedded, file=SourceFile("me.jpg", b""))


def test_auto_takes_the_metric_depth_inside():
    found = find_depth(photo(embedded=EmbeddedDepth(RELIEF, "absolute")))
    assert found.source == "phone" and found.inverse_depth is RELIEF


@pytest.mark.parametrize("embedded", [None, EmbeddedDepth(RELIEF, "relative")])
def test_auto_with_nothing_to_go_by_says_why_and_names_the_ways_on(embedded):
    pytest.importorskip("ai_edge_litert", reason="the portrait prior needs ai-edge-litert")
    with pytest.warns(RuntimeWarning, match="depth from portrait"), pytest.raises(RelensError) as caught:
        find_depth(photo(embedded=embedded))
    message = str(caught.value)
    assert message.startswith("me.jpg: no face found") and "\n" not in message
    for way in ("depth file", "relens models fetch depth-pro", "a photo that carries depth"):
        assert way in message
    assert ("no metric scale" if embedded else "holds no depth") in message and "depth-pro: " in message


def test_a_fallback_is_never_silent():
    pytest.importorskip("ai_edge_litert", reason="the portrait prior needs ai-edge-litert")
    # Without the packages of Depth Pro, which `make test` alone does not install, it is these that are missing.
    missing = "its weights are not here" if importlib.util.find_spec("transformers") else "needs .*transformers"
    with pytest.warns(RuntimeWarning, match=f"holds no depth; depth-pro: {missing}"):
        found = find_depth(astronaut())
    assert found.source == "portrait prior" and found.notes[0].startswith(
        "depth from portrait: the photo holds no depth"
    )


@pytest.mark.parametrize("name", ["phone", "portrait"])
def test_a_back_end_is_asked_by_name(name):
    pytest.importorskip("ai_edge_litert", reason="the portrait prior needs ai-edge-litert")
    found = find_depth(phone_portrait(), name)
    assert found.source.startswith(name) and found.licence


def test_conflicting_focal_lengths_are_reported():
    taken = photo(embedded=EmbeddedDepth(RELIEF, "absolute")).with_focal_length(100)
    conflict = replace(taken, other_intrinsics=(Intrinsics.centred(140.0, 80, 60, "exif 35 mm equivalent"),))
    assert any("says 140 px (+40%)" in note for note in find_depth(conflict).notes)


def test_the_phone_s_metres_under_a_map_without_scale():
    with_phone = photo(embedded=EmbeddedDepth(RELIEF, "absolute"))
    sharp = np.repeat(np.repeat(RELIEF, 10, axis=0), 10, axis=1)
    fused = find_depth(with_phone, DepthRequest(Depth(3 * sharp + 1, "network"), metric_scale="phone"))
    assert fused.inverse_depth.shape == (60, 80) and "phone" in fused.source
    np.testing.assert_allclose(fused.inverse_depth, sharp, rtol=0.05)


def test_a_string_or_path_is_a_file_even_beside_embedded_depth(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("automatic.npy", RELIEF)
    inside = photo(embedded=EmbeddedDepth(RELIEF + 5, "absolute"))
    for path in ("automatic.npy", tmp_path / "automatic.npy", Path("automatic.npy")):
        found = find_depth(inside, path)
        assert found.source == "file automatic.npy"
        np.testing.assert_allclose(found.inverse_depth, 1 / RELIEF, rtol=1e-6)
    with pytest.raises(FileError, match=r"Auto\.npy: no such"):
        find_depth(inside, "Auto.npy")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.uint16, np.int64])
def test_an_array_holds_metres(dtype):
    metres = np.arange(1, 49).reshape(6, 8).astype(dtype)
    found = find_depth(photo(), metres)
    assert found.source == "array" and found.inverse_depth.dtype == np.float32
    np.testing.assert_allclose(found.inverse_depth, 1 / metres.astype(float), rtol=1e-3)


def test_a_depth_is_returned_itself():
    depth = Depth(RELIEF, "mine")
    assert find_depth(photo(), depth) is depth


def test_unknown_values_stay_unknown_and_infinity_is_kept():
    metres = RELIEF.copy()
    metres[0, :4] = [np.nan, 0, -1, np.inf]
    inverse = find_depth(photo(), metres).inverse_depth
    assert np.isnan(inverse[0, :3]).all() and inverse[0, 3] == 0


@pytest.mark.parametrize("size", [(6, 8), (60, 80), (600, 800), (3, 4), (604, 800), (7, 9)])
def test_any_resolution_of_the_photo_s_aspect_is_taken(size):
    assert find_depth(photo(), np.random.default_rng(0).random(size) + 1).inverse_depth.shape == size


@pytest.mark.parametrize("size", [(80, 60), (60, 60), (610, 800), (590, 800), (1, 8)])
def test_another_aspect_is_refused_with_both_sizes(size):
    with pytest.raises(ValueRangeError, match=rf"{size[1]}x{size[0]}.*80x60") as caught:
        find_depth(photo(), np.random.default_rng(0).random(size) + 1)
    assert ("turn it" in str(caught.value)) == (size == (80, 60))


@pytest.mark.parametrize(
    ("metres", "expected"),
    [
        (np.full((6, 8), 2.0), "2 m everywhere"),
        (np.full((6, 8), np.inf), "infinity everywhere"),
        (np.where(np.arange(48).reshape(6, 8) < 27, np.nan, RELIEF), "56% of its pixels unknown"),
        (np.where(np.arange(48).reshape(6, 8) < 27, 0, RELIEF), "56% of its pixels unknown"),
        (np.full((6, 8), np.nan), "at least one known"),
        (np.full((6, 8), -1.0), "at least one known"),
        (np.full((6, 8), 1e-45), "finite"),
        (np.zeros((0, 8)), r"shape \(0, 8\)"),
        (np.ones((6, 8, 3)), r"shape \(6, 8, 3\)"),
        (np.ones(8), r"shape \(8,\)"),
        (np.ones((6, 8), bool), "bool"),
        (np.ones((6, 8), complex), "complex"),
        (np.full((6, 8), "far"), "U3"),
        ([[1.0, 2.0]], "list"),
        (None, "NoneType"),
        (3.0, "float"),
    ],
)
def test_unusable_depth_is_refused_in_one_line(metres, expected):
    with unchecked(), pytest.raises(ValueRangeError, match=expected) as caught:
        find_depth(photo(80, 60), metres)
    assert str(caught.value).startswith("depth=") and "\n" not in str(caught.value)


def test_one_pixel_needs_no_relief():
    assert find_depth(photo(1, 1), np.full((1, 1), 2.0)).inverse_depth.tolist() == [[0.5]]


def test_the_rules_hold_for_phone_and_file_depth_too(tmp_path):
    with pytest.raises(ValueRangeError, match="phone of 8x6"):
        find_depth(photo(60, 60, EmbeddedDepth(RELIEF, "absolute")))
    np.save(tmp_path / "flat.npy", np.ones((6, 8)))
    with pytest.raises(ValueRangeError, match=r"flat\.npy that is 1 m everywhere"):
        find_depth(photo(), tmp_path / "flat.npy")


def test_a_back_end_of_ones_own_is_asked():
    class Ramp:
        name, licence, repeatable = "ramp", "CC0-1.0", True

        def readiness(self):
            return Readiness(usable=True, why="it needs nothing")

        def estimate(self, photo, progress=silent):
            rows = 1 + np.arange(photo.height_px, dtype=np.float32)[:, None]
            brightness = photo.linear[..., 0].mean()
            return Depth(np.repeat(rows, photo.width_px, axis=1) / 100 * (1 + brightness), self.name)

    found = find_depth(photo(), Ramp())
    assert found.source == "ramp" and found.uncertainty is None
    np.testing.assert_allclose(found.inverse_depth[-1] / found.inverse_depth[0], 60, rtol=1e-6)
    assert find_depth(photo(), DepthRequest(Ramp(), uncertainty=True)).uncertainty is not None
