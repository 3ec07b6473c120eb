"""Pictures that get better, each with the error that still stands, until no pixel is noisier than asked for.

No pixel gets more than 1024 samples, so that a very noisy one does not hold up the rest. The standard error is of the
linear luminance, measured from parts of the samples. Writes progressive.exr, with error and number of samples of each
pixel as channels.
"""

from pathlib import Path

import numpy as np
import tyro
from sample import sample_photo

import relens
from relens.render.focus import subject_depth_m


def main(size: int = 1200, out: Path = Path("out/examples"), noise: float = 0.004) -> None:
    """Size: width of photo and picture in pixels; out: the folder it goes to; noise: the standard error to reach."""
    scene = relens.lift(sample_photo(size))
    lens = relens.Lens(focal_length_mm=85, f_number=1.4, focus_distance_m=subject_depth_m(scene))
    picture = None
    for picture in relens.progressive(scene, lens, samples=1024, noise=noise, seed=0):
        still = np.mean(picture.standard_error > noise)
        print(f"{picture.sample_count.max():5d} samples at most, {still:6.2%} of the pixels noisier than {noise:g}")
    out.mkdir(parents=True, exist_ok=True)
    if picture is not None:
        relens.write_picture(picture, out / "progressive.exr", also=("error", "samples"))


if __name__ == "__main__":
    tyro.cli(main)
