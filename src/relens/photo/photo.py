"""Photo: one photograph in linear light with everything its file knows about geometry."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

import numpy as np
from jaxtyping import Float32

from relens.camera import Intrinsics
from relens.photo.lens_distortion import LensDistortion


@dataclass(frozen=True)
class SourceFile:
    """The encoded file a photo came from, kept so that a scene can carry its source along."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class EmbeddedDepth:
    """A depth map that the phone stored inside the photo, upright, at its own resolution.

    Attributes:
        inverse_depth: (h, w), 1/m where accuracy is "absolute"; NaN where the phone has no value.
        accuracy: "absolute" is metric; "relative" is metric up to scale.
    """

    inverse_depth: Float32[np.ndarray, "h w"]
    accuracy: Literal["absolute", "relative"]


@dataclass(frozen=True)
class Capture:
    """What the camera recorded about the shot; None where the file does not say."""

    make: str | None = None
    model: str | None = None
    focal_length_mm: float | None = None
    focal_length_35mm: float | None = None
    f_number: float | None = None
    taken_at: str | None = None


@dataclass(frozen=True)
class Photo:
    """A photograph, upright, in linear light.

    Attributes:
        linear: (h, w, 3) float32, scene-referred linear light, sRGB primaries, straight (not premultiplied).
        intrinsics: pinhole geometry with the source of its numbers.
        other_intrinsics: what less trusted sources say of it, best first; a mere default is not among them.
        alpha: (h, w) coverage where the file has transparency, else None. Nothing is composited.
        embedded_depth: the phone's depth map, else None.
        mattes: the phone's mattes at their own resolution, 0 to 1, by name: "portrait", "hair", "skin", ...
        distortion: how the lens bent the picture, where the file says and it did; nothing is straightened by itself.
        capture: make, model, focal length and aperture.
        exif: raw EXIF block with the orientation reset to upright, for writing on.
        file: the encoded source.
        encoding: what the file held, for people: e.g. "HEIC 8-bit Display P3".
        notes: what the user should know about what was read: what was damaged, cropped or left out, a line each.
    """

    linear: Float32[np.ndarray, "h w 3"]
    intrinsics: Intrinsics
    other_intrinsics: tuple[Intrinsics, ...] = ()
    alpha: Float32[np.ndarray, "h w"] | None = None
    embedded_depth: EmbeddedDepth | None = None
    mattes: Mapping[str, Float32[np.ndarray, "_ _"]] = field(default_factory=lambda: MappingProxyType({}))
    distortion: LensDistortion | None = None
    capture: Capture = Capture()
    exif: bytes = field(default=b"", repr=False)
    file: SourceFile | None = None
    encoding: str = "array"
    notes: tuple[str, ...] = ()

    def with_focal_length(self, fx_px: float) -> "Photo":
        """The photo with the user's focal length (pixels); the principal point and the pixels' aspect stay."""
        known = self.intrinsics
        chosen = replace(known, fx_px=fx_px, fy_px=fx_px * known.fy_px / known.fx_px, source="user")
        others = self.other_intrinsics if known.source.startswith("default") else (known, *self.other_intrinsics)
        return replace(self, intrinsics=chosen, other_intrinsics=others)

    @property
    def width_px(self) -> int:
        """Width of the upright picture."""
        return self.linear.shape[1]

    @property
    def height_px(self) -> int:
        """Height of the upright picture."""
        return self.linear.shape[0]
