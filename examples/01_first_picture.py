"""Lift the sample portrait and photograph it again with an 85 mm f/1.4 lens focused on the face.

Writes first-picture.jpg. Lifting is slow and shooting is quick, so lift once and shoot often.
"""

from pathlib import Path

import tyro
from sample import sample_photo

import relens
from relens.render.focus import subject_depth_m


def main(size: int = 1200, out: Path = Path("out/examples")) -> None:
    """Size: width of photo and picture in pixels; out: the folder it goes to."""
    photo = sample_photo(size)
    scene = relens.lift(photo)
    lens = relens.Lens(focal_length_mm=85, f_number=1.4, focus_distance_m=subject_depth_m(scene))
    picture = relens.shoot(scene, lens, samples=64, seed=0)
    out.mkdir(parents=True, exist_ok=True)
    relens.write_picture(picture, out / "first-picture.jpg")


if __name__ == "__main__":
    tyro.cli(main)
