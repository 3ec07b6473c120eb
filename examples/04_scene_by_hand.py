"""A scene of numpy arrays, without any photo: a white point of light far behind a red disc with a soft edge.

Layers are premultiplied linear light and inverse depth on one pixel grid. The point becomes an image of the pupil.
Writes scene-by-hand.png.
"""

from pathlib import Path

import numpy as np
import tyro

import relens


def main(size: int = 1200, out: Path = Path("out/examples")) -> None:
    """Size: width and height of the picture in pixels; out: the folder it goes to."""
    rows, columns = np.mgrid[:size, :size] + 0.5
    disc = np.clip(0.15 * size - np.hypot(columns - 0.3 * size, rows - 0.5 * size), 0, 1).astype(np.float32)
    red = disc[..., None] * np.array([0.6, 0.05, 0.05, 1], np.float32)
    front = relens.Layer("disc", red, np.full((size, size), 1 / 1.0, np.float32))

    grey = np.full((size, size, 4), [0.02, 0.02, 0.02, 1], np.float32)
    spot = np.hypot(columns - 0.7 * size, rows - 0.5 * size) < max(1, size / 200)
    grey[spot, :3] += size**2 / (200 * spot.sum())
    back = relens.Layer("back", grey, np.full((size, size), 1 / 4.0, np.float32))

    camera = relens.Camera(relens.Intrinsics.centred(fx_px=1.2 * size, width_px=size, height_px=size))
    scene = relens.Scene(camera, (front, back))
    # The point's disc of blur is fx D |1/4 - 1/1| pixels across.
    lens = relens.Lens(focal_length_mm=100, f_number=0.9, focus_distance_m=1.0)
    print(f"the point's disc is {lens.coc_px(1 / 4.0, camera.intrinsics.fx_px):.1f} px across")
    picture = relens.shoot(scene, lens, samples=1024)
    out.mkdir(parents=True, exist_ok=True)
    relens.write_picture(picture, out / "scene-by-hand.png")


if __name__ == "__main__":
    tyro.cli(main)
