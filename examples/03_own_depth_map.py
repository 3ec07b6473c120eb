"""Depth from elsewhere: an array of metres, one value a pixel, at any resolution of the photo's aspect.

Here it is a sphere before a wall, which has nothing to do with the photo: the blur follows the depth that you give.
NaN, zero and negative values are unknown and get filled; infinity is the sky. Writes own-depth.jpg.
"""

from pathlib import Path

import numpy as np
import tyro
from sample import sample_photo

import relens


def main(size: int = 1200, out: Path = Path("out/examples")) -> None:
    """Size: width of photo and picture in pixels; out: the folder it goes to."""
    photo = sample_photo(size)
    width = 240
    height = round(width * photo.height_px / photo.width_px)
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    from_middle = np.hypot((columns + 0.5) / width - 0.5, ((rows + 0.5) / height - 0.5) * height / width)
    # A sphere of 0.3 picture widths, 1 m away at its nearest; the wall is at 3 m.
    metres = np.where(from_middle < 0.3, 1.3 - np.sqrt(np.maximum(0.3**2 - from_middle**2, 0)), 3.0)

    scene = relens.lift(photo, depth=metres, matte=None)
    lens = relens.Lens(focal_length_mm=85, f_number=1.4, focus_distance_m=1.0)
    picture = relens.shoot(scene, lens)
    out.mkdir(parents=True, exist_ok=True)
    relens.write_picture(picture, out / "own-depth.jpg")


if __name__ == "__main__":
    tyro.cli(main)
