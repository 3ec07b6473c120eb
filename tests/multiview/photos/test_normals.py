"""Normals of depth maps: exact on planes, close on a ball, unknown at steps; and read from files in either axes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from posed_scene import BALL, FLOOR, WALL, posed_cameras, trace

from relens.camera import Camera, Intrinsics
from relens.errors import FileError
from relens.multiview.photos.normals import normals_of, read_normals


@given(st.floats(-0.8, 0.8), st.floats(-0.8, 0.8), st.floats(0.5, 50), st.floats(-3, 3))
def test_a_plane_is_exact(x, y, distance_m, yaw_rad):
    normal = np.array([x, y, -1]) / np.linalg.norm([x, y, -1])
    camera = Camera(Intrinsics(30, 40, 9, 8, 20, 15)).turned(yaw_rad, 0.3, 0.1)
    k = camera.intrinsics
    rows, columns = np.mgrid[:15, :20] + 0.5
    ray = np.stack([(columns - k.cx_px) / k.fx_px, (rows - k.cy_px) / k.fy_px, np.ones_like(rows)], -1)
    inverse = (ray @ -normal / distance_m).astype(np.float32)
    found = normals_of(np.where(inverse > 0, inverse, np.nan).astype(np.float32), camera)
    known = ~np.isnan(found[..., 0])
    assert known.sum() > 30
    np.testing.assert_allclose(found[known], np.tile(camera.rotation @ normal, (known.sum(), 1)), atol=2e-3)


def test_ball_wall_and_floor():
    for camera in posed_cameras(3, 160):
        seen = trace(camera)
        found = normals_of(seen.inverse_depth, camera)
        off = np.degrees(np.arccos(np.clip((found * seen.normal).sum(-1), -1, 1)))
        for kind, most_deg in ((BALL, 1.0), (FLOOR, 0.1), (WALL, 0.1)):
            own = (seen.kind == kind) & ~np.isnan(off)
            assert own.sum() > 0.75 * (seen.kind == kind).sum()
            assert np.median(off[own]) < most_deg
        # No normal is made up between two surfaces.
        assert np.nanquantile(off, 0.99) < 12


def test_unknown_infinite_and_tiny():
    camera = Camera(Intrinsics.centred(10, 6, 5))
    inverse = np.full((5, 6), 0.5, np.float32)
    inverse[2, 2], inverse[0] = np.nan, 0
    found = normals_of(inverse, camera)
    assert np.isnan(found[2, 1:4]).all() and np.isnan(found[:2]).all()
    np.testing.assert_allclose(found[4, 5], [0, 0, -1], atol=1e-6)
    assert np.isnan(normals_of(np.ones((2, 2), np.float32), Camera(Intrinsics.centred(10, 2, 2)))).all()


@pytest.mark.parametrize("axes", [[1, 1, 1], [1, -1, -1]])
@pytest.mark.parametrize("kind", ["png", "npy"])
def test_files_in_either_axes(tmp_path, axes, kind):
    camera = posed_cameras(3, 48)[0]
    seen = trace(camera)
    local = seen.normal @ camera.rotation * axes
    file = tmp_path / f"normal.{kind}"
    if kind == "npy":
        np.save(file, local.astype(np.float32))
    else:
        Image.fromarray(np.round(127.5 * (local + 1)).astype(np.uint8)).save(file)
    np.testing.assert_allclose(read_normals(file, camera), seen.normal, atol=0.02)


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda file: file.write_text("no picture"), "cannot be read as normals"),
        (lambda file: np.save(file.open("wb"), np.zeros((36, 48, 3))), "holds no unit vectors|cannot be read"),
        (lambda file: Image.new("RGB", (48, 36), (128, 128, 128)).save(file), "holds no unit vectors"),
        (lambda file: Image.new("RGB", (36, 48), (128, 128, 255)).save(file), "expected the photo's aspect, 48x36"),
    ],
)
def test_broken_files(tmp_path, write, message):
    write(tmp_path / "normal.png")
    with pytest.raises(FileError, match=message):
        read_normals(tmp_path / "normal.png", posed_cameras(3, 48)[0])
