"""Dolly zoom: the camera goes back and zooms in, so that the subject stays as it is and the world behind it grows."""

from dataclasses import dataclass
from typing import Literal

from relens.errors import ValueRangeError
from relens.lens import Lens
from relens.path.camera_path import CameraPath
from relens.path.keyframe import Keyframe
from relens.path.moves.aims import place_aim_of, point_of
from relens.path.moves.amount import amount_m
from relens.path.shots import Shots, shots
from relens.ranges import number, positive
from relens.render.aim import Aim
from relens.scene import Scene

# Between so many the size is kept to 3 in 10,000, a tenth of a pixel of a face in full HD.
_KEYFRAMES = 25
# Times as far away at most, or as near.
_BEST = {"out": 2.0, "in": 0.7}


@dataclass(frozen=True)
class DollyZoom:
    """The camera goes along its axis and zooms against it: what is as far away as the subject keeps place and size.

    Out, a close portrait flattens and the room behind it comes near; in, the face grows deep and the room falls back,
    but then the picture sees past the photo's frame and soon shows its end.

    Attributes:
        seconds: from the photo's place to the end.
        travel_mm: how far; None for four fifths of what is safe.
        direction: `out` or `in`.
        about: what keeps its size: `subject`, or a pixel of the photo (`1200,800`).
        hold_s: how long it stays at the end.
    """

    seconds: float = 4.0
    travel_mm: float | None = None
    direction: Literal["out", "in"] = "out"
    about: str = "subject"
    hold_s: float = 0.5

    def __post_init__(self) -> None:
        positive("seconds", self.seconds, "a positive number of seconds")
        number("hold_s", self.hold_s, "0 to 3600 seconds", 0, 3600)
        if self.travel_mm is not None:
            positive("travel_mm", self.travel_mm, "a positive number of millimetres")
        if self.direction not in _BEST:
            raise ValueRangeError("direction", repr(self.direction), "out or in")
        place_aim_of("about", self.about)

    def __call__(self, scene: Scene, lens: Lens) -> CameraPath:
        """The path. Raises ValueRangeError for a travel past the subject, and as `amount_m` and `point_of` do."""
        x, y, z = point_of("about", self.about, scene).tolist()
        if self.direction == "in" and self.travel_mm is not None and 1e-3 * self.travel_mm >= z:
            raise ValueRangeError("travel_mm", self.travel_mm, f"less than the {1e3 * z:.0f} mm to {self.about}")

        def look(travel_m: float) -> Shots:
            path = self._path(z, travel_m, Aim(point_m=(x, y, z)))
            return shots(path, scene, lens=lens, fps=1 / self.seconds)[1:2]

        travel_m = amount_m(self.travel_mm, "travel_mm", scene, look, abs(_BEST[self.direction] - 1) * z)
        return self._path(z, travel_m, place_aim_of("about", self.about))

    def _path(self, depth_m: float, travel_m: float, focus: Aim) -> CameraPath:
        """Image distance over distance stays: fx / z. Both go by equal factors at once, since fields of view do."""
        end_m = depth_m + travel_m * (1 if self.direction == "out" else -1)
        last = _KEYFRAMES - 1
        keyframes = []
        for index in range(_KEYFRAMES):
            away_m = depth_m * (end_m / depth_m) ** _smooth(index / last)
            key = Keyframe(
                self.seconds * index / last,
                (0.0, 0.0, depth_m - away_m),
                zoom=away_m / depth_m,
                focus=focus,
                ease=_part_of_smooth(index / last, (index + 1) / last) if index < last else "linear",
                hold_s=self.hold_s if index == last else 0.0,
            )
            keyframes.append(key)
        return CameraPath(tuple(keyframes))


def _smooth(share: float) -> float:
    """The way after a share of the time, from rest to rest."""
    return share * share * (3 - 2 * share)


def _part_of_smooth(begin: float, end: float) -> tuple[float, float, float, float]:
    """The ease that is a part of that curve: a cubic too, and so exactly a Bezier curve."""
    scale = (end - begin) / (_smooth(end) - _smooth(begin)) / 3
    first, last = (6 * share * (1 - share) * scale for share in (begin, end))
    return 1 / 3, first, 2 / 3, 1 - last
