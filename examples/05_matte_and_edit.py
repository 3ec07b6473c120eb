"""Cut the subject out, recolour what is behind it, and keep the edit so that it can be undone.

Writes matte.png, edited.jpg, and edited.relens, which `relens edit log` and `relens edit undo` understand.
"""

from pathlib import Path

import numpy as np
import tyro
from sample import sample_photo

import relens
from relens.edit import History, Recolour, Where, save_history
from relens.matte.matte import cut_out
from relens.photo import write_image
from relens.render.focus import background_depth_m, subject_depth_m


def main(size: int = 1200, out: Path = Path("out/examples")) -> None:
    """Size: width of photo and picture in pixels; out: the folder it goes to."""
    out.mkdir(parents=True, exist_ok=True)
    photo = sample_photo(size)
    matte = cut_out(photo, "phone")
    if matte.alpha is not None:
        write_image(out / "matte.png", np.repeat(matte.alpha[..., None], 3, axis=2))

    scene = relens.lift(photo, matte=matte)
    face_m, wall_m = subject_depth_m(scene), background_depth_m(scene)
    wall = Where(depth_m=((face_m + wall_m) / 2, np.inf))
    history = History(scene).do(Recolour(to="#2a6040", where=wall))

    lens = relens.Lens(focal_length_mm=85, f_number=2, focus_distance_m=face_m)
    picture = relens.shoot(history.scene, lens)
    relens.write_picture(picture, out / "edited.jpg")
    save_history(history, out / "edited.relens")


if __name__ == "__main__":
    tyro.cli(main)
