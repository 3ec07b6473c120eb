"""A series: focus on the face and on the wall, each at three apertures, with the depth of field of each.

The engine is opened once: it keeps what it has prepared, so that the second picture is quicker than the first.
Writes focus-<where>-f<number>.jpg.
"""

from pathlib import Path

import tyro
from sample import sample_photo

import relens
from relens.lens import sharp_limit_px
from relens.render.focus import background_depth_m, subject_depth_m


def main(size: int = 1200, out: Path = Path("out/examples")) -> None:
    """Size: width of photo and pictures in pixels; out: the folder they go to."""
    scene = relens.lift(sample_photo(size))
    k = scene.camera.intrinsics
    engine = relens.open_engine(scene)
    sharp_px = sharp_limit_px(k.diagonal_px)
    out.mkdir(parents=True, exist_ok=True)
    for name, distance_m in {"face": subject_depth_m(scene), "wall": background_depth_m(scene)}.items():
        for f_number in (1.4, 2.8, 8.0):
            lens = relens.Lens(focal_length_mm=85, f_number=f_number, focus_distance_m=distance_m)
            near_m, far_m = lens.depth_of_field_m(k.fx_px, sharp_px)
            print(f"{name} at f/{f_number:g}: sharp from {near_m:.3f} m to {far_m:.3f} m")
            picture = relens.shoot(engine, lens, samples=32)
            relens.write_picture(picture, out / f"focus-{name}-f{f_number:g}.jpg")


if __name__ == "__main__":
    tyro.cli(main)
