"""Importing pages that an editor changed; what it did not change keeps its bits."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from relens.canonical.photo_view import photo_view
from relens.edit.digest import digest, file_digest
from relens.edit.open_raster import Raster, RasterLayer, read_open_raster
from relens.edit.page_in import Difference, Returned, difference, read_returned
from relens.edit.page_set import RASTER_NAME, PageSet, page_file, read_record
from relens.edit.pages_out import mask_names
from relens.errors import FileError, ValueRangeError
from relens.photo.colour_space import SRGB
from relens.scene import Layer, Scene
from relens.scene_folder.page import decode_page, encode_page, page_bytes_limit
from relens.scene_folder.read_bytes import read_bytes

# More would hold more pages in memory at a time.
_THREADS = 2
# Alpha of the photo's page may change by rounding: by some codes of 16 bits, or one of 8.
_SAME_ALPHA, _SAME_ALPHA_8_BIT = 6 / 65535, 257 / 65535


@dataclass(frozen=True)
class PageChange:
    """What an import changed of one page.

    Attributes:
        name: the page's.
        texels: how many changed.
        left_px, top_px, width_px, height_px: the window around them, as an editor counts pixels of the page.
    """

    name: str
    texels: int
    left_px: int = 0
    top_px: int = 0
    width_px: int = 0
    height_px: int = 0

    def __str__(self) -> str:
        """A line for people."""
        if not self.texels:
            return f"{self.name}: unchanged"
        window = f"{self.width_px} x {self.height_px} at {self.left_px}, {self.top_px}"
        return f"{self.name}: {self.texels} texel{'s' * (self.texels != 1)} changed, within {window}"


@dataclass(frozen=True)
class ImportReport:
    """What an import changed, page by page, and what to know about the files."""

    pages: tuple[PageChange, ...]
    notes: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether any texel changed."""
        return any(page.texels for page in self.pages)


@dataclass(frozen=True)
class _Read:
    """A page that came back and differs, or neither where nothing changed."""

    page: Returned | None = None
    differs: Difference | None = None
    notes: tuple[str, ...] = ()


# Reads a page where its file is not the exported one.
_Source = Callable[[], Returned | None]


def import_pages(scene: Scene, path: str | os.PathLike[str]) -> tuple[Scene, ImportReport]:
    """The scene with the pages of an exported folder, or of the OpenRaster file in it, as an editor left them.

    A texel that the editor left as it was keeps its bits, whatever else happened to the file: 16 bits or 8, sRGB or
    another matrix profile. A page whose file is as exported is left alone; one that was edited stands as a whole, so
    that it undoes what else happened to it in the scene since the export. What is painted on the photo's own view goes
    to the layers that show there, over what is painted on their pages.

    Raises FileError, the scene untouched, for files that are missing, renamed, too many, damaged, of another size, or
    without alpha, for profiles that cannot be converted, and for pages of another scene.
    """
    source = Path(path)
    if not source.exists():
        raise FileError(source, "is missing; expected the folder of `relens edit export`, or its pages.ora")
    folder = source if source.is_dir() else source.parent
    record = read_record(folder)
    record.check(scene, folder)
    sources = _raster_pages(scene, record, source) if source != folder else _folder_pages(record, folder)
    with ThreadPoolExecutor(_THREADS) as pool:
        read = dict(zip(sources, pool.map(partial(_read, scene, record, sources), sources), strict=True))
    edited = scene
    # What is painted on the photo's view lies over what is painted on the layers' pages.
    is_layer = {layer.name for layer in scene.layers}
    for name in sorted(read, key=lambda name: name not in is_layer):
        place = folder / page_file(name) if source == folder else f"{source}: {name}"
        edited = _with_change(edited, name, read[name], record.gain, place)
    notes = tuple(note for one in read.values() for note in one.notes)
    if source == folder and (folder / RASTER_NAME).is_file() and file_digest(folder / RASTER_NAME) != record.raster:
        notes += (f"{RASTER_NAME} was edited, too; import it by its own name",)
    return edited, ImportReport(tuple(_change(name, one.differs) for name, one in read.items()), notes)


def _folder_pages(record: PageSet, folder: Path) -> Mapping[str, _Source]:
    expected = {page_file(name): name for name in record.pages}
    try:
        found = {file.name for file in folder.iterdir() if file.suffix.lower() == ".png" and file.name[0] != "."}
    except OSError as error:
        raise FileError(folder, f"cannot read: {error.strerror or error}") from error
    extra = sorted(found - set(expected))
    for file in expected:
        if file not in found:
            hint = f"; perhaps it is {extra[0]}, renamed" if extra else ""
            raise FileError(folder / file, f"is missing{hint}; bring it back under this name, or export again")
    if extra:
        problem = f"is no page of this scene, which has {', '.join(expected)}"
        raise FileError(folder / extra[0], f"{problem}; rename it, or move it away")
    limit = page_bytes_limit(record.width_px, record.height_px)

    def read(name: str) -> Returned | None:
        file = folder / page_file(name)
        data = read_bytes(file, limit)
        if digest(data) == record.pages[name]:
            return None
        return read_returned(data, file, (record.width_px, record.height_px))

    return {name: partial(read, name) for name in expected.values()}


