"""Spatial photos: two eyes in one HEIC file, with what a headset must know of their cameras."""

import math
import os
import struct

import numpy as np

from relens.atomic import atomic_file
from relens.camera import Camera, Intrinsics
from relens.errors import ValueRangeError
from relens.export.file_name import require_suffix
from relens.export.heif_file import HeifGroup, HeifItem, box, full_box, heif_file
from relens.export.hevc_still import FULL_RANGE, MATRIX, PRIMARIES, TRANSFER, encode_still
from relens.export.stereo import disparity_px
from relens.photo.exif import exif_to_write, load_exif
from relens.photo.quantise import quantise
from relens.render.picture import Picture
from relens.render.write_picture import exif_of

# Apple's own properties, each a box of type uuid with these 16 bytes before its body.
_INTRINSICS = bytes.fromhex("22cc04c7d6d94e079d904eb6ecbaf3a3")
_EXTRINSICS = bytes.fromhex("4363e9145b7d4aab97aebea69803b434")
_DISPARITY = bytes.fromhex("de22508536cb436587432f8705e7c78a")
_DISPARITY_STEPS = 10_000  # the width of the picture
_LEFT, _RIGHT = 1, 2


def write_spatial(left: Picture, right: Picture, path: str | os.PathLike[str], *, convergence_m: float) -> None:
    """Write a stereo pair that headsets show as a spatial photo; the left eye is what all other programs show.

    Best from parallel eyes, `eyes(camera, baseline_m)`: headsets put the pictures before the eyes by the field of view
    and the baseline alone, so that what is far must have one place in both. What lies at convergence_m (metres, inf
    allowed) then stands in the plane of the window: the shift to it is in the file, not in the pictures.

    What has alpha is shown over black. Sizes are even; an odd last column or row is left out.

    The file: two hvc1 items, a stereo pair group `ster` of left and right, and of each eye
    - its field of view: the camera intrinsic matrix of ISO/IEC 23008-12 (`cmin`), under the UUID that Apple gave it
      before it had four characters, which is how iPhones, Vision Pro and Image I/O write it;
    - its place: the camera extrinsic matrix (`cmex`), likewise; the left eye at the origin, the right on its x axis, in
      micrometres, neither turned;
    - the horizontal disparity adjustment, in ten-thousandths of the width, as a property of the eyes and of the group;
    - and the virtual lens as EXIF of the left one.

    Sources: Apple, Writing spatial photos, and Creating spatial photos and videos with spatial metadata (what must be
    there, and what it means); m62054, Apple's conformance files for cmin and cmex (MPEG FileFormatConformance);
    libheif issue 1164 (UUIDs and bodies in files of Vision Pro and Image I/O). libheif reads the cameras back. That the
    last UUID is the disparity adjustment is known from such files alone, and no headset has seen ours yet.

    Raises FileError when it cannot be written, MissingPackageError without PyAV, RelensError where that has no libx265,
    ValueRangeError for cameras that are not side by side, sizes that differ, or a convergence that is not positive.
    """
    file = require_suffix(path, ".heic")
    baseline_m = _baseline_m(left.camera, right.camera)
    shift = box(
        b"uuid", _DISPARITY + struct.pack(">i", _adjustment(left.camera, right.camera, baseline_m, convergence_m))
    )
    with atomic_file(file) as temporary:
        eyes = [_eye(left, 0.0, shift), _eye(right, baseline_m, shift)]
        pair = HeifGroup(b"ster", (_LEFT, _RIGHT), (shift,))
        temporary.write_bytes(heif_file([*eyes, _lens(left)], [pair]))


