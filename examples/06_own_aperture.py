"""An aperture of one's own: any image is a pupil. Here a heart, drawn as an array; lamps on the wall show it.

`ApertureImage` takes grey or coloured transmissions. Seven blades, cat's eyes and the like need no image: see
`relens.Aperture`. Writes own-aperture.jpg.
"""

from pathlib import Path

import numpy as np
import tyro
from sample import sample_photo

import relens
from relens.aperture_image import ApertureImage
from relens.explain.lamps import with_lamps
from relens.render.focus import subject_depth_m


def heart(side_px: int = 128) -> np.ndarray:
    """Transmission (side, side), 0 or 1: the curve (x^2 + y^2 - 1)^3 = x^2 y^3, y up."""
    x, y = np.meshgrid(np.linspace(-1.3, 1.3, side_px), np.linspace(1.3, -1.3, side_px))
    return ((x**2 + y**2 - 1) ** 3 <= x**2 * y**3).astype(float)


def main(size: int = 1200, out: Path = Path("out/examples")) -> None:
    """Size: width of photo and picture in pixels; out: the folder it goes to."""
    scene = relens.lift(sample_photo(size))
    aperture = relens.Aperture(image=ApertureImage(heart()))
    lens = relens.Lens(85, f_number=1.4, focus_distance_m=subject_depth_m(scene), aperture=aperture)
    picture = relens.shoot(with_lamps(scene, lens), lens, samples=256)
    out.mkdir(parents=True, exist_ok=True)
    relens.write_picture(picture, out / "own-aperture.jpg")


if __name__ == "__main__":
    tyro.cli(main)
