"""Exporting the canonical pages for any editor: PNGs, one layered OpenRaster file, and what importing needs."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import UInt16

from relens.atomic import atomic_folder
from relens.canonical import PHOTO, Pages
from relens.canonical.photo_view import photo_view
from relens.edit.digest import digest, file_digest
from relens.edit.open_raster import Pieces, write_open_raster
from relens.edit.page_set import (
    RASTER_NAME,
    RECORD_NAME,
    PageSet,
    geometry_digest,
    page_file,
    read_record,
    write_record,
)
from relens.edit.selection import is_subject
from relens.errors import FileError
from relens.scene import Scene
from relens.scene_folder.page import encode_page, page_gain, srgb_png

MATTE_NAME = "subject matte"

# More would hold more pages in memory at a time.
_THREADS = 2
_CODES = 65535
# Rows worked on at a time, so that temporaries stay small beside the page.
_BAND_ROWS = 128
# Of the OpenRaster baseline.
_THUMBNAIL_PX = 256


@dataclass(frozen=True)
class _Encoded:
    """A page's PNG; of a layer also its alpha's, of the photo also a small one."""

    png: Pieces
    sha256: str
    mask: Pieces = ()
    thumbnail: Pieces = ()


def export_pages(scene: Scene, path: str | os.PathLike[str]) -> tuple[Path, ...]:
    """Write the scene's pages as a folder; returns its files.

    | file | what it holds |
    |---|---|
    | `photo.png` | the photo's own view: what is painted here goes to the layers that show there |
    | `<layer>.png` | a layer's page, what is hidden included |
    | `pages.ora` | the layers front to back, and hidden masks: each layer's alpha, and the subject's matte |
    | `pages.json` | what `import_pages` needs |

    Pages are 16-bit sRGB with straight alpha, all divided by one gain where the scene has light above 1. An export is
    replaced, but not one whose pages were edited since. Raises FileError for that, for any other folder that is not
    empty, and where `path` cannot be written; a crash leaves what was there.
    """
    target = Path(path)
    _require_replaceable(target)
    with atomic_folder(target) as folder, ThreadPoolExecutor(_THREADS) as pool:
        gain = max(pool.map(lambda layer: page_gain(layer.rgba), scene.layers))
        matte = pool.submit(_matte, scene)
        names = list(Pages(scene))

        def encode(name: str) -> _Encoded:
            page = _encoded(scene, name, gain)
            with (folder / page_file(name)).open("wb") as file:
                file.writelines(page.png)
            return page

        pages = dict(zip(names, pool.map(encode, names), strict=True))
        layers = [layer.name for layer in scene.layers]
        view = pages[PHOTO] if PHOTO not in layers else _encode(photo_view(scene), gain, is_view=True)
        height_px, width_px = scene.layers[0].inverse_depth.shape
        masks = {mask_name(name): pages[name].mask for name in layers}
        if found := matte.result():
            masks = {MATTE_NAME: found, **masks}
        write_open_raster(
            folder / RASTER_NAME,
            (width_px, height_px),
            {name: pages[name].png for name in layers},
            masks,
            view.png,
            view.thumbnail,
        )
        record = PageSet(
            width_px=width_px,
            height_px=height_px,
            border_px=scene.border_px,
            gain=gain,
            layers=layers,
            pages={name: pages[name].sha256 for name in names},
            raster=file_digest(folder / RASTER_NAME),
            geometry=geometry_digest(scene),
        )
        write_record(record, folder)
    return tuple(target / name for name in (*map(page_file, names), RASTER_NAME, RECORD_NAME))


def mask_name(layer: str) -> str:
    """What the mask of a layer's alpha is called in the OpenRaster file; no layer's name holds a space."""
    return f"{layer} mask"


def mask_names(scene: Scene) -> list[str]:
    """The layers of the OpenRaster file that are masks, to look at and select by."""
    return [MATTE_NAME, *(mask_name(layer.name) for layer in scene.layers)]


def _encoded(scene: Scene, name: str, gain: float) -> _Encoded:
    for layer in scene.layers:
        if layer.name == name:
            return _encode(layer.rgba, gain)
    return _encode(photo_view(scene), gain, is_view=True)


def _encode(rgba: np.ndarray, gain: float, *, is_view: bool = False) -> _Encoded:
    bgra, _ = encode_page(rgba, gain)
    png = srgb_png(bgra)
    if is_view:
        return _Encoded(png, digest(*png), thumbnail=_thumbnail(bgra))
    return _Encoded(png, digest(*png), mask=srgb_png(np.ascontiguousarray(bgra[..., 3])))


def _thumbnail(bgra: UInt16[np.ndarray, "h w 4"]) -> Pieces:
    import cv2

    height_px, width_px = bgra.shape[:2]
    scale = min(1.0, _THUMBNAIL_PX / max(height_px, width_px))
    size_px = max(1, round(width_px * scale)), max(1, round(height_px * scale))
    small = np.asarray(cv2.resize(bgra, size_px, interpolation=cv2.INTER_AREA))
    return [cv2.imencode(".png", (small // 257).astype(np.uint8))[1].tobytes()]


def _matte(scene: Scene) -> Pieces:
    """The alpha of all layers of the subject together, as a grey PNG; nothing where there is no subject."""
    subject = [layer for layer in scene.layers if is_subject(layer)]
    if not subject:
        return ()
    codes = np.empty(scene.layers[0].inverse_depth.shape, np.uint16)
    for start in range(0, len(codes), _BAND_ROWS):
        rows = slice(start, start + _BAND_ROWS)
        clear = np.float32(1)
        for layer in subject:
            clear = clear * (1 - np.minimum(layer.rgba[rows, :, 3], 1))
        codes[rows] = (1 - clear) * np.float32(_CODES) + np.float32(0.5)
    return srgb_png(codes)


def _require_replaceable(folder: Path) -> None:
    """Raise FileError where replacing `folder` would delete anything but pages as they were exported."""
    try:
        names = {file.name for file in folder.iterdir()} if folder.is_dir() else set()
    except OSError as error:
        raise FileError(folder, f"cannot write: {error.strerror or error}") from error
    if not names:
        return
    if RECORD_NAME not in names:
        raise FileError(folder, "is a folder of other files, and stays as it is; choose another name")
    record = read_record(folder)
    exported = {page_file(name): known for name, known in record.pages.items()} | {RASTER_NAME: record.raster}
    for name in sorted(names - {RECORD_NAME}):
        if name not in exported:
            raise FileError(folder, f"holds {name}, which is no part of an export; move it away or choose another name")
        if file_digest(folder / name) != exported[name]:
            raise FileError(folder, f"holds {name}, edited since the export; choose another name, or delete the folder")
