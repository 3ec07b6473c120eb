"""HEVC stills: what their configuration says."""

import struct
import sys

import numpy as np
import pytest

from relens.errors import MissingPackageError, RelensError, ValueRangeError
from relens.export.hevc_still import encode_still, video_library


def _noise(height, width):
    return np.random.default_rng(height).integers(0, 256, (height, width, 3), np.uint8)


@pytest.fixture
def av():
    return pytest.importorskip("av", reason="HEVC needs relens[video]")


@pytest.mark.parametrize(("height", "width", "level"), [(16, 16, 30), (480, 640, 90), (1200, 1600, 120)])
def test_the_configuration_has_the_profile_and_the_level_of_the_stream(av, height, width, level):
    """Main Still Picture; the level that allows so many samples: H.265, table A.8 (times 30)."""
    record = encode_still(np.full((height, width, 3), 90, np.uint8)).configuration
    version, profile, compatible = struct.unpack(">BBI", record[:6])
    assert version == 1 and profile == 3 and compatible >> 28 & 1  # to profile 3
    assert record[12] == level
    # 4:2:0, 8 bits, lengths of 4 bytes.
    assert (record[16] & 3, record[17] & 7, record[18] & 7, record[21] & 3) == (1, 0, 0, 3)


def test_its_arrays_are_the_parameter_sets_and_the_picture_is_slices_behind_lengths(av):
    still = encode_still(_noise(48, 64))
    record, position, kinds = still.configuration, 23, []
    for _ in range(record[22]):
        array, count, length = struct.unpack(">BHH", record[position : position + 5])
        assert array & 0x80 and count == 1
        kinds.append(array & 0x3F)
        assert record[position + 5] >> 1 & 0x3F == kinds[-1]
        position += 5 + length
    assert kinds == [32, 33, 34] and position == len(record)
    at = 0
    while at < len(still.picture):
        length = int.from_bytes(still.picture[at : at + 4], "big")
        assert still.picture[at + 4] >> 1 & 0x3F in (19, 20)  # an instantaneous decoder refresh
        at += 4 + length
    assert at == len(still.picture)


def test_the_same_picture_is_the_same_bytes(av):
    assert encode_still(_noise(100, 120)) == encode_still(_noise(100, 120))


def test_an_odd_last_row_and_column_are_left_out(av):
    still = encode_still(_noise(49, 65))
    assert (still.width_px, still.height_px) == (64, 48)
    assert still == encode_still(_noise(49, 65)[:48, :64])


def test_pictures_too_small_for_the_encoder(av):
    with pytest.raises(ValueRangeError, match="at least 16 x 16 px"):
        encode_still(_noise(15, 64))


def test_without_pyav_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'relens\[video\]'"):
        video_library()


def test_a_pyav_without_the_encoder_is_named(av, monkeypatch):
    monkeypatch.setattr(av, "codecs_available", {"hevc"})
    with pytest.raises(RelensError, match="libx265"):
        video_library()
