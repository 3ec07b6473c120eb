"""OpenRaster: one file of layers for Krita, GIMP and their like. Source: openraster.org, baseline 0.0.3."""

import struct
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from relens.errors import FileError

_MIMETYPE = "image/openraster"
_STACK_BYTES_LIMIT = 4 << 20
# A PNG's bytes, to write one after the other.
Pieces = Sequence[bytes | memoryview]
_PLAIN_BLEND = ("svg:src-over", "")


@dataclass(frozen=True)
class RasterLayer:
    """A layer of the file: its name, its PNG, and where that lies on the canvas, pixels right and down."""

    name: str
    png: bytes
    x_px: int = 0
    y_px: int = 0


@dataclass(frozen=True)
class Raster:
    """What is read of a file: the canvas, and the layers that are wanted of it, front to back."""

    width_px: int
    height_px: int
    layers: tuple[RasterLayer, ...]


def write_open_raster(
    path: Path,
    size_px: tuple[int, int],
    layers: Mapping[str, Pieces],
    masks: Mapping[str, Pieces],
    merged: Pieces,
    thumbnail: Pieces,
) -> None:
    """Write a file of PNGs as they are: layers front to back, over them a hidden group of masks.

    size_px: width, height. merged: what the layers look like together. thumbnail: at most 256 pixels wide and high.
    """
    image = ElementTree.Element("image", version="0.0.3", w=str(size_px[0]), h=str(size_px[1]), xres="72", yres="72")
    stack = ElementTree.SubElement(image, "stack")
    if masks:
        group = ElementTree.SubElement(stack, "stack", {"name": "masks", "visibility": "hidden"})
        for number, name in enumerate(masks):
            _layer(group, name, f"data/mask-{number}.png", "hidden")
    for name in layers:
        _layer(stack, name, f"data/{name}.png", "visible")
    described = ElementTree.tostring(image, encoding="UTF-8", xml_declaration=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as raster:
        for name, pieces in (
            ("mimetype", [_MIMETYPE.encode()]),
            ("stack.xml", [described]),
            *((f"data/mask-{number}.png", png) for number, png in enumerate(masks.values())),
            *((f"data/{name}.png", png) for name, png in layers.items()),
            ("Thumbnails/thumbnail.png", thumbnail),
            ("mergedimage.png", merged),
        ):
            # A fixed date: the same pages give the same file.
            member = zipfile.ZipInfo(name)
            member.file_size = sum(len(piece) for piece in pieces)
            with raster.open(member, "w") as file:
                for piece in pieces:
                    file.write(piece)


def read_open_raster(path: Path, left_out: Iterable[str], member_limit: int) -> Raster:
    """The layers of a file, groups opened.

    left_out: names of layers that are not wanted. member_limit: bytes that a layer may have.
    Raises FileError for what is damaged or no OpenRaster file, and for blending or opacity that a page cannot have.
    """
    unwanted = set(left_out)
    with _reading(path), zipfile.ZipFile(path) as raster:
        if _member(raster, "mimetype", path, 64).strip() != _MIMETYPE.encode():
            raise FileError(path, "is no OpenRaster file; save it as .ora")
        described = _member(raster, "stack.xml", path, _STACK_BYTES_LIMIT)
        if b"<!DOCTYPE" in described or b"<!ENTITY" in described:
            raise FileError(path, "has a stack.xml that defines entities; save it again with Krita or GIMP")
        image = ElementTree.fromstring(described)
        layers = tuple(
            RasterLayer(
                name,
                _member(raster, element.get("src", ""), path, member_limit),
                int(element.get("x", "0")),
                int(element.get("y", "0")),
            )
            for name, element in _layers(image, path, unwanted)
        )
        return Raster(int(image.get("w", "0")), int(image.get("h", "0")), layers)


def _layer(parent: ElementTree.Element, name: str, source: str, visibility: str) -> None:
    described = {"name": name, "src": source, "x": "0", "y": "0", "opacity": "1.0", "visibility": visibility}
    ElementTree.SubElement(parent, "layer", {**described, "composite-op": "svg:src-over"})


def _layers(group: ElementTree.Element, path: Path, unwanted: set[str]) -> Iterator[tuple[str, ElementTree.Element]]:
    for element in group:
        name = element.get("name", "")
        if element.tag == "stack":
            inner = list(_layers(element, path, unwanted))
            if inner:
                _refuse_blending(element, f"group {name!r}", path)
            yield from inner
        elif element.tag == "layer" and name not in unwanted:
            _refuse_blending(element, f"layer {name!r}", path)
            yield name, element


def _refuse_blending(element: ElementTree.Element, what: str, path: Path) -> None:
    opacity, blend = element.get("opacity", "1"), element.get("composite-op", "")
    if float(opacity) != 1:
        raise FileError(path, f"{what} has opacity {opacity}; set it to 1, and change the layer's own alpha instead")
    if blend not in _PLAIN_BLEND:
        raise FileError(path, f"{what} blends by {blend}; set it to normal, or merge its effect into its pixels")


def _member(raster: zipfile.ZipFile, name: str, path: Path, limit: int) -> bytes:
    try:
        with raster.open(name) as file:
            data = file.read(limit + 1)
    except KeyError as error:
        raise FileError(path, f"holds no {name or 'picture for one of its layers'}; save it again as .ora") from error
    if len(data) > limit:
        raise FileError(path, f"{name} holds over {limit} bytes, more than a page of this scene can; save it again")
    return data


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn what a damaged file raises into one FileError."""
    try:
        yield
    except OSError as error:
        raise FileError(path, f"cannot read: {error.strerror or error}") from error
    except ElementTree.ParseError as error:
        raise FileError(path, f"has a damaged stack.xml ({error}); save it again as .ora") from error
    # zipfile raises RuntimeError and NotImplementedError for encryption and unknown compression.
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, RuntimeError, ValueError) as error:
        raise FileError(path, f"is a damaged OpenRaster file ({error}); save it again as .ora") from error
