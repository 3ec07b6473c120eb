"""The demo: one portrait, photographed again with other lenses, and a sheet that shows them together."""

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from relens.aperture import Aperture
from relens.camera import Camera
from relens.depth.find import DepthInput
from relens.errors import FileError
from relens.explain.background_writer import BackgroundWriter, WrittenFile
from relens.explain.contact_sheet import Tile, contact_sheet
from relens.explain.depth_preview import depth_preview
from relens.explain.lamps import with_lamps
from relens.explain.read_outs import metres, read_outs
from relens.explain.reduce import reduced
from relens.lens import Lens
from relens.lift import lift
from relens.photo import Photo, read_photo, write_image
from relens.progress import Progress, silent
from relens.ranges import whole
from relens.render.focus import background_depth_m, subject_depth_m, visible_inverse_depth
from relens.render.shoot import MAX_SAMPLES, shoot
from relens.render.write_picture import write_picture
from relens.samples import sample_path
from relens.scene import Scene

_WIDE = Lens(focal_length_mm=85, f_number=1.4)
_NARROW_F_NUMBER = 8.0
# One corner up.
_BLADES = Aperture(blades=7, rotation_rad=-math.pi / 2)
_STEP_M = 0.04
# The two pictures of the pupil's shape: fewer pixels, and so many more samples that their discs get clean edges.
_SHAPE_SCALE, _SHAPE_SAMPLES = 4, 10
_COLUMNS, _TILE_WIDTH_PX = 4, 560

_Made = TypeVar("_Made")


@dataclass(frozen=True)
class DemoReport:
    """What the demo made.

    Attributes:
        files: each file with the seconds it took and, for pictures, the read-outs of the lens.
        seconds: from start to end; writing overlaps with shooting, so the files' seconds add up to more.
    """

    files: tuple[WrittenFile, ...]
    seconds: float

    def lines(self) -> list[str]:
        """One line a file, then the total."""
        width = max(len(str(file.path)) for file in self.files)
        lines = [f"{file.path!s:<{width}}  {file.seconds:5.1f} s  {file.read_outs or ''}" for file in self.files]
        return [*(line.rstrip() for line in lines), f"{len(self.files)} files in {self.seconds:.1f} s"]

    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines())


@dataclass(frozen=True)
class _Shot:
    """One picture of the demo: its file, how it is taken, and what the sheet says about it."""

    name: str
    scene: Scene
    lens: Lens
    camera: Camera
    samples: int
    title: str
    caption: str


def run_demo(
    photo: str | os.PathLike[str] | None,
    out: str | os.PathLike[str],
    samples: int = 36,
    progress: Progress = silent,
    *,
    depth: DepthInput = "auto",
) -> DemoReport:
    """Photograph a portrait again and again, and lay the pictures out on a contact sheet.

    Args:
        photo: a portrait; None for the sample portrait of relens.
        out: the folder for the pictures; it and the folder around it are made where missing. Files in it are replaced
            one by one, each whole or not at all.
        samples: most lens samples for a pixel.
        progress: told each stage and how far it is.
        depth: as for `relens.lift`.

    Raises FileError where `out` cannot be made or written; else what `read_photo`, `lift` and `shoot` raise.
    """
    start_s = time.monotonic()
    whole("samples", samples, f"1 to {MAX_SAMPLES}", 1, MAX_SAMPLES)
    folder = _made_folder(Path(out))
    with BackgroundWriter() as writer:
        progress("read photo", 0.0)
        taken, reading_s = _timed(lambda: read_photo(photo if photo is not None else sample_path("iphone14-portrait")))
        writer.write(folder / "photo.png", partial(_write_photo, taken), reading_s)
        tiles = [Tile(reduced(taken.linear, _TILE_WIDTH_PX), "The photo as taken", _photo_caption(taken))]

        progress("lift", 0.0)
        reach_m = _STEP_M + _WIDE.pupil_diameter_m / 2
        scene, lifting_s = _timed(lambda: lift(taken, depth=depth, reach_m=reach_m, progress=progress))
        writer.write(folder / "portrait.relens", scene.save, lifting_s)

        for shot in _shots(scene, samples):
            tiles.append(_take(shot, folder, writer, progress))

        progress("depth", 0.0)
        preview, preview_s = _timed(lambda: depth_preview(visible_inverse_depth(scene)))
        writer.write(folder / "depth.png", partial(write_image, linear=preview), preview_s)
        origin = f"source: {scene.depth_source} · fitted to the photo's edges"
        tiles.append(Tile(reduced(preview, _TILE_WIDTH_PX), "The depth behind it all", origin))

        progress("contact sheet", 0.0)
        sheet, sheet_s = _timed(lambda: contact_sheet(tiles, _COLUMNS, _TILE_WIDTH_PX))
        writer.write(folder / "contact-sheet.png", partial(write_image, linear=sheet), sheet_s)
    return DemoReport(writer.written, time.monotonic() - start_s)