def _raster_pages(scene: Scene, record: PageSet, path: Path) -> Mapping[str, _Source]:
    limit = page_bytes_limit(record.width_px, record.height_px)
    raster = read_open_raster(path, mask_names(scene), limit)
    _check_layers(raster, record, path)

    def read(layer: RasterLayer) -> Returned | None:
        if digest(layer.png) == record.pages[layer.name] and not (layer.x_px or layer.y_px):
            return None
        return _on_canvas(layer, record, f"{path}: layer {layer.name!r}")

    by_name = {layer.name: layer for layer in raster.layers}
    return {name: partial(read, by_name[name]) for name in record.layers}


def _check_layers(raster: Raster, record: PageSet, path: Path) -> None:
    if (raster.width_px, raster.height_px) != (record.width_px, record.height_px):
        found, expected = (raster.width_px, raster.height_px), (record.width_px, record.height_px)
        sizes = f"{found[0]} x {found[1]} pixels; expected {expected[0]} x {expected[1]}, as it was exported"
        raise FileError(path, f"is {sizes}; undo what cropped or scaled it")
    names = [layer.name for layer in raster.layers]
    extra = [name for name in names if name not in record.layers]
    for name in record.layers:
        if name not in names:
            hint = f" into {extra[0]!r}" if extra else ""
            raise FileError(path, f"has no layer {name!r}; undo what merged or renamed it{hint}, or export again")
        if names.count(name) > 1:
            raise FileError(path, f"has {names.count(name)} layers {name!r}; merge them into one")
    if extra:
        known = ", ".join(record.layers)
        raise FileError(path, f"has a layer {extra[0]!r}, which is no page; merge it into one of {known}, or delete it")


def _on_canvas(layer: RasterLayer, record: PageSet, place: str) -> Returned:
    """A layer's page; editors cut layers down to what is not empty."""
    page = read_returned(layer.png, place, None)
    height, width = page.codes.shape[:2]
    if (layer.x_px, layer.y_px, width, height) == (0, 0, record.width_px, record.height_px):
        return page
    codes = np.zeros((record.height_px, record.width_px, 4), np.uint16)
    top, left = max(layer.y_px, 0), max(layer.x_px, 0)
    bottom, right = min(layer.y_px + height, record.height_px), min(layer.x_px + width, record.width_px)
    if bottom > top and right > left:
        part = page.codes[top - layer.y_px : bottom - layer.y_px, left - layer.x_px : right - layer.x_px]
        codes[top:bottom, left:right] = part
    return replace(page, codes=codes)


def _read(scene: Scene, record: PageSet, sources: Mapping[str, _Source], name: str) -> _Read:
    page = sources[name]()
    if page is None:
        return _Read()
    layer = _layer(scene, name)
    codes, _ = encode_page(layer.rgba if layer else photo_view(scene), record.gain)
    differs = difference(page, codes)
    notes = []
    if page.bits == 8:
        notes.append(f"{name} has 8 bits; what was not edited keeps its 16")
    if page.profile != SRGB.name:
        notes.append(f"{name} was converted from the colour profile {page.profile!r} to sRGB")
    if page.clipped:
        notes.append(f"{name}: {page.clipped} texels have colours outside sRGB, which were clipped")
    # What is the same is not needed any more, and large.
    return _Read(page if differs else None, differs, tuple(notes))


def _with_change(scene: Scene, name: str, read: _Read, gain: float, place: Path | str) -> Scene:
    page, differs = read.page, read.differs
    if page is None or differs is None:
        return scene
    window, texels = differs.window, differs.texels
    layer = _layer(scene, name)
    rgba = layer.rgba.copy() if layer else photo_view(scene)
    part, new = rgba[window], decode_page(page.codes[window], gain)
    if layer is None:
        alpha = part[..., 3:]
        tolerance = _SAME_ALPHA_8_BIT if page.bits == 8 else _SAME_ALPHA
        other = texels & (np.abs(new[..., 3] - np.clip(alpha[..., 0], 0, 1)) > tolerance)
        if other.any():
            advice = "bring it back, and change what is to be transparent on its layer's page"
            raise FileError(place, f"has another alpha than it had in {int(other.sum())} texels; {advice}")
        new = np.concatenate([new[..., :3] / np.maximum(new[..., 3:], 1e-12) * alpha, alpha], axis=2)
    else:
        floating = texels & (new[..., 3] > 0) & np.isnan(layer.inverse_depth[window])
        if floating.any():
            row, column = np.argwhere(floating)[0]
            at = f"the first in column {window[1].start + column}, row {window[0].start + row}"
            problem = f"has alpha in {int(floating.sum())} texels where the layer has no depth, {at}"
            raise FileError(place, f"{problem}; erase them there")
    part[texels] = new[texels]
    try:
        return scene.with_layer(replace(layer, rgba=rgba)) if layer else scene.with_page(name, rgba)
    except ValueRangeError as error:
        raise FileError(place, f"does not fit the scene: {error}") from error


def _layer(scene: Scene, name: str) -> Layer | None:
    """The layer whose page has this name; none where it is the photo's own view."""
    return next((layer for layer in scene.layers if layer.name == name), None)


def _change(name: str, differs: Difference | None) -> PageChange:
    if differs is None:
        return PageChange(name, 0)
    rows, columns = differs.window
    return PageChange(
        name,
        int(differs.texels.sum()),
        columns.start,
        rows.start,
        columns.stop - columns.start,
        rows.stop - rows.start,
    )
