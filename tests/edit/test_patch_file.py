"""The file of a step's patches: what is written is read to the bit; what is damaged or does not fit is one line."""

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from edits_of_any_kind import any_edits
from hypothesis import given
from hypothesis import strategies as st
from small_scene import small_scene
from stacked_scenes import stacked_scenes
from unchecked import unchecked

from relens.edit.page_patch import overwritten
from relens.edit.patch_file import encode_patches, read_patches
from relens.errors import FileError

FILE = Path("edits/1.npz")


def as_bits(patches):
    return [
        (patch.layer, patch.top, patch.left, patch.rgba.shape, patch.rgba.tobytes(), patch.inverse_depth.tobytes())
        for patch in patches
    ]


@given(stacked_scenes(), st.lists(any_edits(), max_size=3))
def test_what_is_written_is_read_to_the_bit(scene, edits):
    edited = scene
    for edit in edits:
        edited = edit(edited)
    patches = overwritten(scene, edited)
    data = encode_patches(patches)
    assert as_bits(read_patches(data, FILE, edited)) == as_bits(patches)
    assert encode_patches(patches) == data


def arrays_of(name="back", top=1, left=2, height=3, width=4):
    rng = np.random.default_rng(3)
    rgba = np.ones((height, width, 4), np.float32)
    rgba[..., :3] = rng.random((height, width, 3))
    return {
        f"{name}.corner": np.array([top, left], np.int64),
        f"{name}.rgba": rgba,
        f"{name}.inverse_depth": np.ones((height, width), np.float32),
    }


def archive(arrays):
    data = io.BytesIO()
    np.savez_compressed(data, **arrays)
    return data.getvalue()


def changed(**arrays):
    return archive(arrays_of() | {f"back.{name}": array for name, array in arrays.items()})


def test_any_program_may_write_them():
    (patch,) = read_patches(archive(arrays_of()), FILE, small_scene())
    assert (patch.layer, patch.window) == ("back", (slice(1, 4), slice(2, 6)))
    # small_scene's pages are 6 by 9 texels.
    for top, left, height, width in ((0, 0, 6, 9), (5, 8, 1, 1)):
        read_patches(archive(arrays_of("back", top, left, height, width)), FILE, small_scene())


class Opened:
    """An object that would run what it likes when it is unpickled."""

    def __reduce__(self):
        return (pytest.fail, ("a pickled object was opened",))


def whole(value, shape=(3, 4)):
    return np.full(shape, value, np.float32)


def packed(name, data, method=zipfile.ZIP_DEFLATED):
    """The archive with a member of these bytes instead of an array."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for key in arrays_of():
            with file.open(f"{key}.npy", "w") as member:
                if key == name:
                    member.write(data)
                else:
                    np.lib.format.write_array(member, arrays_of()[key])
    return out.getvalue()


def header(shape):
    """An array's header without the array."""
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(out, {"descr": "<f4", "fortran_order": False, "shape": shape})
    return out.getvalue()


WRONG = {
    "empty": b"",
    "no archive": b"not an archive",
    "one array": header((3, 4)),
    "cut short": archive(arrays_of())[:200],
    "a pickle": pickle.dumps(Opened()),
    "pickled arrays": changed(rgba=np.array([Opened()], object)),
    "no window": archive({"back.rgba": whole(1, (3, 4, 4)), "back.inverse_depth": whole(1)}),
    "no light": archive({name: array for name, array in arrays_of().items() if name != "back.rgba"}),
    "another array": archive(arrays_of() | {"notes": np.zeros(3)}),
    "no page of the scene": archive(arrays_of("sky")),
    "no name of a page": archive(arrays_of("../back")),
    "above the page": archive(arrays_of(top=-1)),
    "left of the page": archive(arrays_of(left=-1)),
    "below the page": archive(arrays_of(top=4)),
    "right of the page": archive(arrays_of(left=6)),
    "far off the page": archive(arrays_of(top=2**62)),
    "no texel": archive(arrays_of(height=0)),
    "a corner of three": changed(corner=np.array([1, 2, 3])),
    "a corner in between": changed(corner=np.array([1.5, 2.0])),
    "a corner that is none": changed(corner=np.array([np.nan, np.inf])),
    "half floats": changed(rgba=whole(1, (3, 4, 4)).astype(np.float16)),
    "doubles": changed(inverse_depth=np.ones((3, 4))),
    "the other way round": changed(rgba=whole(1, (3, 4, 4)).astype(">f4")),
    "text": changed(rgba=np.full((3, 4, 4), "white")),
    "no alpha": changed(rgba=whole(1, (3, 4, 3))),
    "of two sizes": changed(rgba=whole(1, (4, 3, 4))),
    "a row of texels": changed(rgba=whole(1, (12, 4)), inverse_depth=whole(1, (12,))),
    "light that is no number": changed(rgba=whole(np.nan, (3, 4, 4))),
    "light without end": changed(rgba=whole(np.inf, (3, 4, 4))),
    "more than opaque": changed(rgba=whole(2, (3, 4, 4))),
    "behind the camera": changed(inverse_depth=whole(-1)),
    "in the camera": changed(inverse_depth=whole(np.inf)),
    "nowhere, but seen": changed(inverse_depth=whole(np.nan)),
    "a bomb": archive(arrays_of() | {"back.rgba": np.zeros((3000, 3000, 4), np.float32)}),
    "larger than it is": packed("back.rgba", header((1 << 40, 1 << 20, 4))),
    "less than it says": packed("back.rgba", header((3, 4, 4))),
    "no header": packed("back.rgba", b"\x93NUMPY\x01\x00\x20\x00{'descr': (((((((((((((((((((((((("),
}


@pytest.mark.parametrize("data", WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_one_line_that_says_what_to_do(data):
    problem = r"^edits/1.npz: holds no pages of this scene \(.+\); .* without undo$"
    with unchecked(), pytest.raises(FileError, match=problem) as found:
        read_patches(data, FILE, small_scene())
    assert len(str(found.value)) < 300


@given(st.data())
def test_damage_anywhere_is_one_line_or_does_no_harm(data):
    sound = archive(arrays_of())
    damaged = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(sound) - 1))] = data.draw(st.integers(0, 255))
    try:
        patches = read_patches(bytes(damaged), FILE, small_scene())
    except FileError:
        return
    assert as_bits(patches) == as_bits(read_patches(sound, FILE, small_scene()))
