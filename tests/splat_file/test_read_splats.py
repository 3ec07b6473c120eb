import contextlib

import numpy as np
import pytest
from splat_clouds import SH_0, cloud, random_cloud, raw_rows, write_ply, write_sharp

from relens.errors import FileError, RelensError
from relens.photo.transfer import srgb_decode
from relens.splat_file import is_splat_header, read_header, read_splats

_K = [500, 0, 10, 0, 500, 12, 0, 0, 1]


@pytest.mark.parametrize("order", ["<", ">", ""], ids=["little", "big", "text"])
@pytest.mark.parametrize("degree", [0, 1, 2, 3])
@pytest.mark.parametrize("normals", [False, True])
def test_what_trainers_write_comes_back(tmp_path, order, degree, normals):
    made = random_cloud(degree, 17, degree)
    rest = 3 * ((degree + 1) ** 2 - 1)
    found = read_splats(write_ply(tmp_path / "a.ply", *raw_rows(made, rest, normals), order=order))
    for name in ("means_m", "scales_m", "rotations", "opacity", "sh"):
        np.testing.assert_allclose(getattr(found, name), getattr(made, name), rtol=2e-5, atol=2e-6, err_msg=name)
    assert found.camera is None and found.colour_space == "srgb" and found.notes == ()


def test_harmonics_are_stored_channel_by_channel(tmp_path):
    names, rows = raw_rows(random_cloud(1, 2, 1), 9)
    rows[:, names.index("f_rest_0") : names.index("f_rest_8") + 1] = np.arange(9)
    found = read_splats(write_ply(tmp_path / "a.ply", names, rows))
    np.testing.assert_array_equal(found.sh[0, 1:], [[0, 3, 6], [1, 4, 7], [2, 5, 8]])


def test_sharp_brings_its_camera_and_blends_light(tmp_path):
    made = cloud([[0, 0, 2], [0.1, 0, 3]], 0.01, [[0.2, 0.5, 0.8], [1.0, 0.0, 0.03]])
    found = read_splats(write_sharp(tmp_path / "sharp.ply", made, 700.0, (800, 600)))
    assert found.camera is not None
    k = found.camera.intrinsics
    assert (k.fx_px, k.fy_px, k.cx_px, k.cy_px, k.width_px, k.height_px) == (700, 700, 400, 300, 800, 600)
    np.testing.assert_array_equal(found.camera.camera_to_world, np.eye(4))
    assert found.colour_space == "linear"
    np.testing.assert_allclose(found.sh[:, 0] * SH_0 + 0.5, srgb_decode(made.sh[:, 0] * SH_0 + 0.5), atol=1e-6)


def test_sharp_colours_that_are_linear_already_stay(tmp_path):
    made = cloud([0, 0, 2], 0.01, [0.2, 0.5, 0.8])
    found = read_splats(write_sharp(tmp_path / "sharp.ply", made, colour_space=1))
    assert found.colour_space == "linear"
    np.testing.assert_array_equal(found.sh, made.sh)


def test_an_extrinsic_is_from_world_to_camera(tmp_path):
    made = cloud([0, 0, 2], 0.01)
    turned = np.array([[0, -1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]], float)
    intrinsic = [500, 0, 10, 0, 500, 12, 0, 0, 1]
    extra = [("extrinsic", "f4", turned.ravel()), ("intrinsic", "f4", intrinsic), ("image_size", "u4", [20, 24])]
    found = read_splats(write_ply(tmp_path / "a.ply", *raw_rows(made), extra))
    assert found.camera is not None
    np.testing.assert_allclose(found.camera.camera_to_world @ turned, np.eye(4), atol=1e-12)


@pytest.mark.parametrize(
    "extra",
    [
        [("intrinsic", "f4", _K)],  # no size
        [("intrinsic", "f4", _K), ("image_size", "u4", [4_000_000_000, 4_000_000_000])],
        [("intrinsic", "f4", [np.nan] * 9), ("image_size", "u4", [20, 20])],
        [("intrinsic", "f4", [0] * 9), ("image_size", "u4", [20, 20])],
        [("intrinsic", "f4", _K), ("image_size", "u4", [20, 20]), ("extrinsic", "f4", [0] * 16)],
        [("intrinsic", "f4", _K), ("image_size", "u4", [20, 20]), ("extrinsic", "f4", [1] * 7)],
    ],
)
def test_a_camera_that_is_none_is_left_out_with_a_note(tmp_path, extra):
    found = read_splats(write_ply(tmp_path / "a.ply", *raw_rows(cloud([0, 0, 2], 0.01)), extra))
    assert found.camera is None and "camera is left out" in found.notes[0]


def test_broken_rows_are_left_out_with_a_note(tmp_path):
    names, rows = raw_rows(random_cloud(3, 6))
    rows[1, names.index("x")] = np.nan
    rows[2, names.index("scale_1")] = 1e4  # overflows
    rows[3, names.index("rot_0") : names.index("rot_0") + 4] = 0
    rows[4, names.index("opacity")] = np.inf  # opacity 1
    rows[5, names.index("scale_0")] = -np.inf  # flat
    found = read_splats(write_ply(tmp_path / "a.ply", names, rows))
    assert len(found) == 3 and "3 of 6" in found.notes[0]
    assert found.opacity[1] == 1 and found.scales_m[2, 0] == 0


