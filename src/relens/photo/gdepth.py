"""GDepth: the depth map that Google's first format keeps as base64 in the XMP of a photo."""

import base64
import binascii

from relens.errors import FileError
from relens.photo.packets import lacks_extension
from relens.photo.range_map import RangeMap, Unit
from relens.photo.xmp import Xmp, xmp_number, xmp_text

_NS = "{http://ns.google.com/photos/1.0/depthmap/}"
# The format says metres where nothing is said; but Lens Blur, which says nothing, stores depth without a scale.
_UNITS: dict[str | None, Unit] = {"m": "m", "mm": "mm"}


def find_gdepth(path: object, packets: list[Xmp]) -> RangeMap | None:
    """The depth map in a photo's packets; None where they announce none.

    Source: developers.google.com/depthmap-metadata/reference. Raises FileError for one that is announced but missing,
    damaged or in an unknown format.
    """
    xmp = next((xmp for xmp in packets if f"{_NS}Near" in xmp or f"{_NS}Format" in xmp), None)
    if xmp is None:
        return None
    data = xmp_text(xmp, f"{_NS}Data")
    if data is None:
        lost = "its extended XMP is damaged or was cut off" if lacks_extension(xmp) else "GDepth:Data is missing"
        raise FileError(path, f"announces a depth map that is not there: {lost}")
    near, far = xmp_number(xmp, f"{_NS}Near"), xmp_number(xmp, f"{_NS}Far")
    form = xmp_text(xmp, f"{_NS}Format") or "RangeInverse"
    if near is None or far is None or form not in ("RangeInverse", "RangeLinear"):
        found = f"Format {form[:40]}, Near {near}, Far {far}"
        raise FileError(path, f"holds a depth map with {found}; expected RangeInverse or RangeLinear, and two numbers")
    confidence = xmp_text(xmp, f"{_NS}Confidence")
    return RangeMap(
        _decoded(path, data),
        near,
        far,
        form == "RangeInverse",
        _UNITS.get(xmp_text(xmp, f"{_NS}Units"), "none"),
        xmp_text(xmp, f"{_NS}MeasureType") == "OpticRay",
        None if confidence is None else _decoded(path, confidence),
        gdepth_frame(packets),
    )


def gdepth_frame(packets: list[Xmp]) -> tuple[float, float] | None:
    """Width and height of the photo that the depth map belongs to, where the packets say."""
    for xmp in packets:
        width, height = xmp_number(xmp, f"{_NS}ImageWidth"), xmp_number(xmp, f"{_NS}ImageHeight")
        if width is not None and height is not None and min(width, height) > 0 and max(width, height) < 1 << 20:
            return width, height
    return None


def _decoded(path: object, text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()) + "=" * (-len("".join(text.split())) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise FileError(path, "holds a depth map that is no base64; it is damaged") from error
