"""Move the camera: 4 cm to the right, looking back at the subject. What was hidden behind it comes into view.

`lift` fills hidden surfaces as far as `reach_m` asks for: the pupil's radius and the camera's move together.
Writes view-left.png and view-right.png; where a view looks past the filled border, it is transparent.
"""

import math
from pathlib import Path

import tyro
from sample import sample_photo

import relens
from relens.render.focus import subject_depth_m

STEP_M = 0.04


def main(size: int = 1200, out: Path = Path("out/examples")) -> None:
    """Size: width of photo and pictures in pixels; out: the folder they go to."""
    pupil_radius_m = 0.085 / 2.8 / 2
    scene = relens.lift(sample_photo(size), reach_m=STEP_M + pupil_radius_m)
    subject_m = subject_depth_m(scene)
    lens = relens.Lens(focal_length_mm=85, f_number=2.8, focus_distance_m=subject_m)
    engine = relens.open_engine(scene)
    out.mkdir(parents=True, exist_ok=True)
    for name, x_m in {"left": -STEP_M, "right": STEP_M}.items():
        camera = scene.camera.moved(x_m=x_m).turned(yaw_rad=-math.atan2(x_m, subject_m))
        relens.write_picture(relens.shoot(engine, lens, camera=camera), out / f"view-{name}.png")


if __name__ == "__main__":
    tyro.cli(main)
