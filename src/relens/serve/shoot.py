"""Shooting at full quality: what a page ordered becomes files."""

import re
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from relens.path.camera_path import CameraPath
from relens.progress import Progress
from relens.render.aim import Aim
from relens.render.choose import open_engine
from relens.render.engine import Engine
from relens.render.picture import Picture
from relens.render.shoot import shoot
from relens.render.write_picture import write_picture
from relens.scene import Scene
from relens.serve.results import Results
from relens.serve.shot_order import ShotOrder
from relens.viewer.view import View, shot_of

_SUFFIXES = {"png": ".png", "png16": ".png", "exr": ".exr", "mp4": ".mp4"}
_BIT_DEPTHS = {"png": 8, "png16": 16, "exr": None}
# What fits a screen.
_PREVIEW_PX = 1600
# Films have even sides.
_STEP_PX = 2


@dataclass(frozen=True)
class Shot:
    """What came out.

    Attributes:
        file: the picture or the film.
        preview: a smaller 8-bit picture of it, or itself where it is one; None for films.
        seconds: that it took.
    """

    file: Path
    preview: Path | None
    seconds: float

    def record(self) -> dict[str, Any]:
        """As the page reads it: addresses are relative to the page."""

        def url(file: Path) -> str:
            return f"api/result/{file.parent.name}/{file.name}"

        return {
            "name": self.file.name,
            "url": url(self.file),
            "bytes": self.file.stat().st_size,
            "preview_url": None if self.preview is None else url(self.preview),
            "seconds": round(self.seconds, 3),
        }


class Studio:
    """Takes pictures of one scene after another, with an engine that is opened once for each; for one thread."""

    def __init__(self, name: str, results: Results) -> None:
        """name: of the scene, for the files' names."""
        self._name, self._results = file_stem(name), results
        self._engine: tuple[Scene, Engine] | None = None

    def take(self, order: ShotOrder, scene: Scene, progress: Progress) -> Shot:
        """Photograph a scene and write the files. Raises RelensError and what `progress` raises; no file stays then."""
        start_s = time.monotonic()
        with self._results.new() as folder:
            if order.path is not None:
                file, preview = self._film(order, order.path, scene, folder, progress), None
            else:
                file, preview = self._picture(order, scene, folder, progress)
        return Shot(file, preview, time.monotonic() - start_s)

    def _picture(self, order: ShotOrder, scene: Scene, folder: Path, progress: Progress) -> tuple[Path, Path]:
        view = order.view
        camera, lens = shot_of(view, scene, order.size_px)
        picture = shoot(
            self._open(scene, progress),
            lens,
            camera=camera,
            framing=view.framing,
            samples=order.samples,
            progress=progress,
        )
        progress("write", 0.0)
        picture = exposed(picture, view.exposure_ev)
        file = folder / f"{self._name}-{view.lens.focal_length_mm:g}mm-f{view.lens.f_number:g}{_SUFFIXES[order.format]}"
        write_picture(picture, file, bit_depth=_BIT_DEPTHS[order.format])
        if order.format == "png" and max(picture.alpha.shape) <= _PREVIEW_PX:
            return file, file
        return file, _preview(picture, folder)

    def _film(self, order: ShotOrder, path: CameraPath, scene: Scene, folder: Path, progress: Progress) -> Path:
        from relens.film.film import film, shots_of

        file = folder / f"{self._name}-film{_SUFFIXES[order.format]}"
        _, lens = shot_of(order.view, scene)
        path = _seen_as(order.view, path)
        shots = shots_of(scene, path, lens=lens, fps=order.fps, size_px=order.size_px, step_px=_STEP_PX)
        film(scene, shots, file, samples=order.samples, progress=progress)
        return file

    def _open(self, scene: Scene, progress: Progress) -> Engine:
        if self._engine is None or self._engine[0] is not scene:
            progress("prepare", 0.0)
            self._engine = None  # Two would take the memory of two.
            self._engine = scene, open_engine(scene)
        return self._engine[1]


def exposed(picture: Picture, exposure_ev: float) -> Picture:
    """The picture so many stops brighter, in linear light, as films are exposed (`relens.film.frame`)."""
    exposure = np.float32(2.0**exposure_ev)
    return picture if exposure == 1 else replace(picture, linear=picture.linear * exposure)


def file_stem(name: str) -> str:
    """A scene's name as one that every file system and address takes."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", Path(name).stem)[:60].strip("-") or "picture"


def _preview(picture: Picture, folder: Path) -> Path:
    import cv2

    from relens.photo import write_image

    height_px, width_px = picture.alpha.shape
    scale = min(1.0, _PREVIEW_PX / max(height_px, width_px))
    size_px = max(1, round(width_px * scale)), max(1, round(height_px * scale))
    linear, alpha = (
        np.asarray(cv2.resize(plane, size_px, interpolation=cv2.INTER_AREA), np.float32)
        for plane in (picture.linear, picture.alpha)
    )
    file = folder / "preview.png"
    write_image(file, linear, np.clip(alpha, 0, 1), bit_depth=8)
    return file


def _seen_as(view: View, path: CameraPath) -> CameraPath:
    """The path with the view's focus and exposure where it does not say its own, as the page plays it."""
    first, *others = path.keyframes
    if not any(key.focus for key in path.keyframes):
        point_m = view.focus if isinstance(view.focus, tuple) else None
        distance_m = None if point_m else float(view.focus)  # pyright: ignore[reportArgumentType]
        first = replace(first, focus=Aim(distance_m=distance_m, point_m=point_m))
    if all(key.exposure_ev is None for key in path.keyframes):
        first = replace(first, exposure_ev=view.exposure_ev)
    return replace(path, keyframes=(first, *others))
