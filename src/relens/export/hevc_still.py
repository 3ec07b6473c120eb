"""HEVC still pictures: 8-bit sRGB to one intra picture, and what a decoder must know before it."""

import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import UInt8

from relens.errors import MissingPackageError, RelensError, ValueRangeError

# The colours of the stream (ITU-T H.273): sRGB's primaries and curve, and the matrix and the range that readers assume
# of a HEIF file that says nothing (MIAF, ISO/IEC 23000-22, 7.3.6.4).
PRIMARIES, TRANSFER, MATRIX, FULL_RANGE = 1, 13, 6, True
# Y, Cb and Cr from R, G and B, all over 0..255 (H.273, matrix coefficients 6).
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_BLUE, _RED = np.float32(0.5 / (1 - 0.114)), np.float32(0.5 / (1 - 0.299))
_LEAST_PX = 16  # of the encoder
# Constant quality, lower is better: 50 dB, under 1 bit a pixel on blur and 2 to 3 on a sharp phone photo.
_RATE_FACTOR = 14
_VPS, _SPS, _PPS = 32, 33, 34
_FIRST_NON_PICTURE = 32


@dataclass(frozen=True)
class HevcStill:
    """One picture as HEVC.

    Attributes:
        configuration: the body of its hvcC box.
        picture: its slices, each behind its length in 4 bytes.
        width_px, height_px: of what is decoded, both even.
    """

    configuration: bytes
    picture: bytes
    width_px: int
    height_px: int


def encode_still(rgb: UInt8[np.ndarray, "h w 3"]) -> HevcStill:
    """A picture in the Main Still Picture profile, 4:2:0, full range. An odd last column or row is left out.

    Raises MissingPackageError without PyAV, RelensError where that has no libx265, ValueRangeError under 16 x 16 px.
    """
    height, width = (size - size % 2 for size in rgb.shape[:2])
    if min(height, width) < _LEAST_PX:
        raise ValueRangeError("picture", f"{rgb.shape[1]}x{rgb.shape[0]} px", f"at least {_LEAST_PX} x {_LEAST_PX} px")
    av = video_library()
    encoder = av.CodecContext.create("libx265", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base = encoder.framerate = Fraction(1)
    encoder.color_primaries, encoder.color_trc, encoder.colorspace = PRIMARIES, TRANSFER, MATRIX
    encoder.color_range = 2  # AVCOL_RANGE_JPEG, the full one
    # With one frame announced, the encoder chooses the Main Still Picture profile; chroma is sited between its pixels.
    still = f"crf={_RATE_FACTOR}:keyint=1:total-frames=1:info=0:chromaloc=1:log-level=none"
    encoder.options = {"preset": "medium", "x265-params": still}
    frame = av.VideoFrame.from_ndarray(_planes(rgb[:height, :width]), format="yuv420p")
    units = _units(b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)]))
    sets = [next(unit for unit in units if _kind(unit) == kind) for kind in (_VPS, _SPS, _PPS)]
    slices = [struct.pack(">I", len(unit)) + unit for unit in units if _kind(unit) < _FIRST_NON_PICTURE]
    return HevcStill(_configuration(sets), b"".join(slices), width, height)


def video_library() -> Any:
    """PyAV with an HEVC encoder. Raises MissingPackageError without PyAV, RelensError where it has no libx265."""
    install = "pip install 'relens[video]'"
    try:
        import av
    except ImportError as error:
        raise MissingPackageError("av", "writing a spatial photo", install) from error
    if "libx265" not in av.codecs_available:
        raise RelensError(
            f"writing a spatial photo needs the HEVC encoder libx265, which this PyAV was built without; "
            f"PyAV's own wheels have it: pip uninstall av, then {install}"
        )
    return av


def _planes(rgb: UInt8[np.ndarray, "h w 3"]) -> UInt8[np.ndarray, "h3 w"]:
    """Y, then Cb and Cr of half the width and height, one below the other as PyAV takes them."""
    height, width = rgb.shape[:2]
    light = rgb.astype(np.float32)
    luma = light @ _LUMA
    # Chroma is linear in the encoded values, so the mean of four pixels may be taken before or after.
    small = light.reshape(height // 2, 2, width // 2, 2, 3).mean(axis=(1, 3))
    small_luma = small @ _LUMA
    blue, red = _BLUE * (small[..., 2] - small_luma) + 128, _RED * (small[..., 0] - small_luma) + 128
    planes = [np.clip(np.rint(plane), 0, 255).astype(np.uint8).ravel() for plane in (luma, blue, red)]
    return np.concatenate(planes).reshape(height * 3 // 2, width)


def _units(stream: bytes) -> list[bytes]:
    """The NAL units of a byte stream (H.265, annex B): between start codes, without the zeros before the next one."""
    return [unit.rstrip(b"\0") for unit in stream.split(b"\0\0\1")[1:]]


def _kind(unit: bytes) -> int:
    return unit[0] >> 1 & 0x3F


def _configuration(sets: list[bytes]) -> bytes:
    """HEVCDecoderConfigurationRecord of 8-bit 4:2:0: ISO/IEC 14496-15, 8.3.2.1; profile and level as in the SPS."""
    # Behind the unit's two bytes of header; 00 00 03 is an escaped 00 00 (H.265, 7.3.1.1 and 7.3.2.2).
    sps = sets[1][2:].replace(b"\0\0\3", b"\0\0")
    nested, profile_tier_level = sps[0] & 1, sps[1:13]
    record = b"\1" + profile_tier_level
    # Spatial segmentation and parallelism unknown, 4:2:0, 8 bits each, no frame rate, one layer, lengths of 4 bytes.
    record += bytes([0xF0, 0x00, 0xFC, 0xFC | 1, 0xF8, 0xF8, 0, 0, 1 << 3 | nested << 2 | 3, len(sets)])
    for unit in sets:
        record += struct.pack(">BHH", 0x80 | _kind(unit), 1, len(unit)) + unit
    return record
