"""Spatial photos: decoded by libheif, and box by box."""

import math
import struct
from dataclasses import replace

import numpy as np
import pytest
from layer_scenes import HEIGHT_PX, WIDTH_PX, texture

import relens
from relens.camera import Camera, Intrinsics
from relens.errors import FileError, ValueRangeError
from relens.export.spatial_heic import write_spatial
from relens.export.stereo import eyes
from relens.lens import Lens
from relens.photo.heif_boxes import _associations, _boxes, _meta_boxes
from relens.photo.quantise import quantise
from relens.render.picture import Picture

pytest.importorskip("av", reason="spatial photos need relens[video]")

_CAMERA = Camera(Intrinsics(70.25, 70.25, 33.5, 22.125, WIDTH_PX, HEIGHT_PX)).turned(0.3)
_BASELINE_M = 0.019_25
_CMIN, _CMEX, _DISPARITY = (
    bytes.fromhex(uuid)
    for uuid in (
        "22cc04c7d6d94e079d904eb6ecbaf3a3",
        "4363e9145b7d4aab97aebea69803b434",
        "de22508536cb436587432f8705e7c78a",
    )
)


def _picture(camera, linear):
    size = linear.shape[:2]
    ones = np.ones(size, np.float32)
    return Picture(linear, ones, ones, np.ones(size, np.int32), 0 * ones, camera, Lens(50, 2, 1.5))


def _pair(camera=_CAMERA, convergence_m=math.inf, baseline_m=_BASELINE_M):
    k = camera.intrinsics
    cameras = eyes(camera, baseline_m, convergence_m)
    return [_picture(eye, _like_a_photo(seed)[: k.height_px, : k.width_px]) for seed, eye in enumerate(cameras)]


def _like_a_photo(seed):
    """Fine light and shade on colours that change slowly."""
    return texture(seed, 1.0, border_px=40)[..., :1] * (0.3 + 0.7 * texture(seed + 9, 10.0, border_px=40))


@pytest.fixture
def write(tmp_path):
    def write_one(pair, convergence_m=1.5):
        write_spatial(*pair, tmp_path / "a.heic", convergence_m=convergence_m)
        return (tmp_path / "a.heic").read_bytes()

    return write_one


def _decoded(data):
    import pi_heif

    file = pi_heif.open_heif(data)
    return file, [np.asarray(image).astype(float) for image in file]


def _properties(data):
    """Of every item and group by its number: (kind or UUID, body)."""
    parts = dict(_boxes(_meta_boxes(data)[b"iprp"]))
    boxes = [(body[:16], body[16:]) if kind == b"uuid" else (kind, body) for kind, body in _boxes(parts[b"ipco"])]
    return {owner: dict(boxes[at - 1] for at in indices) for owner, indices in _associations(parts[b"ipma"]).items()}


def _adjustment(data):
    values = {struct.unpack(">i", own[_DISPARITY])[0] for own in _properties(data).values()}
    assert len(values) == 1
    return values.pop()


def test_libheif_finds_two_pictures_as_they_were_rendered(write):
    pair = _pair()
    file, decoded = _decoded(write(pair))
    assert len(decoded) == 2 and file.primary_index == 0
    for picture, image in zip(pair, decoded, strict=True):
        error = image - quantise(picture.linear, None, 8)
        assert 10 * math.log10(255**2 / np.mean(error**2)) > 38
        # Nor is any colour shifted.
        assert np.abs(error.mean(axis=(0, 1))).max() < 0.5


def test_flat_colours_come_back_within_two_codes(write):
    """Saturated ones too: range, matrix and primaries are those that the file names."""
    codes = np.random.default_rng(1).choice([0, 64, 128, 200, 255], (2, 3, 4, 3)).astype(np.float64)
    linear = (codes / 255) ** 2.4
    pair = [_picture(eye, np.kron(linear[0], np.ones((16, 16, 1))).astype(np.float32)) for eye in eyes(_CAMERA, 0.02)]
    _, decoded = _decoded(write(pair))
    expected = quantise(pair[0].linear, None, 8).astype(float)
    for image in decoded:
        for row in range(3):
            for column in range(4):
                # Without the rims, where chroma of half the resolution is mixed.
                inner = np.s_[16 * row + 4 : 16 * row + 12, 16 * column + 4 : 16 * column + 12]
                off = image[inner].mean(axis=(0, 1)) - expected[inner].mean(axis=(0, 1))
                assert np.abs(off).max() <= 2, (row, column)


def test_the_stereo_group_names_the_left_eye_and_then_the_right(write):
    boxes = _meta_boxes(write(_pair()))
    ((kind, body),) = _boxes(boxes[b"grpl"])
    number, count, *items = struct.unpack(">IIII", body[4:])
    assert kind == b"ster" and count == 2 and items == [1, 2]
    assert struct.unpack(">H", boxes[b"pitm"][4:]) == (1,)
    # Groups and items share their numbers.
    assert number not in {struct.unpack(">H", infe[4:6])[0] for _, infe in _boxes(boxes[b"iinf"][6:])}


