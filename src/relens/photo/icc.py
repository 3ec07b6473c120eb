"""ICC profiles: matrix profiles read in floating point, other profiles through LittleCMS, and a writer of small ones.

Source of every layout: ICC.1:2022 (profile version 4.4); version 2 differs only in the text tags.
"""

import io
import struct
from dataclasses import dataclass

import numpy as np
from PIL import Image

from relens.photo.colour_space import (
    D50_XYZ,
    D65,
    REC_709,
    SRGB,
    Chromaticities,
    ColourSpace,
    Curve,
    adapt_white,
    gamma_curve,
    linear_curve,
    to_xyz,
    white_xyz,
)
from relens.photo.transfer import srgb_curve

_SRGB_TO_D50 = adapt_white(white_xyz(D65), D50_XYZ) @ to_xyz(REC_709)


class IccError(ValueError):
    """A profile that cannot be used; the message reads on after the file's name."""


@dataclass(frozen=True)
class IccProfile:
    """A parsed profile: data colour space ("RGB", "GRAY", "CMYK"), its tags, its name, and its bytes."""

    space: str
    tags: dict[str, bytes]
    name: str
    data: bytes


def parse_icc(data: bytes) -> IccProfile:
    """Read the header and the tag table. Raises IccError for a damaged profile."""
    if len(data) < 132 or data[36:40] != b"acsp":
        raise IccError("has a damaged ICC profile; remove or replace it")
    tags = {}
    count = struct.unpack(">I", data[128:132])[0]
    for index in range(min(count, 256)):
        entry = data[132 + 12 * index : 144 + 12 * index]
        if len(entry) < 12:
            raise IccError("has a truncated ICC profile; remove or replace it")
        signature, offset, size = struct.unpack(">4sII", entry)
        tags[signature.decode("latin-1")] = data[offset : offset + size]
    return IccProfile(data[16:20].decode("latin-1").strip(), tags, _profile_name(tags.get("desc", b"")), data)


def matrix_colour_space(profile: IccProfile) -> ColourSpace | None:
    """The colour space of an RGB matrix profile or a grey profile with one curve; None where it needs LittleCMS.

    Profiles that are sRGB but for rounding give sRGB itself, so that 8-bit values survive a round trip.
    Raises IccError for damaged tags.
    """
    try:
        if profile.space == "GRAY" and "kTRC" in profile.tags:
            return ColourSpace(profile.name or "grey profile", (_curve(profile.tags["kTRC"]),))
        colours = [f"{channel}XYZ" for channel in "rgb"]
        curves = [f"{channel}TRC" for channel in "rgb"]
        has_matrix = all(tag in profile.tags for tag in colours + curves)
        if profile.space != "RGB" or not has_matrix or "A2B0" in profile.tags:
            return None
        matrix = np.stack([_xyz(profile.tags[tag]) for tag in colours], axis=1)
        channels = [_curve(profile.tags[tag]) for tag in curves]
        return _rgb_colour_space(profile, matrix, channels)
    except (struct.error, IndexError, np.linalg.LinAlgError) as error:
        raise IccError("has a damaged ICC profile; remove or replace it") from error


def convert_with_cms(image: Image.Image, profile: IccProfile) -> Image.Image:
    """An 8-bit image to 8-bit sRGB through LittleCMS: relative colorimetric with black point compensation.

    For profiles that are tables, CMYK among them; colours outside sRGB are clipped. Raises IccError.
    """
    from PIL import ImageCms

    try:
        return ImageCms.profileToProfile(  # pyright: ignore[reportReturnType]
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile.data)),
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        raise IccError(f"has an ICC profile that does not fit its pixels ({image.mode}); replace it") from error


def _rgb_colour_space(profile: IccProfile, to_d50: np.ndarray, curves: list[Curve]) -> ColourSpace:
    probe = np.linspace(0, 1, 257)
    decoded = [curve(probe) for curve in curves]
    channels = tuple(curves)
    if all(np.allclose(values, decoded[0], atol=1e-6) for values in decoded):
        channels = (srgb_curve if np.allclose(decoded[0], srgb_curve(probe), atol=1e-3) else curves[0],)
    if np.allclose(to_d50, _SRGB_TO_D50, atol=2e-3):
        return SRGB if channels == SRGB.curves else ColourSpace(profile.name or "sRGB primaries", channels)
    matrix = np.linalg.solve(_SRGB_TO_D50, to_d50)
    white = matrix.sum(axis=1, keepdims=True)
    if np.allclose(white, 1, atol=0.01):
        # The profile's 16-bit fractions would tint white by a trace.
        matrix = matrix / white
    return ColourSpace(profile.name or "RGB profile", channels, matrix)


