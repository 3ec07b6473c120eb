"""Writing pictures."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from relens.atomic import atomic_file
from relens.errors import FileError, RelensError, ValueRangeError
from relens.photo.exif import exif_to_write, load_exif
from relens.photo.writable import Writable
from relens.photo.write_display import write_jpeg, write_png, write_webp
from relens.photo.write_exr import write_exr
from relens.photo.write_tiff import write_tiff


@dataclass(frozen=True)
class _Format:
    write: Callable[[Path, Writable], None]
    bit_depths: tuple[int, ...]  # The first is the default.
    alpha: bool = True
    channels: bool = False


_PNG = _Format(write_png, (8, 16))
_JPEG = _Format(write_jpeg, (8,), alpha=False)
_TIFF = _Format(write_tiff, (8, 16, 32))
_WEBP = _Format(write_webp, (8,))
_EXR = _Format(write_exr, (16, 32), channels=True)
_FORMATS = {
    ".png": _PNG,
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".webp": _WEBP,
    ".exr": _EXR,
}
# Half a step of 8 bits: what rounding would make opaque anyway.
_OPAQUE = 1 - 0.5 / 255


def write_image(
    path: str | os.PathLike[str],
    linear: Float[np.ndarray, "h w 3"],
    alpha: Float[np.ndarray, "h w"] | None = None,
    *,
    bit_depth: int | None = None,
    exif: bytes = b"",
    depth_m: Float[np.ndarray, "h w"] | None = None,
    channels: Mapping[str, np.ndarray] | None = None,
) -> None:
    """Write linear light as a picture file, whole or not at all; the suffix chooses the format.

    | suffix | bit_depth (default first) | colour | alpha | depth |
    |---|---|---|---|---|
    | .png | 8, 16 | sRGB | straight | |
    | .jpg .jpeg | 8 | sRGB, quality 95, 4:4:4 | must be 1 | |
    | .tif .tiff | 8, 16, 32 (float) | sRGB; linear with a profile that says so in 32 | straight | |
    | .webp | 8 | sRGB, quality 95 | straight | |
    | .exr | 16 (half), 32 (float) | linear, Rec.709 primaries | premultiplied | channel Z, metres |

    Args:
        path: where to; the folder must exist.
        linear: (h, w, 3) linear light, sRGB primaries; premultiplied by `alpha` where that is given.
        alpha: (h, w) coverage 0..1; None, or 1 everywhere, writes no alpha channel.
        bit_depth: one of the table; None for the default.
        exif: an EXIF block, e.g. `Photo.exif`; orientation, size and colour space are set to fit.
        depth_m: (h, w) z-depth in metres; EXR only.
        channels: (h, w) each, more values of each pixel by the name their channel gets; EXR only.

    Raises FileError for a suffix it does not know or a folder that is missing, read-only or full; ValueRangeError for
    pixels that are not finite, shapes that differ, or a bit depth, alpha or depth that the format cannot hold.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in _FORMATS:
        raise FileError(target, f"unknown suffix {suffix or '(none)'}; expected one of {' '.join(_FORMATS)}")
    chosen = _FORMATS[suffix]
    if bit_depth is None:
        bit_depth = chosen.bit_depths[0]
    if bit_depth not in chosen.bit_depths:
        allowed = " or ".join(str(bits) for bits in chosen.bit_depths)
        raise ValueRangeError("bit_depth", bit_depth, f"{allowed} for {suffix}")
    linear, alpha = _checked(linear, alpha)
    channels = _checked_channels({**({} if depth_m is None else {"Z": depth_m}), **(channels or {})}, linear)
    if alpha is not None and not chosen.alpha:
        raise FileError(target, f"{suffix} cannot hold transparency; write .png, .webp, .tif or .exr")
    if channels and not chosen.channels:
        raise FileError(
            target, f"{suffix} cannot hold {'depth' if 'Z' in channels else ', '.join(channels)}; write .exr"
        )
    height, width = linear.shape[:2]
    block = exif_to_write(load_exif(exif), width, height)
    with atomic_file(target) as temporary:
        try:
            chosen.write(temporary, Writable(linear, alpha, bit_depth, block, channels))
        except (RelensError, OSError):
            raise
        except Exception as error:  # Encoders raise errors of every kind; see stored.decoding.
            raise FileError(target, f"cannot be encoded as {suffix} ({' '.join(str(error).split())[:120]})") from error


def _checked(linear, alpha) -> tuple[np.ndarray, np.ndarray | None]:
    linear = np.asarray(linear, np.float32)
    if linear.ndim != 3 or linear.shape[2] != 3 or linear.size == 0:
        raise ValueRangeError("linear", linear.shape, "a picture of shape (h, w, 3) with at least one pixel")
    # A sum carries NaN and infinity along and needs no temporary.
    if not np.isfinite(linear.sum(dtype=np.float64)):
        raise ValueRangeError("linear", "NaN or infinity", "finite light")
    if alpha is not None:
        alpha = np.asarray(alpha, np.float32)
        if alpha.shape != linear.shape[:2]:
            raise ValueRangeError("alpha", alpha.shape, f"the size of the picture, {linear.shape[:2]}")
        if not np.isfinite(alpha.sum(dtype=np.float64)):
            raise ValueRangeError("alpha", "NaN or infinity", "0 to 1")
        alpha = None if alpha.min() >= _OPAQUE else alpha
    return linear, alpha


def _checked_channels(channels: Mapping[str, np.ndarray], linear: np.ndarray) -> dict[str, np.ndarray]:
    checked = {name: np.asarray(values, np.float32) for name, values in channels.items()}
    for name, values in checked.items():
        if values.shape != linear.shape[:2]:
            name = "depth_m" if name == "Z" else name
            raise ValueRangeError(name, values.shape, f"the size of the picture, {linear.shape[:2]}")
    return checked
