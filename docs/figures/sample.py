"""The sample portraits at half their size, as scenes, and sheets of pictures as JPEG files."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from relens import Lens, Photo, Scene, lift, read_photo
from relens.explain.contact_sheet import Tile, contact_sheet
from relens.explain.reduce import reduced
from relens.photo import srgb_encode
from relens.render.focus import subject_depth_m
from relens.samples import sample_path

WIDTH_PX = 1158
MOST_BYTES = 300_000
SELFIE, SEATED = "iphone14-portrait", "iphone-xs-portrait"


@cache
def half_photo(name: str = SELFIE) -> Photo:
    """A sample portrait, 1158 x 1544: every pixel the mean light of two by two."""
    photo = read_photo(sample_path(name))
    linear = reduced(photo.linear, WIDTH_PX)
    return replace(photo, linear=linear, intrinsics=photo.intrinsics.resized(WIDTH_PX, linear.shape[0]), file=None)


@cache
def half_scene(name: str = SELFIE, reach_m: float = 0.07) -> Scene:
    """The scene that is lifted from it with the phone's own depth and matte."""
    return lift(half_photo(name), reach_m=reach_m)


def portrait_lens(subject: Scene, f_number: float = 1.4) -> Lens:
    """85 mm, focused on the subject."""
    return Lens(85, f_number, subject_depth_m(subject))


def over_checks(rgba: np.ndarray, check_px: int = 32) -> np.ndarray:
    """Premultiplied colour on the grey checks that stand for transparent."""
    row, column = np.indices(rgba.shape[:2]) // check_px
    checks = np.where((row + column) % 2, 0.10, 0.16)[..., None]
    return (rgba[..., :3] + (1 - rgba[..., 3:]) * checks).astype(np.float32)


def crop(picture: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """Columns from, rows from, columns to, rows to."""
    left, top, right, bottom = box
    return np.ascontiguousarray(picture[top:bottom, left:right])


def enlarged(picture: np.ndarray, times: int) -> np.ndarray:
    """Every pixel as a square."""
    return np.ascontiguousarray(picture.repeat(times, axis=0).repeat(times, axis=1))


def grey(plane: np.ndarray) -> np.ndarray:
    """0 to 1 as grey that looks evenly stepped, in linear light."""
    return np.repeat(np.clip(plane, 0, 1).astype(np.float32)[..., None] ** 2.2, 3, axis=2)


def save_sheet(path: Path, tiles: Sequence[Tile], columns: int, tile_width_px: int) -> None:
    """The tiles on one sheet, as a JPEG of at most 300 kB: the best quality that fits."""
    save_jpeg(path, contact_sheet(tiles, columns, tile_width_px))


def save_jpeg(path: Path, linear: np.ndarray) -> None:
    """A picture as a JPEG of at most 300 kB: the best quality that fits."""
    import cv2

    codes = np.rint(srgb_encode(np.clip(linear, 0, 1)) * 255).astype(np.uint8)[..., ::-1]
    path.parent.mkdir(parents=True, exist_ok=True)
    for quality in range(92, 60, -2):
        found, data = cv2.imencode(".jpg", codes, [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1])
        if found and len(data) <= MOST_BYTES:
            path.write_bytes(data.tobytes())
            return
    sys.exit(f"{path.name}: over {MOST_BYTES} bytes at quality 62; make the sheet smaller")
