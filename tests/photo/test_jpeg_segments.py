import io

import numpy as np
import pytest
from google_depth_files import picture, segment, with_segments
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from relens.photo.jpeg_segments import jpeg_end, jpeg_segments


def _jpeg(**options) -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "JPEG", quality=98, **options)
    return file.getvalue()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 1}])
def test_the_end_is_behind_every_scan(options: dict) -> None:
    data = _jpeg(**options)
    assert data.endswith(b"\xff\xd9")
    assert jpeg_end(data) == len(data)
    assert jpeg_end(data + b"\xff\xd8 another \xff\xd9") == len(data)
    assert jpeg_end(data[:-2]) is None


def test_a_picture_inside_a_segment_is_not_the_end() -> None:
    thumbnail = segment(0xE1, b"Exif\0\0" + picture(8, 8))
    data = with_segments(_jpeg(), thumbnail)
    assert jpeg_end(data) == len(data)
    assert [body for marker, body in jpeg_segments(data) if marker == 0xE1] == [thumbnail[4:]]


@given(st.binary(max_size=200))
def test_anything_ends(noise: bytes) -> None:
    data = b"\xff\xd8" + noise
    end = jpeg_end(data)
    assert end is None or 4 <= end <= len(data)
    assert sum(len(body) for _, body in jpeg_segments(data)) <= len(noise)
