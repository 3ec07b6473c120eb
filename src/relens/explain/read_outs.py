"""Lens read-outs of a picture: what the numbers on a real lens would say, in the scene at hand."""

import math
from dataclasses import dataclass

import numpy as np

from relens.lens import Lens, sharp_limit_px
from relens.render.picture import Picture


@dataclass(frozen=True)
class ReadOuts:
    """Pupil, focus, sharpness and blur of one picture.

    Attributes:
        lens: what took it.
        nearest_m, farthest_m: z-depth of the nearest and the farthest visible thing; inf allowed.
        near_coc_px, far_coc_px: diameter of the circle of confusion there.
        sharp_near_m, sharp_far_m: on the axis, between them the circle of confusion is at most 1/1500 of the diagonal.
        hyperfocal_m: focused there, sharpness just reaches infinity.
        width_px: of the picture.
    """

    lens: Lens
    nearest_m: float
    farthest_m: float
    near_coc_px: float
    far_coc_px: float
    sharp_near_m: float
    sharp_far_m: float
    hyperfocal_m: float
    width_px: int

    def __str__(self) -> str:
        """One line, plain ASCII."""
        lens = self.lens
        return (
            f"{lens.focal_length_mm:g} mm f/{lens.f_number:g}, pupil {lens.pupil_diameter_m * 1e3:.1f} mm, "
            f"focus {metres(lens.focus_distance_m)}, sharp {metres(self.sharp_near_m)} to {metres(self.sharp_far_m)}, "
            f"hyperfocal {metres(self.hyperfocal_m)}, "
            f"blur {self._blur(self.near_coc_px)} at {metres(self.nearest_m)} "
            f"to {self._blur(self.far_coc_px)} at {metres(self.farthest_m)}"
        )

    def _blur(self, coc_px: float) -> str:
        return f"{coc_px:.1f} px ({coc_px / self.width_px:.2%} of the width)"


def read_outs(picture: Picture) -> ReadOuts:
    """The read-outs of a picture; NaN for near and far where it shows nothing at all."""
    k, lens = picture.camera.intrinsics, picture.lens
    nearest_m, farthest_m = float(np.fmin.reduce(picture.depth_m, None)), float(np.fmax.reduce(picture.depth_m, None))
    sharp_px = sharp_limit_px(k.diagonal_px)
    sharp_near_m, sharp_far_m = lens.depth_of_field_m(k.fx_px, sharp_px)
    return ReadOuts(
        lens=lens,
        nearest_m=nearest_m,
        farthest_m=farthest_m,
        near_coc_px=lens.coc_px(1 / nearest_m, k.fx_px),
        far_coc_px=lens.coc_px(1 / farthest_m, k.fx_px),
        sharp_near_m=sharp_near_m,
        sharp_far_m=sharp_far_m,
        hyperfocal_m=lens.hyperfocal_m(k.fx_px, sharp_px),
        width_px=k.width_px,
    )


def metres(distance_m: float) -> str:
    """A distance for people: three digits that count, e.g. 0.347 m, 12.3 m, inf."""
    if not math.isfinite(distance_m):
        return "inf" if distance_m > 0 else "nowhere"
    digits = max(0, 2 - math.floor(math.log10(distance_m))) if distance_m > 0 else 0
    return f"{distance_m:.{min(digits, 6)}f} m"
