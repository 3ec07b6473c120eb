"""StereoPair: how the pictures of two eyes share a frame."""

from dataclasses import dataclass
from typing import Literal

from relens.camera import Camera
from relens.errors import ValueRangeError
from relens.export.stereo import eyes
from relens.moving_camera import MovingCamera
from relens.ranges import number

StereoLayout = Literal["side-by-side", "anaglyph"]
STEREO_LAYOUTS: tuple[StereoLayout, ...] = ("side-by-side", "anaglyph")


@dataclass(frozen=True)
class StereoPair:
    """A film for two eyes.

    Convention: the convergence stays where it is through the whole film. Eyes that have to follow a moving one tire.

    Attributes:
        layout: side by side, full width each, the left eye's on the left; or one picture for red and cyan glasses.
        baseline_m: between the eyes.
        convergence_m: the z-depth that lies on the screen; nearer things come out of it.

    Raises ValueRangeError for another layout, and distances that are not positive.
    """

    layout: StereoLayout
    baseline_m: float
    convergence_m: float

    def __post_init__(self) -> None:
        if self.layout not in STEREO_LAYOUTS:
            raise ValueRangeError("stereo", repr(self.layout), f"one of {', '.join(STEREO_LAYOUTS)}")
        for name, low, high, expected in (
            ("baseline_m", 1e-6, 10.0, "metres between the eyes, over 0 to 10"),
            ("convergence_m", 1e-6, float("inf"), "a positive distance, or inf"),
        ):
            object.__setattr__(self, name, number(name, getattr(self, name), expected, low, high))

    @property
    def pictures_across(self) -> int:
        """How many pictures stand side by side in a frame."""
        return 2 if self.layout == "side-by-side" else 1

    def cameras(self, camera: Camera | MovingCamera) -> tuple[Camera | MovingCamera, Camera | MovingCamera]:
        """The left eye's and the right eye's."""
        if isinstance(camera, Camera):
            return eyes(camera, self.baseline_m, self.convergence_m)
        opening, closing = (eyes(end, self.baseline_m, self.convergence_m) for end in (camera.opening, camera.closing))
        return MovingCamera(opening[0], closing[0]), MovingCamera(opening[1], closing[1])