def test_nothing_left_is_told(tmp_path):
    names, rows = raw_rows(random_cloud(3, 2))
    with pytest.raises(FileError, match="at least one"):
        read_splats(write_ply(tmp_path / "a.ply", names, rows * np.nan))


@pytest.mark.parametrize("name", ["x", "f_dc_2", "opacity", "scale_2", "rot_3"])
def test_a_missing_property_is_named(tmp_path, name):
    names, rows = raw_rows(random_cloud(3, 4))
    at = names.index(name)
    path = write_ply(tmp_path / "a.ply", names[:at] + names[at + 1 :], np.delete(rows, at, axis=1))
    with pytest.raises(FileError, match=f"a.ply: lacks {name};"):
        read_splats(path)


def test_harmonics_of_no_degree_are_refused(tmp_path):
    with pytest.raises(FileError, match="7 properties f_rest"):
        read_splats(write_ply(tmp_path / "a.ply", *raw_rows(random_cloud(3, 4, 1), 7)))


@pytest.mark.parametrize("order", ["<", ""])
def test_a_file_cut_short_is_told_before_anything_is_allocated(tmp_path, order):
    names, rows = raw_rows(random_cloud(3, 4))
    with pytest.raises(FileError, match="cut short: its header promises 4000000000000 rows"):
        read_splats(write_ply(tmp_path / "a.ply", names, rows, order=order, count=4_000_000_000_000))
    path = write_ply(tmp_path / "b.ply", names, rows)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(FileError, match="cut short"):
        read_splats(path)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "no PLY"),
        (b"\x89PNG", "no PLY"),
        (b"ply\nformat binary_little_endian 1.0\nelement vertex 3\n", "no end"),
        (b"ply\nelement vertex 3\nend_header\n", "no format"),
        (b"ply\nformat morse 1.0\nend_header\n", "cannot be read: 'format morse"),
        (b"ply\nformat ascii 1.0\nelement vertex -3\nend_header\n", "vertex -3"),
        (b"ply\nformat ascii 1.0\nproperty float x\nend_header\n", "property float x"),
        (b"ply\nformat ascii 1.0\nelement vertex 1\nproperty quad x\nend_header\n", "property quad x"),
        (b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float x\nend_header\n", "repeats"),
        (b"ply\nformat ascii 1.0\nelement face 1\nend_header\n", "no plain vertices"),
        (b"ply\nformat ascii 1.0\nelement chunk 1\nelement vertex 9\nend_header\n", "packed"),
        (b"ply\nformat ascii 1.0\nhello\nend_header\n", "hello"),
    ],
)
def test_what_is_no_splat_file_is_told(tmp_path, data, told):
    path = tmp_path / "bad.ply"
    path.write_bytes(data)
    with pytest.raises(FileError, match=told):
        read_splats(path)


def test_words_that_are_no_numbers_are_told(tmp_path):
    path = write_ply(tmp_path / "a.ply", *raw_rows(random_cloud(3, 4)), order="")
    path.write_bytes(path.read_bytes().replace(b"0", b"o"))
    with pytest.raises(RelensError):
        read_splats(path)


def test_a_file_that_is_missing(tmp_path):
    with pytest.raises(FileError, match="is no file"):
        read_splats(tmp_path / "none.ply")


def test_any_broken_file_is_a_file_error_or_reads(tmp_path):
    """No byte that flips makes anything but splats or a FileError."""
    good = write_sharp(tmp_path / "a.ply", random_cloud(5, 3)).read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(300):
        data = bytearray(good[: rng.integers(len(good) + 1)] if rng.random() < 0.3 else good)
        for place in rng.integers(max(len(data), 1), size=rng.integers(1, 4)):
            if data:
                data[place] = rng.integers(256)
        path = tmp_path / "b.ply"
        path.write_bytes(bytes(data))
        with contextlib.suppress(FileError):
            assert len(read_splats(path)) > 0


def test_splats_are_told_from_meshes(tmp_path):
    splat = write_ply(tmp_path / "a.ply", *raw_rows(random_cloud(3, 4)))
    mesh = tmp_path / "m.ply"
    mesh.write_bytes(b"ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
                     b"element face 1\nproperty list uchar int vertex_indices\nend_header\n")  # fmt: skip
    assert is_splat_header(read_header(splat)) and not is_splat_header(read_header(mesh))


def test_an_element_twice_and_no_splats(tmp_path):
    names, rows = raw_rows(cloud([[0, 0, 1]], 0.1))
    path = write_ply(tmp_path / "a.ply", names, rows)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"end_header", b"element vertex 0\nproperty float x\nend_header"))
    with pytest.raises(FileError, match="has the element vertex twice"):
        read_splats(path)
    path.write_bytes(data.replace(b"element vertex 1", b"element vertex 0"))
    with pytest.raises(FileError, match="holds no splats"):
        read_splats(path)
