"""Matte: how much of each pixel the subject covers, from what the phone stored or the user gives."""

from typing import Literal

import numpy as np
from jaxtyping import Float, Float32

from relens.errors import ValueRangeError
from relens.photo import Photo

MatteInput = Literal["auto"] | Float[np.ndarray, "_ _"] | None

# Phone mattes are a little unsure of themselves at both ends.
_CERTAIN = 0.02
_ASPECT_TOLERANCE = 0.01


def find_matte(photo: Photo, matte: MatteInput = "auto") -> Float32[np.ndarray, "h w"] | None:
    """The subject's alpha at the photo's resolution, 0 to 1; None when there is no matte or it holds no subject.

    matte: "auto" takes the phone's portrait matte where the photo has one; an array is used as it is, at any resolution
        of the photo's aspect; None means that there is none.
    Raises ValueRangeError for an array of another aspect, or with values that are not 0 to 1.
    """
    if matte is None:
        return None
    found = photo.mattes.get("portrait") if isinstance(matte, str) else np.asarray(matte, np.float32)
    if found is None:
        return None
    if (
        found.ndim != 2
        or abs(found.shape[0] * photo.width_px / (found.shape[1] * photo.height_px) - 1) > _ASPECT_TOLERANCE
    ):
        raise ValueRangeError("matte", found.shape, f"the aspect of the photo ({photo.height_px}, {photo.width_px})")
    if not (found.min() >= 0 and found.max() <= 1):
        raise ValueRangeError("matte", f"{found.min():g} to {found.max():g}", "coverage from 0 to 1")
    import cv2

    alpha = cv2.resize(found, (photo.width_px, photo.height_px), interpolation=cv2.INTER_CUBIC)
    alpha = np.clip((alpha - _CERTAIN) / (1 - 2 * _CERTAIN), 0, 1)
    return alpha if (alpha >= 1).any() and (alpha <= 0).any() else None
