"""A small scene, its folder on disk, and ways to change the folder's files."""

import json
import struct
import zlib
from dataclasses import replace

import cv2
import numpy as np
from PIL import ImageCms

from relens.camera import Camera, Intrinsics
from relens.photo.photo import SourceFile
from relens.scene import Layer, Scene

HEIGHT_PX, WIDTH_PX = 6, 9
BACK, DEPTH, JSON, UNSURE = "canonical/back.png", "depth/back.exr", "scene.json", "uncertainty.exr"


def small_scene(brightest=1.0):
    rng = np.random.default_rng(5)
    layers = []
    for name in ("subject", "back"):
        alpha = np.ones((HEIGHT_PX, WIDTH_PX), np.float32)
        inverse_depth = rng.random((HEIGHT_PX, WIDTH_PX)).astype(np.float32)
        if name == "subject":
            alpha = rng.random((HEIGHT_PX, WIDTH_PX)).astype(np.float32)
            alpha[0, :3], inverse_depth[0, :2] = 0, np.nan
        rgb = rng.random((HEIGHT_PX, WIDTH_PX, 3)).astype(np.float32) * np.float32(brightest) * alpha[..., None]
        layers.append(Layer(name, np.dstack([rgb, alpha]), inverse_depth))
    intrinsics = Intrinsics(100.5, 101.25, 4.1, 2.9, WIDTH_PX - 2, HEIGHT_PX - 2, "exif 35 mm equivalent")
    return Scene(Camera(intrinsics), tuple(layers), 1, SourceFile("portrait.heic", b"\0encoded"), "phone")


def unsure_scene():
    """The small scene, with a depth that knows how sure it is."""
    rng = np.random.default_rng(6)
    uncertainty = rng.random((HEIGHT_PX - 2, WIDTH_PX - 2)).astype(np.float32)
    uncertainty[1, 2:4] = np.nan
    return replace(small_scene(), uncertainty=uncertainty)


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_same(one, other):
    assert one.camera.intrinsics == other.camera.intrinsics
    assert (one.border_px, one.source, one.depth_source) == (other.border_px, other.source, other.depth_source)
    assert (one.uncertainty is None) == (other.uncertainty is None)
    if one.uncertainty is not None:
        np.testing.assert_array_equal(one.uncertainty, other.uncertainty)
    for a, b in zip(one.layers, other.layers, strict=True):
        assert a.name == b.name
        np.testing.assert_array_equal(a.rgba, b.rgba)
        np.testing.assert_array_equal(a.inverse_depth, b.inverse_depth)


def straight(rgba):
    stored = np.rint(rgba[..., 3] * 65535) > 0
    return np.where(stored[..., None], rgba[..., :3] / np.where(stored, rgba[..., 3], 1)[..., None], 0)


def set_json(folder, *place, value):
    manifest = json.loads((folder / "scene.json").read_text())
    part = manifest
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    (folder / "scene.json").write_text(json.dumps(manifest))


def edit(path, change=lambda page: page):
    page = change(cv2.imread(str(path), cv2.IMREAD_UNCHANGED))
    assert cv2.imwrite(str(path), page, [cv2.IMWRITE_PNG_COMPRESSION, 9])


def with_chunk(path, kind, body):
    data = path.read_bytes()
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    path.write_bytes(data[:33] + chunk + data[33:])


def srgb_profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
