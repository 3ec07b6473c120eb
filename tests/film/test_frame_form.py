"""Forms lose nothing: what is unpacked is what was packed, and any reader sees the same picture."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image
from unchecked import any_type, unchecked

from relens.errors import ValueRangeError
from relens.film.frame_form import FrameForm, encoded_frame
from relens.photo import read_photo

LINEAR = np.random.default_rng(3).random((70, 41, 3), np.float32)


@pytest.mark.parametrize("bit_depth", [8, 16])
@pytest.mark.parametrize("size", [(70, 41), (1, 1), (33, 2), (64, 64)])
def test_a_png_is_lossless(bit_depth: int, size: tuple[int, int]) -> None:
    form = FrameForm("png", bit_depth)
    codes = form.pixels(LINEAR[: size[0], : size[1]])
    np.testing.assert_array_equal(form.unpacked(form.packed(codes)), codes)


def test_a_png_is_one_for_other_readers(tmp_path) -> None:
    form = FrameForm("png", 8)
    content = encoded_frame(LINEAR, form)
    picture = Image.open(io.BytesIO(content))
    picture.load()
    np.testing.assert_array_equal(np.asarray(picture), form.pixels(LINEAR))
    assert "srgb" in picture.info
    deep = cv2.imdecode(np.frombuffer(encoded_frame(LINEAR, FrameForm("png", 16)), np.uint8), cv2.IMREAD_UNCHANGED)
    assert deep.dtype == np.uint16


@pytest.mark.parametrize(("bit_depth", "error"), [(16, 1e-3), (32, 0)])
def test_an_exr_holds_the_light(tmp_path, bit_depth: int, error: float) -> None:
    light = 20 * LINEAR - 1
    path = tmp_path / "frame.exr"
    path.write_bytes(encoded_frame(light, FrameForm("exr", bit_depth)))
    np.testing.assert_allclose(read_photo(path).linear, light, rtol=error, atol=error)


@pytest.mark.parametrize(("kind", "bit_depth"), [("png", 10), ("exr", 8), ("jpg", 8)])
def test_forms_that_are_not(kind: str, bit_depth: int) -> None:
    with unchecked(), pytest.raises(ValueRangeError, match="expected"):
        FrameForm(any_type(kind), bit_depth)
