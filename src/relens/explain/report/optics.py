"""The thin lens of the shot in millimetres and metres: what the diagram draws."""

import math
from dataclasses import dataclass, replace

from relens.explain.report.taken import Taken
from relens.lens import Lens, sharp_limit_px

# f-numbers of the slider, from closed to open: the full stops, f/1.4 and f/1.2.
STOPS = (16.0, 11.0, 8.0, 5.6, 4.0, 2.8, 2.0, 1.4, 1.2)


@dataclass(frozen=True)
class Optics:
    """A lens, the plane it is focused on, and the background it blurs.

    Convention: pixels are the photo's own; the image distance v stands for fx pixels (docs/conventions.md).

    Attributes:
        lens: focused.
        image_mm: from the pupil to the sensor, v = f F / (F - f).
        background_m: z-depth of the background point; inf allowed.
        background_image_mm: where that point comes to its own focus, f z / (z - f).
        coc_mm: diameter of its circle of confusion on the sensor, D |v - v_z| / v_z.
        coc_px: the same in pixels of the photo.
        near_m, far_m: limits between which the circle is at most `sharp_px`; far may be inf.
        sharp_px: 1/1500 of the diagonal.
        hyperfocal_m: focus distance whose far limit just reaches infinity.
        mm_per_px: of the sensor, v / fx.
    """

    lens: Lens
    image_mm: float
    background_m: float
    background_image_mm: float
    coc_mm: float
    coc_px: float
    near_m: float
    far_m: float
    sharp_px: float
    hyperfocal_m: float
    mm_per_px: float

    @property
    def depth_of_field_cm(self) -> float:
        """From the near to the far limit; inf where the far one is."""
        return (self.far_m - self.near_m) * 100


def optics_of(taken: Taken, lens: Lens | None = None) -> Optics:
    """The thin lens of a shot; with another lens, what it would do in the same place."""
    lens, k = lens or taken.lens, taken.scene.camera.intrinsics
    image_mm = image_distance_mm(lens.focal_length_mm, lens.focus_distance_m)
    background_image_mm = image_distance_mm(lens.focal_length_mm, taken.background_m)
    sharp_px = sharp_limit_px(k.diagonal_px)
    near_m, far_m = lens.depth_of_field_m(k.fx_px, sharp_px)
    return Optics(
        lens,
        image_mm,
        taken.background_m,
        background_image_mm,
        lens.pupil_diameter_m * 1e3 * abs(image_mm - background_image_mm) / background_image_mm,
        lens.coc_px(1 / taken.background_m, k.fx_px),
        near_m,
        far_m,
        sharp_px,
        lens.hyperfocal_m(k.fx_px, sharp_px),
        image_mm / k.fx_px,
    )


def image_distance_mm(focal_length_mm: float, distance_m: float) -> float:
    """Where a thin lens images a point at a distance beyond its focal length: f z / (z - f). Source: Gauss, 1841."""
    if math.isinf(distance_m):
        return focal_length_mm
    return focal_length_mm * distance_m * 1e3 / (distance_m * 1e3 - focal_length_mm)


def stops_of(lens: Lens) -> tuple[Lens, ...]:
    """The lens at every stop of the slider and at its own, from closed to open."""
    f_numbers = sorted({*STOPS, lens.f_number}, reverse=True)
    # A lens of known transmission loses the same share of light at every stop.
    loss = lens.t_stop / lens.f_number if lens.t_stop else None
    return tuple(replace(lens, f_number=n, t_stop=None if loss is None else n * loss) for n in f_numbers)
