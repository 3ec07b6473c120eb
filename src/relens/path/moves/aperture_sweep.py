"""Aperture sweep: the lens is stopped down, or opened up, while everything else stays."""

from dataclasses import dataclass

from relens.lens import Lens
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.path.moves.aims import aim_of
from relens.ranges import number, positive
from relens.scene import Scene


@dataclass(frozen=True)
class ApertureSweep:
    """The f-number goes evenly in stops, slow at both ends. The exposure stays: here f-numbers change blur alone.

    Attributes:
        seconds: of the sweep itself, without what it holds.
        f_from, f_to: f-numbers; None for the lens's own.
        focus: what stays in focus: `subject`, a pixel of the photo (`1200,800`), a distance (`1.2m`) or `inf`.
        hold_s: how long it rests at each end.
    """

    seconds: float = 4.0
    f_from: float | None = None
    f_to: float | None = 16.0
    focus: str = "subject"
    hold_s: float = 0.5

    def __post_init__(self) -> None:
        positive("seconds", self.seconds, "a positive number of seconds")
        number("hold_s", self.hold_s, "0 to 3600 seconds", 0, 3600)
        for name in ("f_from", "f_to"):
            if (f_number := getattr(self, name)) is not None:
                number(name, f_number, "0.5 to 128", 0.5, 128)
        aim_of("focus", self.focus)

    def __call__(self, scene: Scene, lens: Lens) -> CameraPath:
        """The path; a T-stop goes along with the f-number, so that the glass keeps its light."""
        first, last = (lens.f_number if f_number is None else f_number for f_number in (self.f_from, self.f_to))
        start = Keyframe(0, focus=aim_of("focus", self.focus), lens=_stopped(lens, first), ease="in-out",
                         hold_s=self.hold_s)  # fmt: skip
        end = Keyframe(self.hold_s + self.seconds, lens=_stopped(lens, last), hold_s=self.hold_s)
        return CameraPath((start, end))


def _stopped(lens: Lens, f_number: float) -> dict[str, float]:
    if lens.t_stop is None:
        return {"f_number": f_number}
    return {"f_number": f_number, "t_stop": f_number * lens.t_stop / lens.f_number}
