"""Background: another picture behind what is kept."""

import math
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from relens.edit.extract import Extract
from relens.edit.selection import Where
from relens.errors import FileError, ValueRangeError
from relens.ranges import number
from relens.scene import Scene


@dataclass(frozen=True)
class Background:
    """Put another picture behind the subject.

    Attributes:
        image: the picture; it covers the photo, its middle in the photo's, and goes on mirrored in the border.
        distance_m: how far away it stands, "inf" for the sky; lenses blur it by that.
        where: what to keep before it.
    """

    image: Path
    distance_m: float = 10.0
    where: Where = field(default_factory=lambda: Where(subject=True))

    def __call__(self, scene: Scene) -> Scene:
        """The scene with all layers transparent but for what is kept, and the picture for its last one.

        Raises ValueRangeError where the picture would stand before what is kept, or the last layer is kept; FileError
        for a picture that cannot be read or that is transparent; and as `select` does.
        """
        from relens.photo import read_photo

        tiny = np.finfo(float).tiny
        distance_m = number("distance_m", self.distance_m, "more than 0, or infinity", tiny)
        kept = Extract(self.where)(scene)
        rear = kept.layers[-1]
        if rear.rgba[..., 3].any():
            raise ValueRangeError("where", f"{rear.name}, the last layer", "something before it; that is replaced")
        farthest = min(float(layer.inverse_depth[layer.rgba[..., 3] > 0].min(initial=np.inf)) for layer in kept.layers)
        if 1 / distance_m > farthest:
            reached = math.ceil(100 / farthest) / 100 if farthest > 0 else math.inf
            raise ValueRangeError("distance_m", f"{distance_m:g}", f"at least {reached:g}, as far as what is kept goes")
        photo = read_photo(self.image)
        if photo.alpha is not None and photo.alpha.min() < 1:
            raise FileError(self.image, "is transparent in part; expected a picture that covers all")
        page = np.ones(rear.rgba.shape, np.float32)
        page[..., :3] = _covering(np.maximum(photo.linear, 0), scene)
        return kept.with_layer(replace(rear, rgba=page, inverse_depth=np.full_like(rear.inverse_depth, 1 / distance_m)))


def _covering(picture: Float32[np.ndarray, "_ _ 3"], scene: Scene) -> Float32[np.ndarray, "h w 3"]:
    """The picture scaled to cover the photo, middle on middle; what it lacks of the border, mirrored."""
    import cv2

    k, border_px = scene.camera.intrinsics, scene.border_px
    scale = max(k.width_px / picture.shape[1], k.height_px / picture.shape[0])
    wide, tall = max(round(picture.shape[1] * scale), k.width_px), max(round(picture.shape[0] * scale), k.height_px)
    mode = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = np.maximum(cv2.resize(picture, (wide, tall), interpolation=mode), 0)
    left, top = border_px - (wide - k.width_px) // 2, border_px - (tall - k.height_px) // 2
    height, width = k.height_px + 2 * border_px, k.width_px + 2 * border_px
    right, bottom = width - left - wide, height - top - tall
    scaled = scaled[max(0, -top) : tall - max(0, -bottom), max(0, -left) : wide - max(0, -right)]
    margins = max(0, top), max(0, bottom), max(0, left), max(0, right)
    return cv2.copyMakeBorder(scaled, *margins, cv2.BORDER_REFLECT)
