"""What a scene and a lens say in metres and pixels: distances, sizes, blur, depth of field. Nothing is rendered.

Writes read-outs.txt.
"""

from pathlib import Path

import tyro
from sample import sample_photo

import relens
from relens.lens import sharp_limit_px
from relens.render.focus import background_depth_m, depth_at, subject_pixel


def main(size: int = 1200, out: Path = Path("out/examples")) -> None:
    """Size: width of the photo in pixels; out: the folder that the text goes to."""
    scene = relens.lift(sample_photo(size))
    k = scene.camera.intrinsics
    column_px, row_px, subject_m = subject_pixel(scene)
    wall_m = background_depth_m(scene)
    lens = relens.Lens(focal_length_mm=85, f_number=1.4, focus_distance_m=subject_m)
    sharp_px = sharp_limit_px(k.diagonal_px)
    near_m, far_m = lens.depth_of_field_m(k.fx_px, sharp_px)
    lines = [
        f"focal length: {k.fx_px:.1f} px, from {k.source}",
        f"subject: {subject_m:.3f} m away, at column {column_px:.0f}, row {row_px:.0f}",
        f"wall: {wall_m:.3f} m away; top left corner: {depth_at(scene, 5, 5):.3f} m",
        f"one pixel on the subject: {1e3 * subject_m / k.fx_px:.3f} mm",
        f"entrance pupil: {1e3 * lens.pupil_diameter_m:.1f} mm across",
        f"blur of the wall: {lens.coc_px(1 / wall_m, k.fx_px):.1f} px across",
        f"sharp (within {sharp_px:.1f} px): {near_m:.4f} m to {far_m:.4f} m",
        f"hyperfocal distance: {lens.hyperfocal_m(k.fx_px, sharp_px):.1f} m",
    ]
    print("\n".join(lines))
    out.mkdir(parents=True, exist_ok=True)
    (out / "read-outs.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    tyro.cli(main)
