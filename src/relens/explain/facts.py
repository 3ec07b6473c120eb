"""Facts: what a photo, a scene folder or a depth file knows about itself."""

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from relens.camera import Intrinsics
from relens.depth import Depth, read_depth
from relens.errors import FileError, RelensError
from relens.explain.read_outs import metres
from relens.photo import Capture, Photo, read_photo
from relens.scene import Scene
from relens.scene_folder import load_scene

_ONLY_DEPTH = {".npz", ".npy", ".pfm"}
_DEPTH_TOO = {".exr", ".png", ".tif", ".tiff"}


@dataclass(frozen=True)
class Fact:
    """One thing known.

    Attributes:
        key: short name, lower case.
        value: for programs: numbers, texts, lists and dicts of them; None for infinity and what is unknown.
        text: for people, one line.
    """

    key: str
    value: Any
    text: str


def facts_of(path: str | os.PathLike[str]) -> list[Fact]:
    """The facts of a scene folder, a photo or a depth file, told apart by kind and content.

    A file that can be read as a picture and as depth is described as both. Raises RelensError for anything else.
    """
    file = Path(path)
    if file.is_dir():
        return [_named(file, "scene folder"), *scene_facts(load_scene(file))]
    suffix = file.suffix.lower()
    if suffix in _ONLY_DEPTH:
        return [_named(file, "depth file"), *depth_facts(read_depth(file))]
    try:
        facts = [_named(file, "photo"), *photo_facts(read_photo(file))]
    except FileError:
        if suffix not in _DEPTH_TOO or (depth := _depth_in(file)) is None:
            raise
        return [_named(file, "depth file"), *depth_facts(depth)]
    depth = _depth_in(file) if suffix in _DEPTH_TOO else None
    return facts if depth is None else [*facts, *depth_facts(depth)]


def photo_facts(photo: Photo) -> list[Fact]:
    """Size, encoding, capture, intrinsics, embedded depth and mattes."""
    size = [photo.width_px, photo.height_px]
    megapixels = photo.width_px * photo.height_px / 1e6
    return [
        Fact("size_px", size, f"{size[0]} x {size[1]} px upright, {megapixels:.1f} megapixels; orientation is applied"),
        Fact("encoding", photo.encoding, photo.encoding),
        _capture_fact(photo.capture),
        *_camera_facts(photo.intrinsics),
        _embedded_fact(photo),
        Fact(
            "mattes_px",
            {name: [matte.shape[1], matte.shape[0]] for name, matte in photo.mattes.items()},
            ", ".join(f"{name} {m.shape[1]} x {m.shape[0]}" for name, m in photo.mattes.items()) or "none",
        ),
        _distortion_fact(photo),
        *([Fact("notes", list(photo.notes), "; ".join(photo.notes))] if photo.notes else []),
    ]


def scene_facts(scene: Scene) -> list[Fact]:
    """Camera, border, sources, and each layer's depth and coverage."""
    k = scene.camera.intrinsics
    layers = [_layer_fact(layer.name, layer.rgba[..., 3], layer.inverse_depth) for layer in scene.layers]
    source = scene.source.name if scene.source else None
    return [
        Fact("size_px", [k.width_px, k.height_px], f"{k.width_px} x {k.height_px} px"),
        Fact("border_px", scene.border_px, f"{scene.border_px} px on each side"),
        *_camera_facts(k),
        Fact("depth_from", scene.depth_source, scene.depth_source),
        Fact("source", source, source or "none"),
        Fact("layers", [fact.value for fact in layers], "front to back: " + "; ".join(fact.text for fact in layers)),
    ]


def scene_line(scene: Scene) -> str:
    """The scene in one line: size, layers, border, range of depth."""
    k = scene.camera.intrinsics
    nearest_m, farthest_m = _range_m(np.array([_extremes(layer.inverse_depth) for layer in scene.layers], np.float32))
    layers = f"{len(scene.layers)} layer{'s' * (len(scene.layers) != 1)}"
    return (
        f"{k.width_px} x {k.height_px} px, {layers}, border {scene.border_px} px, "
        f"depth {metres(nearest_m)} to {metres(farthest_m)} ({scene.depth_source})"
    )


