"""LaMa: a learned inpainter, as a TorchScript file that the user has, in the place of patches.

Source: Suvorov et al., "Resolution-robust Large Mask Inpainting with Fourier Convolutions", WACV 2022 (code and weights
Apache-2.0). Its exports take an image (1, 3, h, w) and a mask (1, 1, h, w), 1 where to paint, and return an image.
"""

import os
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, Int32

from relens.errors import FileError, MissingPackageError
from relens.lift.inpaint import inpaint
from relens.lift.inpainter import Inpainter
from relens.photo import srgb_decode, srgb_encode

# The network is trained on small pictures, and its sides have to be multiples of this.
_MOST_PX, _MULTIPLE_PX = 1024, 8
# What it sees around what it paints, as a share of that.
_CONTEXT = 0.5


def load_lama(path: str | os.PathLike[str]) -> Inpainter:
    """The inpainter in a TorchScript file, for `lift(..., inpainter=...)`.

    It sees the sources only and paints everything else; where a picture is larger than 1024 pixels it paints that
    small, and `inpaint` adds the detail. Raises FileError for a file that is no such network; MissingPackageError
    without torch.
    """
    try:
        import torch
    except ImportError:
        raise MissingPackageError("torch", "the inpainter LaMa", "pip install torch") from None
    file = Path(path)
    if not file.is_file():
        raise FileError(file, "no such file; expected LaMa as TorchScript")
    try:
        network = torch.jit.load(str(file), map_location="cpu").eval()
    except RuntimeError:
        raise FileError(file, "is not TorchScript; expected LaMa exported by torch.jit") from None

    def paint(encoded: Float32[np.ndarray, "h w 3"], mask: Bool[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w 3"]:
        image = torch.from_numpy(np.ascontiguousarray(encoded.transpose(2, 0, 1)[None]))
        hole = torch.from_numpy(mask[None, None].astype(np.float32))
        try:
            with torch.inference_mode():
                painted = network(image * (1 - hole), hole)
            return np.ascontiguousarray(painted[0].numpy().transpose(1, 2, 0), np.float32).reshape(encoded.shape)
        except (RuntimeError, ValueError, TypeError, AttributeError, IndexError) as error:
            what = str(error).strip().splitlines()[-1]
            raise FileError(file, f"does not take an image and a mask as LaMa does ({what})") from None

    def inpaint_with_lama(
        smooth: Float32[np.ndarray, "h w 3"],
        sources: Int32[np.ndarray, "h w"],
        wanted: Int32[np.ndarray, "h w"],
        *,
        seed: int = 0,
    ) -> Float32[np.ndarray, "h w 3"]:
        known = (sources > 0) & (wanted == 0)
        if not known.any() or not (wanted > 0).any():
            return smooth.copy()
        window = _around(wanted > 0)
        inner = smooth[window]
        size = _size_px(inner.shape[0], inner.shape[1])
        painted = _at(paint(_at(srgb_encode(np.clip(inner, 0, 1)), size), ~_known_at(known[window], size)), inner.shape)
        painted = srgb_decode(np.clip(painted, 0, 1)).astype(np.float32)
        result = smooth.copy()
        result[window] = np.where((wanted[window] > 0)[..., None], painted, inner)
        return result if size[0] >= inner.shape[0] else inpaint(result, sources, wanted, seed=seed)

    return inpaint_with_lama


def _around(mask: Bool[np.ndarray, "h w"]) -> tuple[slice, slice]:
    import cv2

    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    room = _MULTIPLE_PX + round(_CONTEXT * max(width, height))
    return slice(max(0, top - room), top + height + room), slice(max(0, left - room), left + width + room)


def _size_px(height: int, width: int) -> tuple[int, int]:
    """The size the network sees: at least the picture's, to a multiple, if that is not too large."""
    shrunk = min(1.0, _MOST_PX / max(height, width))
    tall, wide = (-(-round(side * shrunk) // _MULTIPLE_PX) * _MULTIPLE_PX for side in (height, width))
    return tall, wide


def _at(picture: Float32[np.ndarray, "_ _ 3"], shape: tuple[int, ...]) -> Float32[np.ndarray, "_ _ 3"]:
    import cv2

    mode = cv2.INTER_AREA if shape[0] < picture.shape[0] else cv2.INTER_CUBIC
    return cv2.resize(np.ascontiguousarray(picture, np.float32), (shape[1], shape[0]), interpolation=mode)


def _known_at(known: Bool[np.ndarray, "_ _"], shape: tuple[int, int]) -> Bool[np.ndarray, "h w"]:
    """Known where all of what a pixel covers is."""
    import cv2

    share = cv2.resize(known.astype(np.float32), (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return share > 0.999
