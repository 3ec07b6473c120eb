"""Files that lost their end, or the table of their chunks, are told from whole ones."""

import numpy as np
import OpenEXR
import pytest

from relens.photo import exr_file
from relens.photo.exr_file import is_whole, write_exr_file

_HEADER = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}


@pytest.fixture(params=[(1, 1), (16, 3), (37, 50)])
def file(request, tmp_path):
    height, width = request.param
    plane = np.random.default_rng(1).random((height, width)).astype(np.float32)
    rgb = np.random.default_rng(2).random((height, width, 3)).astype(np.float16)
    write_exr_file(tmp_path / "a.exr", _HEADER, {"RGB": rgb, "Z": plane})
    assert np.array_equal(OpenEXR.File(str(tmp_path / "a.exr")).channels()["Z"].pixels, plane)
    return tmp_path / "a.exr"


def test_a_whole_file_is_whole(file):
    assert is_whole(file)


def test_a_file_that_lost_its_end_is_not(file):
    data = file.read_bytes()
    for lost in (1, 7, len(data) // 2, len(data) - 9):
        file.write_bytes(data[:-lost])
        assert not is_whole(file)


def test_a_file_that_lost_its_table_is_not(file):
    """The library goes back to it at the very end: until then, it is zeros."""
    data = file.read_bytes()
    # The table stands behind the header, which a zero ends, and its first entry points behind the table.
    table = next(at for at in range(len(data) - 8) if data[at - 1] == 0 and _points_behind_a_table(data, at))
    for lost in range(table, int.from_bytes(data[table : table + 8], "little"), 8):
        file.write_bytes(data[:lost] + bytes(8) + data[lost + 8 :])
        assert not is_whole(file)


def test_what_the_disk_did_not_take_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(exr_file, "is_whole", lambda path: False)
    with pytest.raises(OSError, match="did not take all of it"):
        write_exr_file(tmp_path / "a.exr", _HEADER, {"Z": np.ones((2, 2), np.float32)})


def test_a_folder_that_is_missing_is_said_in_few_words(tmp_path):
    with pytest.raises(OSError) as caught:
        write_exr_file(tmp_path / "missing" / "a.exr", _HEADER, {"Z": np.ones((2, 2), np.float32)})
    assert caught.value.strerror == "No such file or directory"


def _points_behind_a_table(data, at):
    """Whether eight bytes are an offset of 8, 16, ... further on, where the chunk of line 0 begins."""
    offset = int.from_bytes(data[at : at + 8], "little")
    return at < offset <= len(data) - 8 and (offset - at) % 8 == 0 and data[offset : offset + 4] == bytes(4)
