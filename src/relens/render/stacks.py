"""Series of pictures in one call: focal stacks, aperture sweeps and light fields; the subject is prepared once."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from relens.camera import Camera
from relens.errors import ValueRangeError
from relens.framing import Framing
from relens.lens import Lens, sharp_limit_px
from relens.mesh import Mesh
from relens.progress import Progress, silent
from relens.ranges import number, whole
from relens.render.choose import open_engine
from relens.render.engine import Engine
from relens.render.picture import Picture
from relens.render.progressive import camera_of
from relens.render.sheared import sheared
from relens.render.shoot import shoot
from relens.scene import Scene

_MOST_SLICES = 1000


def focal_stack(
    subject: Scene | Mesh | Engine,
    lens: Lens,
    focus_distances_m: Sequence[float],
    *,
    camera: Camera | None = None,
    framing: Framing = "photo",
    samples: int | None = None,
    seed: int = 0,
    engine: str = "auto",
    progress: Progress = silent,
) -> Iterator[Picture]:
    """A picture for each focus distance, in their order. Raises as `relens.shoot`, before the first picture."""
    lenses = [replace(lens, focus_distance_m=distance_m) for distance_m in focus_distances_m]
    return _series(subject, [(lens, camera) for lens in lenses], framing, samples, seed, engine, progress)


def aperture_sweep(
    subject: Scene | Mesh | Engine,
    lens: Lens,
    f_numbers: Sequence[float],
    *,
    camera: Camera | None = None,
    framing: Framing = "photo",
    samples: int | None = None,
    seed: int = 0,
    engine: str = "auto",
    progress: Progress = silent,
) -> Iterator[Picture]:
    """A picture for each f-number, in their order, of the same light. Raises as `relens.shoot`."""
    lenses = [replace(lens, f_number=f_number) for f_number in f_numbers]
    return _series(subject, [(lens, camera) for lens in lenses], framing, samples, seed, engine, progress)


def light_field(
    subject: Scene | Mesh | Engine,
    count: int,
    baseline_m: float,
    *,
    focus_distance_m: float = math.inf,
    camera: Camera | None = None,
    engine: str = "auto",
    progress: Progress = silent,
) -> Iterator[Picture]:
    """Pinhole views, count x count, from a square grid, row by row from the upper left, all sharp.

    Convention: neighbours stand baseline_m apart, the grid's middle is `camera`. The views are sheared, not turned:
    what stands at focus_distance_m keeps its place in all of them, so that their mean is a picture focused there.

    Raises ValueRangeError unless count is 1 to 31 and baseline_m a positive number of metres under 1.
    """
    count = whole("grid", count, "1 to 31 views to a side", 1, 31)
    baseline_m = number("baseline_m", baseline_m, "metres between neighbours, 0 to 1", 0, 1)
    camera = camera or camera_of(subject)
    offsets_m = [baseline_m * (index - (count - 1) / 2) for index in range(count)]
    views = [sheared(camera, x_m, y_m, focus_distance_m) for y_m in offsets_m for x_m in offsets_m]
    # So small a pupil is a pinhole to every engine.
    pinhole = Lens(1, 128)
    return _series(subject, [(pinhole, view) for view in views], "photo", 1, 0, engine, progress)


def stack_distances(lens: Lens, fx_px: float, diagonal_px: float, nearest_m: float, farthest_m: float) -> list[float]:
    """Focus distances, near to far, whose depths of field touch, so that their stack is sharp from end to end.

    In inverse depth the depth of field reaches c / (fx D) to both sides of any focus, c the largest blur disc that
    looks sharp; the slices are evenly spaced there, at most twice that apart.

    Raises ValueRangeError unless 0 < nearest_m <= farthest_m, and for more than 1000 slices.
    """
    near_per_m = 1 / number("nearest_m", nearest_m, "a positive distance", 1e-6)
    far_per_m = 1 / number("farthest_m", farthest_m, f"a distance of at least {nearest_m:g} m", nearest_m)
    reach_per_m = sharp_limit_px(diagonal_px) / (fx_px * lens.pupil_diameter_m)
    slices = max(1, math.ceil((near_per_m - far_per_m) / (2 * reach_per_m)))
    if slices > _MOST_SLICES:
        raise ValueRangeError("slices", slices, f"at most {_MOST_SLICES}: stop down, or stack a shorter range")
    step = (near_per_m - far_per_m) / slices
    return [1 / (near_per_m - (number_of + 0.5) * step) for number_of in range(slices)]


def _series(
    subject: Scene | Mesh | Engine,
    shots: list[tuple[Lens, Camera | None]],
    framing: Framing,
    samples: int | None,
    seed: int,
    engine: str,
    progress: Progress,
) -> Iterator[Picture]:
    opened = open_engine(subject, engine) if isinstance(subject, Scene | Mesh) else subject
    own = None if all(camera for _, camera in shots) else camera_of(subject)

    def pictures() -> Iterator[Picture]:
        for index, (lens, camera) in enumerate(shots):
            # One bar for the whole series.
            def part(stage: str, fraction: float, done: int = index) -> None:
                progress(stage, (done + fraction) / len(shots))

            yield shoot(opened, lens, camera=camera or own, framing=framing, samples=samples, seed=seed, progress=part)

    return pictures()