def _eye(picture: Picture, x_m: float, shift: bytes) -> HeifItem:
    still = encode_still(quantise(picture.linear, None, 8))
    size = struct.pack(">II", still.width_px, still.height_px)
    colours = b"nclx" + struct.pack(">HHHB", PRIMARIES, TRANSFER, MATRIX, FULL_RANGE << 7)
    properties = (
        box(b"hvcC", still.configuration),
        full_box(b"ispe", size),
        box(b"colr", colours),
        full_box(b"pixi", bytes([3, 8, 8, 8])),
        _intrinsics(picture.camera.intrinsics, still.width_px, still.height_px),
        _extrinsics(x_m),
        shift,
    )
    return HeifItem(b"hvc1", still.picture, properties)


def _intrinsics(k: Intrinsics, width_px: int, height_px: int) -> bytes:
    """cmin: binary fractions of the width (fx, cx) and the height (cy, fy); the flags hold how many bits they have.

    Flag 1 says that fy and the skew follow, the skew in pixels; else fy is fx.
    """
    values = [k.fx_px / width_px, k.cx_px / width_px, k.cy_px / height_px]
    flags = 0
    if not math.isclose(k.fx_px, k.fy_px, rel_tol=1e-9):
        values, flags = [*values, k.fy_px / height_px], 1
    # As many bits as keep the largest under 2^31.
    bits = min(30, 30 - math.frexp(max(map(abs, values)))[1])
    if bits < 0:
        raise ValueRangeError(
            "camera", f"fx {k.fx_px:g} px, centre {k.cx_px:g},{k.cy_px:g} px", "a picture that it sees"
        )
    coded = struct.pack(f">{len(values)}i", *(round(value * 2**bits) for value in values))
    return box(b"uuid", _INTRINSICS + struct.pack(">I", bits << 8 | flags) + coded + bytes(4 * flags))


def _extrinsics(x_m: float) -> bytes:
    """cmex: flag 1 says that x follows, in micrometres; y, z and the rotation are left out, which is 0 and none."""
    x_um = round(x_m * 1e6)
    return box(b"uuid", _EXTRINSICS + (struct.pack(">Ii", 1, x_um) if x_um else bytes(4)))


def _lens(picture: Picture) -> HeifItem:
    k = picture.camera.intrinsics
    block = exif_to_write(load_exif(exif_of(picture)), k.width_px - k.width_px % 2, k.height_px - k.height_px % 2)
    # Before it, how many bytes lie before the TIFF header: "Exif" and two zeros (ISO/IEC 23008-12, annex A.2.1).
    # Of one eye only: libheif up to 1.15 refuses files in which metadata is about two pictures.
    return HeifItem(b"Exif", struct.pack(">I", 6) + block, describes=(_LEFT,))


def _baseline_m(left: Camera, right: Camera) -> float:
    """How far apart the eyes are. Raises ValueRangeError unless they stand straight side by side, with one size."""
    sizes = [(k.width_px, k.height_px) for k in (left.intrinsics, right.intrinsics)]
    if sizes[0] != sizes[1]:
        raise ValueRangeError("right", f"{sizes[1]} px", f"the size of the left picture, {sizes[0]} px")
    x_m, y_m, z_m = left.rotation.T @ (right.eye_m - left.eye_m)
    turned = not np.allclose(left.rotation, right.rotation, atol=1e-6)
    if turned or x_m < 1e-6 or max(abs(y_m), abs(z_m)) > 1e-6 * max(1.0, x_m):
        place = f"{x_m:g} {y_m:g} {z_m:g} m from the left eye{', turned' if turned else ''}"
        raise ValueRangeError("right", place, "a camera straight to the right of the left one, and looking its way")
    return float(x_m)


def _adjustment(left: Camera, right: Camera, baseline_m: float, convergence_m: float) -> int:
    """The left picture moves left by half of it and the right one right: that far apart they are at convergence_m."""
    one, other = left.intrinsics, right.intrinsics
    apart_px = disparity_px(one.fx_px, baseline_m, convergence_m) + one.cx_px - other.cx_px
    width_px = one.width_px - one.width_px % 2
    return round(min(1.0, max(-1.0, apart_px / width_px)) * _DISPARITY_STEPS)
