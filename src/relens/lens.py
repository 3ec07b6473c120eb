"""The thin lens: pupil, circle of confusion and depth of field, in real units."""

import math
from dataclasses import dataclass, field
from typing import overload

import numpy as np
from jaxtyping import Float

from relens.aperture import Aperture
from relens.errors import ValueRangeError
from relens.ranges import number, positive

# The classic print criterion: a blur disc of 1/1500 of the picture's diagonal still looks sharp.
_SHARP_FRACTION_OF_DIAGONAL = 1 / 1500


@dataclass(frozen=True)
class Lens:
    """A thin lens in front of the photo's image plane (framing "photo": the field of view stays the photo's).

    | name | unit | range | meaning |
    |---|---|---|---|
    | focal_length_mm | mm | 1 to 2000 | with f_number gives the entrance pupil, D = focal length / f-number |
    | f_number | | 0.5 to 128 | relative aperture |
    | focus_distance_m | m | > focal length, inf allowed | z-distance of the sharp plane from the pupil |
    | aperture | | | the pupil's outline |

    Convention: breathing is off, the framing does not change with focus. A camera whose image-side distance is fx
    pixels blurs a point at depth z into a disc of c = fx D |1/z - 1/F| pixels across (docs/conventions.md).

    Raises ValueRangeError outside these ranges.
    """

    focal_length_mm: float
    f_number: float
    focus_distance_m: float = math.inf
    aperture: Aperture = field(default_factory=Aperture)

    def __post_init__(self) -> None:
        focal_length_mm = number("focal_length_mm", self.focal_length_mm, "1 to 2000 mm", 1, 2000)
        f_number = number("f_number", self.f_number, "0.5 to 128", 0.5, 128)
        beyond = f"a distance beyond the focal length ({focal_length_mm / 1e3:g} m), or inf"
        focus_distance_m = number("focus_distance_m", self.focus_distance_m, beyond)
        if focus_distance_m * 1e3 <= focal_length_mm:
            raise ValueRangeError("focus_distance_m", focus_distance_m, beyond)
        if not isinstance(self.aperture, Aperture):
            raise ValueRangeError("aperture", repr(self.aperture), "a relens Aperture")
        object.__setattr__(self, "focal_length_mm", focal_length_mm)
        object.__setattr__(self, "f_number", f_number)
        object.__setattr__(self, "focus_distance_m", focus_distance_m)

    @property
    def pupil_diameter_m(self) -> float:
        """Diameter of the entrance pupil, D = f / N."""
        return self.focal_length_mm * 1e-3 / self.f_number

    @property
    def focus_inverse_m(self) -> float:
        """Inverse depth of the plane of focus, 1/m; 0 at infinity."""
        return 1.0 / self.focus_distance_m

    @overload
    def coc_px(self, inverse_depth: float, fx_px: float) -> float: ...

    @overload
    def coc_px(self, inverse_depth: Float[np.ndarray, "*s"], fx_px: float) -> Float[np.ndarray, "*s"]: ...

    def coc_px(self, inverse_depth: Float[np.ndarray, "*s"] | float, fx_px: float) -> Float[np.ndarray, "*s"] | float:
        """Diameter of the circle of confusion in pixels for inverse depths in 1/m: c = fx D |1/z - 1/F|.

        Behind a thin lens focused at F the image plane lies at v = f F / (F - f), and a point at z comes to its focus
        at v_z = f z / (z - f). Its cone of light, D wide at the pupil, is D |v - v_z| / v_z = v D |1/z - 1/F| wide on
        that plane; the framing convention takes v for fx pixels. Source: Potmesil and Chakravarty, SIGGRAPH 1981.

        Raises ValueRangeError unless fx_px > 0.
        """
        blur_px = np.abs(np.asarray(inverse_depth) - self.focus_inverse_m) * self._blur_px_m(fx_px)
        return blur_px if blur_px.ndim else float(blur_px)

    def depth_of_field_m(self, fx_px: float, sharp_px: float) -> tuple[float, float]:
        """Near and far limit between which the circle of confusion stays at or under `sharp_px`; far may be inf.

        Raises ValueRangeError unless fx_px > 0 and sharp_px > 0.
        """
        slack = positive("sharp_px", sharp_px, "a positive blur diameter in pixels") / self._blur_px_m(fx_px)
        far_inverse = self.focus_inverse_m - slack
        return 1 / (self.focus_inverse_m + slack), 1 / far_inverse if far_inverse > 0 else math.inf

    def hyperfocal_m(self, fx_px: float, sharp_px: float) -> float:
        """Focus distance whose far limit just reaches infinity. Raises ValueRangeError unless both are positive."""
        return self._blur_px_m(fx_px) / positive("sharp_px", sharp_px, "a positive blur diameter in pixels")

    def _blur_px_m(self, fx_px: float) -> float:
        """Blur diameter in pixels for each 1/m of distance from the plane of focus."""
        return positive("fx_px", fx_px, "a positive focal length in pixels") * self.pupil_diameter_m


def sharp_limit_px(diagonal_px: float) -> float:
    """Largest blur disc that still looks sharp at normal viewing size: 1/1500 of the diagonal, in pixels."""
    return diagonal_px * _SHARP_FRACTION_OF_DIAGONAL