def _xyz(tag: bytes) -> np.ndarray:
    return np.array(struct.unpack(">3i", tag[8:20])) / 65536


def _curve(tag: bytes) -> Curve:
    if tag[:4] == b"curv":
        return _sampled_curve(tag)
    if tag[:4] == b"para":
        return _parametric_curve(tag)
    raise IccError("has an ICC profile with an unknown curve type; replace it")


def _sampled_curve(tag: bytes) -> Curve:
    count = struct.unpack(">I", tag[8:12])[0]
    if count == 0:
        return linear_curve
    values = np.array(struct.unpack(f">{count}H", tag[12 : 12 + 2 * count]))
    if count == 1:
        return gamma_curve(values[0] / 256)
    positions = np.linspace(0, 1, count)
    return lambda encoded: np.interp(encoded, positions, values / 65535)


def _parametric_curve(tag: bytes) -> Curve:
    kind = struct.unpack(">H", tag[8:10])[0]
    if kind > 4:
        raise IccError("has an ICC profile with an unknown curve type; replace it")
    count = (1, 3, 4, 5, 7)[kind]
    numbers = [value / 65536 for value in struct.unpack(f">{count}i", tag[12 : 12 + 4 * count])]
    gamma, a, b, c, d, e, f = numbers + [1.0, 0.0, 0.0, 0.0, 0.0, 0.0][count - 1 :]
    if kind in (1, 2):
        # Types 1 and 2 are Y = (aX + b)^g + c above X = -b/a, and c (0 for type 1) below.
        c, d, e, f = 0.0, (-b / a if a else 0.0), (c if kind == 2 else 0.0), (c if kind == 2 else 0.0)
    elif kind == 0:
        d = 0.0

    def decode(encoded: np.ndarray) -> np.ndarray:
        size = np.abs(encoded)
        power = np.maximum(a * size + b, 0) ** gamma + e
        return np.copysign(np.where(size >= d, power, c * size + f), encoded)

    return decode


def _profile_name(tag: bytes) -> str:
    try:
        if tag[:4] == b"desc":
            length = struct.unpack(">I", tag[8:12])[0]
            return tag[12 : 12 + length].decode("ascii", "replace").strip("\0 ")
        if tag[:4] == b"mluc":
            length, offset = struct.unpack(">II", tag[20:28])
            return tag[offset : offset + length].decode("utf-16-be", "replace").strip("\0 ")
    except struct.error:
        pass
    return ""


def build_icc(name: str, chromaticities: Chromaticities = REC_709, gamma: float | None = None) -> bytes:
    """A version 4 display profile: these primaries (white D65), and the sRGB curve, or a pure power where given."""
    to_d50 = adapt_white(white_xyz(chromaticities[3]), D50_XYZ) @ to_xyz(chromaticities)
    adaptation = adapt_white(white_xyz(chromaticities[3]), D50_XYZ)
    curve = (3, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]) if gamma is None else (0, [gamma])
    tags = {
        b"desc": _text_tag(name),
        b"cprt": _text_tag("CC0"),
        b"wtpt": b"XYZ \0\0\0\0" + _fixed(D50_XYZ),
        b"chad": b"sf32\0\0\0\0" + _fixed(adaptation.ravel()),
        b"rXYZ": b"XYZ \0\0\0\0" + _fixed(to_d50[:, 0]),
        b"gXYZ": b"XYZ \0\0\0\0" + _fixed(to_d50[:, 1]),
        b"bXYZ": b"XYZ \0\0\0\0" + _fixed(to_d50[:, 2]),
    }
    tags |= dict.fromkeys(
        (b"rTRC", b"gTRC", b"bTRC"), b"para\0\0\0\0" + struct.pack(">HH", curve[0], 0) + _fixed(curve[1])
    )
    table, body, offset = b"", b"", 132 + 12 * len(tags)
    for signature, tag in tags.items():
        table += struct.pack(">4sII", signature, offset + len(body), len(tag))
        body += tag + bytes(-len(tag) % 4)
    size = offset + len(body)
    header = struct.pack(">I4sI4s4s4s", size, b"\0\0\0\0", 0x04400000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H4s", 2024, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + _fixed(D50_XYZ) + bytes(48)
    return header + struct.pack(">I", len(tags)) + table + body


def _fixed(values: object) -> bytes:
    numbers = np.round(np.asarray(values, np.float64) * 65536).astype(int)
    return struct.pack(f">{numbers.size}i", *numbers)


def _text_tag(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(encoded), 28) + encoded