def depth_facts(depth: Depth) -> list[Fact]:
    """Size, range, and how much is unknown or at infinity."""
    height, width = depth.inverse_depth.shape
    unknown, infinite = float(np.isnan(depth.inverse_depth).mean()), float((depth.inverse_depth == 0).mean())
    return [
        Fact("depth_size_px", [width, height], f"{width} x {height} px"),
        _range_fact("depth_range_m", depth.inverse_depth),
        Fact("unknown", unknown, f"{unknown:.1%} (NaN, zero or negative)"),
        Fact("infinite", infinite, f"{infinite:.1%}"),
    ]


def _named(file: Path, kind: str) -> Fact:
    return Fact("file", {"path": str(file), "kind": kind}, f"{file} ({kind})")


def _depth_in(file: Path) -> Depth | None:
    try:
        return read_depth(file)
    except RelensError:
        return None


def _distortion_fact(photo: Photo) -> Fact:
    if photo.distortion is None:
        return Fact("distortion_px", None, "none known")
    largest_px = photo.distortion.largest_px(photo.width_px, photo.height_px)
    return Fact("distortion_px", largest_px, f"up to {largest_px:.1f} px in the corners; left as it is")


def _capture_fact(capture: Capture) -> Fact:
    value = {name: field for name, field in vars(capture).items() if field is not None}
    parts = [" ".join(word for word in (capture.make, capture.model) if word)]
    parts.append(f"{capture.focal_length_mm:g} mm" if capture.focal_length_mm else "")
    parts.append(f"{capture.focal_length_35mm:g} mm in 35 mm film" if capture.focal_length_35mm else "")
    parts.append(f"f/{capture.f_number:g}" if capture.f_number else "")
    parts.append(capture.taken_at or "")
    return Fact("capture", value, ", ".join(part for part in parts if part) or "not recorded")


def _camera_facts(k: Intrinsics) -> list[Fact]:
    across_deg = math.degrees(k.horizontal_fov_rad)
    down_deg = math.degrees(math.atan2(k.cy_px, k.fy_px) + math.atan2(k.height_px - k.cy_px, k.fy_px))
    pinhole = {name: getattr(k, name) for name in ("fx_px", "fy_px", "cx_px", "cy_px", "source")}
    numbers = f"fx {k.fx_px:.1f} fy {k.fy_px:.1f} cx {k.cx_px:.1f} cy {k.cy_px:.1f} px (from {k.source})"
    return [
        Fact("intrinsics", pinhole, numbers),
        Fact("view_deg", [across_deg, down_deg], f"{across_deg:.1f} x {down_deg:.1f} degrees"),
    ]


def _embedded_fact(photo: Photo) -> Fact:
    embedded = photo.embedded_depth
    if embedded is None:
        return Fact("depth", None, "none in this photo")
    height, width = embedded.inverse_depth.shape
    span = _range_fact("range_m", embedded.inverse_depth)
    value = {"size_px": [width, height], "range_m": span.value, "accuracy": embedded.accuracy}
    scale = "" if embedded.accuracy == "absolute" else "; without a metric scale"
    return Fact("depth", value, f"{width} x {height} px, {span.text}, accuracy {embedded.accuracy}{scale}")


def _layer_fact(name: str, alpha: Float32[np.ndarray, "h w"], inverse_depth: Float32[np.ndarray, "h w"]) -> Fact:
    span = _range_fact("range_m", np.where(alpha > 0, inverse_depth, np.nan))
    coverage = float(alpha.mean())
    value = {"name": name, "range_m": span.value, "coverage": coverage}
    return Fact("layer", value, f"{name} {span.text}, covers {coverage:.0%}")


def _range_fact(key: str, inverse_depth: Float32[np.ndarray, "h w"]) -> Fact:
    span_m = _range_m(inverse_depth)
    value = [round(distance_m, 6) if math.isfinite(distance_m) else None for distance_m in span_m]
    return Fact(key, value, "empty" if math.isnan(span_m[0]) else f"{metres(span_m[0])} to {metres(span_m[1])}")


def _range_m(inverse_depth: Float32[np.ndarray, "h w"]) -> tuple[float, float]:
    """Nearest and farthest distance in metres; inf at infinity, NaN where nothing is known."""
    low, high = _extremes(inverse_depth)
    return 1 / high if high else math.inf, 1 / low if low else math.inf


def _extremes(inverse_depth: Float32[np.ndarray, "h w"]) -> tuple[float, float]:
    return float(np.fmin.reduce(inverse_depth, None)), float(np.fmax.reduce(inverse_depth, None))
