"""A PNG of codes is read by every decoder as the codes that were written, whatever they are."""

import io
import zlib

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from relens.photo.png_chunks import png_chunks
from relens.photo.png_codes import png_of_codes


@st.composite
def pictures(draw):
    """Grey, colour, or colour with alpha: flat parts, a few values or all; some higher than what is written at once."""
    height, width = draw(st.integers(1, 20) | st.integers(60, 140)), draw(st.integers(1, 90))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = (height, width, *draw(st.sampled_from([(), (3,), (4,)])))
    codes = rng.integers(0, draw(st.sampled_from([1, 2, 300, 65536])), shape)
    codes[rng.random(shape[:2]) < draw(st.sampled_from([0, 0.5, 0.99]))] = draw(st.sampled_from([0, 65535]))
    return codes.astype(draw(st.sampled_from([np.uint8, np.uint16])))


@given(pictures())
def test_decoders_read_what_was_written(codes):
    png = b"".join(png_of_codes(codes))
    read = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(read, codes[..., ::-1] if codes.shape[2:] == (3,) else codes)
    # zlib refuses a wrong checksum, png_chunks too.
    data = b"".join(body for kind, body in png_chunks(png) if kind == b"IDAT")
    assert len(zlib.decompress(data)) == len(codes) * (1 + codes[0].nbytes)
    with Image.open(io.BytesIO(png)) as image:
        image.load()
        grey = "L" if codes.itemsize == 1 else "I;16"
        assert image.mode == {1: grey, 3: "RGB", 4: "RGBA"}[codes[0, 0].size]


def test_chunks_stand_before_the_picture():
    png = b"".join(png_of_codes(np.zeros((2, 3), np.uint16), [(b"sRGB", b"\0"), (b"tEXt", b"a\0b")]))
    kinds = [kind for kind, _ in png_chunks(png)]
    assert kinds[:3] == [b"IHDR", b"sRGB", b"tEXt"] and set(kinds[3:-1]) == {b"IDAT"} and kinds[-1] == b"IEND"


def test_what_is_empty_takes_next_to_nothing():
    assert sum(map(len, png_of_codes(np.zeros((1000, 1000, 4), np.uint16)))) < 50_000


def test_a_photograph_is_hardly_larger_than_with_zlib():
    rng = np.random.default_rng(3)
    smooth = cv2.GaussianBlur(rng.random((300, 400, 4)), (0, 0), 9)
    codes = (65535 * np.clip(smooth + rng.normal(0, 0.003, smooth.shape), 0, 1)).astype(np.uint16)
    codes[..., 3] = 65535
    fast = [cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE]
    other = cv2.imencode(".png", codes, [*fast, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP])[1]
    assert sum(map(len, png_of_codes(codes))) < 1.1 * len(other)
