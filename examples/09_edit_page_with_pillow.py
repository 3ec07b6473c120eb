"""Paint on a canonical page with any program: here with Pillow. The paint is on the surface, and so before the lens.

`export_pages` writes 16-bit PNGs and an OpenRaster file; `import_pages` takes back what was changed, and only that.
Writes pages/ and painted.jpg.
"""

from pathlib import Path

import tyro
from PIL import Image, ImageDraw
from sample import sample_photo

import relens
from relens.edit import export_pages, import_pages
from relens.render.focus import subject_depth_m


def main(size: int = 1200, out: Path = Path("out/examples")) -> None:
    """Size: width of photo and picture in pixels; out: the folder it goes to."""
    scene = relens.lift(sample_photo(size))
    out.mkdir(parents=True, exist_ok=True)
    export_pages(scene, out / "pages")

    # The photo's own view and a border around it: what is painted here goes to the layers that show there.
    page = out / "pages" / "photo.png"
    with Image.open(page) as opened:
        painted = opened.convert("RGBA")
    width, height = painted.size
    ImageDraw.Draw(painted).rectangle([0, 0.2 * height, width, 0.3 * height], fill=(230, 40, 30, 255))
    painted.save(page)

    scene, report = import_pages(scene, out / "pages")
    print(report)
    lens = relens.Lens(focal_length_mm=85, f_number=2.8, focus_distance_m=subject_depth_m(scene))
    picture = relens.shoot(scene, lens)
    relens.write_picture(picture, out / "painted.jpg")


if __name__ == "__main__":
    tyro.cli(main)