@pytest.mark.parametrize("fy_px", [70.25, 71.5])
def test_the_intrinsics_read_back(write, fy_px):
    """cmin: parts of the width and the height, over 2 to the power of the bits in the flags."""
    k = replace(_CAMERA.intrinsics, fy_px=fy_px)
    properties = _properties(write(_pair(replace(_CAMERA, intrinsics=k))))
    for item in (1, 2):
        flags, *values = struct.unpack(f">{len(properties[item][_CMIN]) // 4}i", properties[item][_CMIN])
        unit = 2.0 ** -(flags >> 8 & 31)
        found = [values[0] * unit * WIDTH_PX, values[1] * unit * WIDTH_PX, values[2] * unit * HEIGHT_PX]
        np.testing.assert_allclose(found, [k.fx_px, k.cx_px, k.cy_px], rtol=1e-8)
        if flags & 1:
            assert values[3] * unit * HEIGHT_PX == pytest.approx(fy_px, rel=1e-8) and values[4] == 0
        assert (flags & 1) == (fy_px != k.fx_px)


def test_libheif_reads_the_cameras(write):
    file, _ = _decoded(write(_pair()))
    for image in file:
        camera = image.info["heif"]["camera_intrinsic_matrix"]
        found = [camera[f"{what}_{axis}"] for what in ("focal_length", "principal_point") for axis in "xy"]
        np.testing.assert_allclose(found, [70.25, 70.25, 33.5, 22.125], rtol=1e-7)
        np.testing.assert_array_equal(image.info["heif"]["camera_extrinsic_matrix_rot"], np.eye(3).ravel())


def test_the_baseline_reads_back_to_the_micrometre(write):
    """cmex: the left eye is the origin (no flags); flag 1 is x, of the right one."""
    properties = _properties(write(_pair()))
    assert properties[1][_CMEX] == bytes(4)
    assert struct.unpack(">Ii", properties[2][_CMEX]) == (1, 19_250)


def test_the_disparity_adjustment_puts_the_convergence_into_the_window(write):
    """Shifting the left picture left and the right one right by half of it takes the disparity fx b / F away."""
    expected = 70.25 * _BASELINE_M / 0.5 / WIDTH_PX
    assert _adjustment(write(_pair(), 0.5)) == round(1e4 * expected)
    assert _adjustment(write(_pair(), math.inf)) == 0
    # What the cameras converge on already needs none.
    assert _adjustment(write(_pair(convergence_m=0.5), 0.5)) == 0
    assert _adjustment(write(_pair(baseline_m=3), 0.01)) == 10_000


def test_relens_reads_the_left_eye_and_its_lens(write, tmp_path):
    pair = _pair(replace(_CAMERA, intrinsics=Intrinsics.centred(70.25, WIDTH_PX, HEIGHT_PX)))
    write(pair)
    photo = relens.read_photo(tmp_path / "a.heic")
    assert np.sqrt(np.mean((photo.linear - pair[0].linear) ** 2)) < 0.01
    k = photo.intrinsics
    assert (k.fx_px, k.fy_px, k.cx_px, k.cy_px) == pytest.approx((70.25, 70.25, WIDTH_PX / 2, HEIGHT_PX / 2), rel=1e-5)
    assert (photo.capture.focal_length_mm, photo.capture.f_number) == (50, 2)
    assert not photo.notes


def test_the_lens_is_metadata_of_the_left_eye_alone(write):
    """Older libheif opens no file whose metadata is about two pictures."""
    (reference,) = _boxes(_meta_boxes(write(_pair()))[b"iref"][4:])
    assert reference == (b"cdsc", struct.pack(">HHH", 3, 1, 1))


def test_an_odd_size_loses_its_last_row_and_column_and_no_angle(write):
    k = replace(_CAMERA.intrinsics, width_px=WIDTH_PX - 1, height_px=HEIGHT_PX - 1)
    data = write(_pair(replace(_CAMERA, intrinsics=k)))
    _, decoded = _decoded(data)
    assert [image.shape[:2] for image in decoded] == 2 * [(HEIGHT_PX - 2, WIDTH_PX - 2)]
    flags, fx, cx, cy = struct.unpack(">4i", _properties(data)[1][_CMIN])
    unit = 2.0 ** -(flags >> 8)
    found = [fx * unit * (WIDTH_PX - 2), cx * unit * (WIDTH_PX - 2), cy * unit * (HEIGHT_PX - 2)]
    np.testing.assert_allclose(found, [70.25, 33.5, 22.125], rtol=1e-8)


def _swapped(left, right):
    return right, left


def _turned(left, right):
    return left, replace(right, camera=right.camera.turned(0.01))


def _above(left, right):
    return left, replace(right, camera=right.camera.moved(y_m=-0.01))


@pytest.mark.parametrize("change", [_swapped, _turned, _above])
def test_cameras_that_are_no_pair_of_eyes(write, tmp_path, change):
    with pytest.raises(ValueRangeError, match="straight to the right of the left one"):
        write(change(*_pair()))
    assert not list(tmp_path.iterdir())


def test_pictures_of_two_sizes_are_no_pair(write):
    left, right = _pair()
    k = replace(_CAMERA.intrinsics, width_px=32)
    with pytest.raises(ValueRangeError, match="size of the left picture"):
        write((left, _pair(replace(_CAMERA, intrinsics=k))[1]))
    assert right.linear.shape[1] == WIDTH_PX


def test_only_heic_is_a_spatial_photo(tmp_path):
    with pytest.raises(FileError, match=r"expected \.heic"):
        write_spatial(*_pair(), tmp_path / "a.png", convergence_m=1.0)
    assert not list(tmp_path.iterdir())
