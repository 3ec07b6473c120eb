"""A depth back-end of one's own: an object with the five members of `relens.depth.backend.Backend`.

This one knows the photo to be of a floor: distance falls from the horizon to the lower edge, the sky is above.
A network of yours would run in `estimate`. Writes own-backend.jpg.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tyro
from sample import sample_photo

import relens
from relens.depth.backend import Readiness
from relens.progress import Progress, silent


@dataclass(frozen=True)
class FlatGround:
    """The ground as a plane under a camera that looks level: z = fy h / (y - cy)."""

    camera_height_m: float = 1.5
    name: str = "flat-ground"
    licence: str = "Apache-2.0"
    repeatable: bool = False

    def readiness(self) -> Readiness:
        """It needs nothing."""
        return Readiness(usable=True, why="a plane needs no weights")

    def estimate(self, photo: relens.Photo, progress: Progress = silent) -> relens.Depth:
        """Inverse depth of the plane, 0 (infinity) from the horizon up, at the photo's resolution."""
        k = photo.intrinsics
        below_px = np.maximum(np.arange(k.height_px, dtype=np.float32) + 0.5 - k.cy_px, 0)
        inverse_depth = below_px / np.float32(k.fy_px * self.camera_height_m)
        plane = np.repeat(inverse_depth[:, None], k.width_px, axis=1)
        return relens.Depth(plane.astype(np.float32), self.name, licence=self.licence)


def main(size: int = 1200, out: Path = Path("out/examples")) -> None:
    """Size: width of photo and picture in pixels; out: the folder it goes to."""
    photo = sample_photo(size)
    scene = relens.lift(photo, depth=FlatGround(), matte=None)
    print(f"depth from {scene.depth_source}")
    lens = relens.Lens(focal_length_mm=85, f_number=1.4, focus_distance_m=5.0)
    out.mkdir(parents=True, exist_ok=True)
    relens.write_picture(relens.shoot(scene, lens), out / "own-backend.jpg")


if __name__ == "__main__":
    tyro.cli(main)