def _shots(scene: Scene, samples: int) -> list[_Shot]:
    camera, k = scene.camera, scene.camera.intrinsics
    face_m, wall_m = subject_depth_m(scene), background_depth_m(scene)
    on_face, on_wall = replace(_WIDE, focus_distance_m=face_m), replace(_WIDE, focus_distance_m=wall_m)
    narrow, bladed = replace(on_face, f_number=_NARROW_F_NUMBER), replace(on_face, aperture=_BLADES)

    def caption(lens: Lens, blurred: str, blurred_m: float) -> str:
        pupil_mm, blur_px = lens.pupil_diameter_m * 1e3, lens.coc_px(1 / blurred_m, k.fx_px)
        return (
            f"pupil {pupil_mm:.1f} mm · focus {metres(lens.focus_distance_m)} · blur of the {blurred} {blur_px:.0f} px"
        )

    small = replace(camera, intrinsics=k.resized(*(max(1, n // _SHAPE_SCALE) for n in (k.width_px, k.height_px))))
    many = min(samples * _SHAPE_SAMPLES, MAX_SAMPLES)
    lit = with_lamps(scene, on_face)
    return [
        _Shot("face-85mm-f1.4", scene, on_face, camera, samples,
              "Focus on the face, 85 mm f/1.4", caption(on_face, "wall", wall_m)),
        _Shot("wall-85mm-f1.4", scene, on_wall, camera, samples,
              "Focus on the wall, 85 mm f/1.4", caption(on_wall, "face", face_m)),
        _Shot("face-85mm-f8", scene, narrow, camera, samples,
              "Focus on the face, 85 mm f/8", caption(narrow, "wall", wall_m)),
        _Shot("disc-aperture", lit, on_face, small, many,
              "A round pupil", "with small lamps painted on the scene's wall"),
        _Shot("seven-blades", lit, bladed, small, many,
              "Seven straight blades", "same lamps, same focus, same f-number"),
        _Shot("moved-4cm-right", scene, on_face, camera.moved(x_m=_STEP_M), samples,
              "The camera moved 4 cm to the right", caption(on_face, "wall", wall_m)),
    ]  # fmt: skip


def _take(shot: _Shot, folder: Path, writer: BackgroundWriter, progress: Progress) -> Tile:
    def shooting(stage: str, fraction: float) -> None:
        progress(shot.name, fraction)

    picture, seconds = _timed(
        lambda: shoot(shot.scene, shot.lens, camera=shot.camera, samples=shot.samples, progress=shooting)
    )
    writer.write(folder / f"{shot.name}.png", partial(write_picture, picture), seconds, read_outs(picture))
    return Tile(reduced(picture.linear, _TILE_WIDTH_PX), shot.title, shot.caption)


def _made_folder(folder: Path) -> Path:
    try:
        # One folder up too, for out/demo in a fresh checkout; more would turn a slip of the pen into a tree.
        folder.parent.mkdir(exist_ok=True)
        folder.mkdir(exist_ok=True)
    except FileNotFoundError as error:
        raise FileError(folder, f"the folder {folder.parent.parent} does not exist; create it first") from error
    except FileExistsError as error:
        raise FileError(folder, "is a file; expected a folder, or a new name") from error
    except OSError as error:
        raise FileError(folder, f"cannot be made: {error.strerror or error}") from error
    return folder


def _write_photo(photo: Photo, path: Path) -> None:
    # Without the EXIF: a demo's pictures get passed on, and the file may say where they were taken.
    linear = photo.linear if photo.alpha is None else photo.linear * photo.alpha[..., None]
    write_image(path, linear, photo.alpha)


def _photo_caption(photo: Photo) -> str:
    shot = photo.capture
    focal_length = f"{shot.focal_length_mm:.3g} mm" if shot.focal_length_mm else ""
    f_number = f"f/{shot.f_number:g}" if shot.f_number else ""
    size = f"{photo.width_px} x {photo.height_px} px"
    return " · ".join(part for part in (shot.model, f"{focal_length} {f_number}".strip(), size) if part)


def _timed(make: Callable[[], _Made]) -> tuple[_Made, float]:
    start_s = time.monotonic()
    made = make()
    return made, time.monotonic() - start_s
