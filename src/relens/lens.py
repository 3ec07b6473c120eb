"""The thin lens: pupil, circle of confusion and depth of field, in real units."""

import math
from dataclasses import dataclass, field
from typing import overload

import numpy as np
from jaxtyping import Float, Float64

from relens.aperture import Aperture
from relens.errors import ValueRangeError
from relens.ranges import number, positive

# The classic print criterion: a blur disc of 1/1500 of the picture's diagonal still looks sharp.
_SHARP_FRACTION_OF_DIAGONAL = 1 / 1500


@dataclass(frozen=True)
class Lens:
    """A thin lens with a pupil of any shape, its plane of focus and its colour errors, in real units.

    | name | unit | range | meaning | source |
    |---|---|---|---|---|
    | focal_length_mm | mm | 1 to 2000 | with f_number gives the entrance pupil, D = focal length / f-number | [1] |
    | f_number | | 0.5 to 128 | relative aperture | [1] |
    | focus_distance_m | m | > focal length, inf allowed | z-distance of the sharp plane from the pupil | [1] |
    | aperture | | | the pupil's outline and transmission (`relens.Aperture`) | |
    | tilt_rad | rad | -1.2 to 1.2 | the lens leans forward: the picture's lower part is focused nearer | [2] |
    | swing_rad | rad | -1.2 to 1.2 | the lens turns to the right: the picture's right part is focused nearer | [2] |
    | axial_colour | | -0.02 to 0.02 | (f_red - f_blue) / f: the colours focus at different distances | [3] |
    | lateral_colour | | -0.02 to 0.02 | (m_red - m_blue) / m: their images differ in size | [3] |
    | breathing | | | the image distance v = f F / (F - f) grows, the field narrows, as the focus comes nearer | [1] |
    | t_stop | | >= f_number, to 1000 | light lost in the glass: the picture darkens by (f_number / t_stop)^2 | [5] |
    | vignetting | | | the corners darken by what the cat's-eye cuts; else that is divided out | [4] |
    | sensor_width_mm | mm | 1 to 500 | the sensor's long side; gives the lens its field of view (`relens.framing`) | |

    Convention: the f-number changes the blur, never the exposure. A camera whose image-side distance is fx pixels
    blurs a point at depth z into a disc of c = fx D |1/z - 1/F| pixels across (docs/conventions.md). A tilted lens has
    its plane of focus through the hinge line, f / sin(tilt) below the pupil: its inverse depth is w(x, y) = 1/F + gx x
    + gy y in the pinhole's normalised coordinates, gy = sin(tilt) / f, gx = sin(swing) / f. Colour c focuses at w - s
    axial / (2 f) and is magnified by 1 + s lateral / 2, s = 1, 0, -1 for red, green, blue.

    Source: [1] Potmesil and Chakravarty, SIGGRAPH 1981. [2] Merklinger, Focusing the View Camera, 1996, the hinge rule.
    [3] Hecht, Optics, chromatic aberrations. [4] Nasse, Depth of Field and Bokeh, Carl Zeiss 2010. [5] Kingslake,
    Optics in Photography, SPIE 1992.

    Raises ValueRangeError outside these ranges.
    """

    focal_length_mm: float
    f_number: float
    focus_distance_m: float = math.inf
    aperture: Aperture = field(default_factory=Aperture)
    tilt_rad: float = 0.0
    swing_rad: float = 0.0
    axial_colour: float = 0.0
    lateral_colour: float = 0.0
    breathing: bool = False
    t_stop: float | None = None
    vignetting: bool = False
    sensor_width_mm: float = 36.0

    def __post_init__(self) -> None:
        focal_length_mm = number("focal_length_mm", self.focal_length_mm, "1 to 2000 mm", 1, 2000)
        f_number = number("f_number", self.f_number, "0.5 to 128", 0.5, 128)
        beyond = f"a distance beyond the focal length ({focal_length_mm / 1e3:g} m), or inf"
        focus_distance_m = number("focus_distance_m", self.focus_distance_m, beyond)
        if focus_distance_m * 1e3 <= focal_length_mm:
            raise ValueRangeError("focus_distance_m", focus_distance_m, beyond)
        if not isinstance(self.aperture, Aperture):
            raise ValueRangeError("aperture", repr(self.aperture), "a relens Aperture")
        checked: dict[str, float | bool | None] = {
            "focal_length_mm": focal_length_mm,
            "f_number": f_number,
            "focus_distance_m": focus_distance_m,
            "sensor_width_mm": number("sensor_width_mm", self.sensor_width_mm, "1 to 500 mm", 1, 500),
        }
        for name in ("tilt_rad", "swing_rad"):
            checked[name] = number(name, getattr(self, name), "-1.2 to 1.2 rad (69 degrees)", -1.2, 1.2)
        for name in ("axial_colour", "lateral_colour"):
            checked[name] = number(name, getattr(self, name), "-0.02 to 0.02 (2 %)", -0.02, 0.02)
        if self.t_stop is not None:
            checked["t_stop"] = number("t_stop", self.t_stop, f"the f-number ({f_number:g}) or more", f_number, 1000)
        for name in ("breathing", "vignetting"):
            if not isinstance(getattr(self, name), bool | np.bool_):
                raise ValueRangeError(name, getattr(self, name), "True or False")
            checked[name] = bool(getattr(self, name))
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def pupil_diameter_m(self) -> float:
        """Diameter of the entrance pupil, D = f / N."""
        return self.focal_length_mm * 1e-3 / self.f_number

    @property
    def focus_inverse_m(self) -> float:
        """Inverse depth of the plane of focus, 1/m; 0 at infinity."""
        return 1.0 / self.focus_distance_m

    @property
    def focus_gradient_per_m(self) -> tuple[float, float]:
        """How the inverse depth of the plane of focus changes with the normalised coordinates x and y, 1/m."""
        focal_length_m = self.focal_length_mm * 1e-3
        return math.sin(self.swing_rad) / focal_length_m, math.sin(self.tilt_rad) / focal_length_m

    def focus_inverse_at_m(
        self, x: Float[np.ndarray, "*#s"] | float, y: Float[np.ndarray, "*#s"] | float
    ) -> Float[np.ndarray, "*s"] | float:
        """Inverse depth of the plane of focus where the pinhole's normalised coordinates are x and y, 1/m.

        One number where the plane is upright; else of the shape of x and y together. At most 0 where a ray does not
        meet the plane before the lens.
        """
        gx, gy = self.focus_gradient_per_m
        return self.focus_inverse_m + gx * x + gy * y if gx or gy else self.focus_inverse_m

    @property
    def channel_focus_per_m(self) -> Float64[np.ndarray, "3"]:
        """What each colour's plane of focus lies nearer than the lens's, in inverse depth, 1/m."""
        return np.array([-1.0, 0.0, 1.0]) * (self.axial_colour / (2e-3 * self.focal_length_mm))

    @property
    def channel_magnification(self) -> Float64[np.ndarray, "3"]:
        """Size of each colour's image over the lens's."""
        return 1 + np.array([1.0, 0.0, -1.0]) * (self.lateral_colour / 2)

    @property
    def has_colour_error(self) -> bool:
        """Whether each colour has rays of its own."""
        return bool(self.axial_colour or self.lateral_colour)

    @property
    def breathing_scale(self) -> float:
        """Image distance over that of a focus at infinity, F / (F - f); 1 for a lens that does not breathe."""
        if not self.breathing or math.isinf(self.focus_distance_m):
            return 1.0
        return self.focus_distance_m / (self.focus_distance_m - self.focal_length_mm * 1e-3)

    @property
    def transmittance(self) -> float:
        """Part of the light that the glass lets through: (f_number / t_stop)^2, 1 without a T-stop."""
        return 1.0 if self.t_stop is None else (self.f_number / self.t_stop) ** 2

    @overload
    def coc_px(self, inverse_depth: float, fx_px: float, focus_inverse_m: float | None = None) -> float: ...

    @overload
    def coc_px(
        self,
        inverse_depth: Float[np.ndarray, "*s"],
        fx_px: float,
        focus_inverse_m: Float[np.ndarray, "*s"] | float | None = None,
    ) -> Float[np.ndarray, "*s"]: ...

    def coc_px(
        self,
        inverse_depth: Float[np.ndarray, "*s"] | float,
        fx_px: float,
        focus_inverse_m: Float[np.ndarray, "*s"] | float | None = None,
    ) -> Float[np.ndarray, "*s"] | float:
        """Diameter of the circle of confusion in pixels for inverse depths in 1/m: c = fx D |1/z - 1/F|.

        `focus_inverse_m` is the 1/F to use, for a tilted plane of focus (`focus_inverse_at_m`); else the axis's.
        Behind a thin lens focused at F the image plane lies at v = f F / (F - f), and a point at z comes to its focus
        at v_z = f z / (z - f). Its cone of light, D wide at the pupil, is D |v - v_z| / v_z = v D |1/z - 1/F| wide on
        that plane; the framing convention takes v for fx pixels. Source: Potmesil and Chakravarty, SIGGRAPH 1981.

        Raises ValueRangeError unless fx_px > 0.
        """
        focus_inverse_m = self.focus_inverse_m if focus_inverse_m is None else focus_inverse_m
        blur_px = np.abs(np.asarray(inverse_depth) - focus_inverse_m) * self._blur_px_m(fx_px)
        return blur_px if blur_px.ndim else float(blur_px)

    def depth_of_field_m(self, fx_px: float, sharp_px: float) -> tuple[float, float]:
        """Near and far limit on the axis between which the circle of confusion is at most `sharp_px`; far may be inf.

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
