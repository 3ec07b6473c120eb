"""Dynamic Depth: Google's second format, a depth map as a file of its own behind the picture."""

from relens.errors import FileError
from relens.photo.jpeg_segments import jpeg_end
from relens.photo.range_map import RangeMap, Unit
from relens.photo.xmp import Xmp, xmp_number, xmp_structures, xmp_text

_DD = "http://ns.google.com/photos/dd/1.0/"
_PHOTOS = "http://ns.google.com/photos/1.0/"
_CAMERAS = f"{{{_DD}device/}}Cameras"
_DEPTH_MAP = f"{{{_DD}depthmap/}}"
# The directory moved out of the format later, and gained other uses.
_CONTAINERS = (
    (f"{{{_DD}container/}}Directory", f"{{{_DD}item/}}", "DataURI"),
    (f"{{{_PHOTOS}container/}}Directory", f"{{{_PHOTOS}container/item/}}", "URI"),
)
_UNITS: dict[str, Unit] = {"meters": "m", "diopters": "diopters"}
_STARTS = (b"\xff\xd8", b"\x89PNG")


def find_dynamic_depth(path: object, data: bytes, packets: list[Xmp]) -> RangeMap | None:
    """The depth map of the first camera that has one, in the file of a JPEG; None where none is announced.

    Source: Dynamic Depth 1.0 (Google, 2019): Device, Container, Depth Map. Raises FileError for one that is announced
    but missing, damaged or in an unknown format.
    """
    for xmp in packets:
        for camera in xmp_structures(xmp, _CAMERAS) or [xmp]:
            uri = xmp_text(camera, f"{_DEPTH_MAP}DepthURI")
            if uri is not None and (xmp_text(camera, f"{_DEPTH_MAP}ItemSemantic") or "depth").lower() == "depth":
                confidence = xmp_text(camera, f"{_DEPTH_MAP}ConfidenceURI")
                return _range_map(path, camera, _items(path, data, xmp, uri, confidence))
    return None


def _range_map(path: object, camera: Xmp, items: tuple[bytes, bytes | None]) -> RangeMap:
    form = (xmp_text(camera, f"{_DEPTH_MAP}Format") or "").lower()
    near, far = xmp_number(camera, f"{_DEPTH_MAP}Near"), xmp_number(camera, f"{_DEPTH_MAP}Far")
    if near is None or far is None or form not in ("rangeinverse", "rangelinear"):
        found = f"Format {form[:40]}, Near {near}, Far {far}"
        raise FileError(path, f"holds a depth map with {found}; expected RangeInverse or RangeLinear, and two numbers")
    return RangeMap(
        items[0],
        near,
        far,
        form == "rangeinverse",
        _UNITS.get((xmp_text(camera, f"{_DEPTH_MAP}Units") or "").lower(), "none"),
        (xmp_text(camera, f"{_DEPTH_MAP}MeasureType") or "").lower() == "opticray",
        items[1],
    )


def _items(path: object, data: bytes, xmp: Xmp, uri: str, confidence: str | None) -> tuple[bytes, bytes | None]:
    """The two items of these names, from behind the picture; the second is None where it is not there."""
    listed, prefix, uri_name = _directory(xmp)
    if not listed:
        raise FileError(path, "announces a depth map that is not there: it has no directory of items")
    names = [xmp_text(item, prefix + uri_name) for item in listed[1:]]
    lengths = [_whole(item, f"{prefix}Length") for item in listed[1:]]
    if uri not in names:
        raise FileError(path, f"announces a depth map that is not there: no item {uri[:60]!r} in its directory")
    end = jpeg_end(data)
    # Behind the picture; or, where an editor has put something between, at the end of the file.
    for start in (None if end is None else end + _whole(listed[0], f"{prefix}Padding"), len(data) - sum(lengths)):
        found = None if start is None else _sliced(data, start, lengths)
        if found is not None and found[names.index(uri)].startswith(_STARTS):
            return found[names.index(uri)], found[names.index(confidence)] if confidence in names else None
    raise FileError(path, "announces a depth map that is not there: what is behind the picture is damaged or cut off")


def _directory(xmp: Xmp) -> tuple[list[Xmp], str, str]:
    """The items listed, the namespace of their properties, and the one that names them."""
    for directory, prefix, uri_name in _CONTAINERS:
        if listed := xmp_structures(xmp, directory):
            return listed, prefix, uri_name
    return [], "", ""


def _sliced(data: bytes, start: int, lengths: list[int]) -> list[bytes] | None:
    """The items in order; None unless the file holds them all."""
    found = []
    for length in lengths:
        found.append(data[start : start + length])
        if start < 0 or len(found[-1]) < length:
            return None
        start += length
    return found


def _whole(item: Xmp, name: str) -> int:
    number = xmp_number(item, name)
    return int(number) if number is not None and 0 <= number < 1 << 40 else 0
