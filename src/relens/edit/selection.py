"""Selection: which texels of which pages an edit touches, and how much of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from relens.canonical.photo_view import Window, photo_view, shown
from relens.edit.run_on import run_on
from relens.edit.window import bounds, grown, margins
from relens.errors import ValueRangeError
from relens.photo import srgb_decode
from relens.ranges import number, positive
from relens.scene import Layer, Scene

# A texel that shows less of a layer than this is not selected with what shows there.
LEAST_SHARE = 1 / 255
# A brush's points farther from the photo than this are mistakes.
_FARTHEST_PX = 1e6
# Rows worked on at a time, so that what is between stays in the processor's cache.
_BAND_ROWS = 32


@dataclass(frozen=True)
class Where:
    """What to select: all conditions that are given hold together; without any it is everything.

    Convention: pixels of the photo, (column, row), the first pixel's centre at (0.5, 0.5); negative in the border.

    Attributes:
        layer: only this page, and there what a mask, brush or click covers of hidden parts, too. Without it these take
            what the photo shows, and what is hidden goes with what shows beside it.
        subject: only the layers of the subject, which its matte cut out.
        depth_m: only what is so far, nearest and farthest z-depth.
        colour: only what looks like this, "#rrggbb" in sRGB, within `tolerance`.
        tolerance: CIE 1976 difference of Lab colours; 2 is just visible.
        click_px: only the thing there, grown through colour and depth, and what is hidden of it.
        mask: only within a mask file of the photo's aspect, white where selected; roughly will do, edges are found.
        brush_px: only where a brush went, along straight lines from point to point.
        radius_px: the brush's.
        feather_px: how far mask, brush and click fade out, one standard deviation.
    """

    layer: str | None = None
    subject: bool = False
    depth_m: tuple[float, float] | None = None
    colour: str | None = None
    tolerance: float = 15.0
    click_px: tuple[float, float] | None = None
    mask: Path | None = None
    brush_px: tuple[tuple[float, float], ...] = ()
    radius_px: float = 20.0
    feather_px: float = 1.0

    @property
    def is_outlined(self) -> bool:
        """Whether a mask or a click says where: both miss the outlines of things a little."""
        return self.mask is not None or self.click_px is not None

    @property
    def has_place(self) -> bool:
        """Whether it says where in the photo, by a mask, a click or a brush."""
        return self.is_outlined or bool(self.brush_px)


@dataclass(frozen=True)
class Selection:
    """Texels of a window of the pages.

    Attributes:
        window: rows and columns of the pages' arrays.
        coverage: by the layer's name, (h, w) in the window, 0 to 1; layers without any are left out.
    """

    window: Window
    coverage: Mapping[str, Float32[np.ndarray, "h w"]]


def select(scene: Scene, where: Where) -> Selection:
    """The texels of a scene that fulfil all conditions; a click or a mask is taken to the outlines of things.

    Raises ValueRangeError for an unknown layer, numbers out of range, and where nothing is selected; FileError for a
    mask file that cannot be read.
    """
    found = fulfilling(scene, where)
    if where.layer is None and where.is_outlined:
        from relens.edit.thing import to_outlines

        return to_outlines(scene, found, is_click=where.click_px is not None)
    return found


def fulfilling(scene: Scene, where: Where) -> Selection:
    """The texels that fulfil all conditions, each looked at alone; errors as `select`'s.

    Of a brush's strokes what is hidden goes with what shows beside it; what a click or a mask hides is left out.
    """
    layers = _layers(scene, where)
    tolerance = positive("tolerance", where.tolerance, "more than 0")
    wanted = None if where.colour is None else linear_colour(where.colour)
    plane, window = _plane(scene, where)
    shows = where.layer is None and where.has_place
    runs_on = shows and not where.is_outlined
    if runs_on:
        seen_from = grown(window, scene.border_px, scene.layers[0].inverse_depth.shape)
        plane, window = np.pad(plane, margins(window, seen_from)), seen_from
    visible = shown(scene, window) if shows else {}
    coverage = {}
    for layer in layers:
        there = layer.rgba[window][..., 3] > 0
        if not shows:
            part = plane * there
        elif layer.name in visible:
            seen = visible[layer.name] >= LEAST_SHARE
            part = run_on(plane, seen, there) if runs_on else plane * seen
        else:
            continue
        if where.depth_m is not None:
            part *= _within_depth(layer.inverse_depth[window], where.depth_m)
        if wanted is not None:
            _keep_alike(part, layer.rgba[window], wanted, tolerance)
        if part.any():
            coverage[layer.name] = part
    if not coverage:
        raise ValueRangeError("selection", "empty", "something that the scene shows; widen its conditions")
    return Selection(window, coverage)


def _layers(scene: Scene, where: Where) -> list[Layer]:
    names = [layer.name for layer in scene.layers]
    if where.layer is not None and where.layer not in names:
        raise ValueRangeError("layer", repr(where.layer), f"one of {', '.join(names)}")
    found = [layer for layer in scene.layers if where.layer in (None, layer.name)]
    if where.subject:
        found = [layer for layer in found if is_subject(layer)]
        if not found:
            raise ValueRangeError("subject", "none in this scene", "a scene lifted with a matte, or another condition")
    return found


def is_subject(layer: Layer) -> bool:
    """Whether the matte cut out this layer."""
    return layer.name.split("-")[0] == "subject"


def _plane(scene: Scene, where: Where) -> tuple[Float32[np.ndarray, "h w"], Window]:
    """What mask, brush and click leave of the photo's plane, and the window of the pages that holds it."""
    height, width = scene.layers[0].inverse_depth.shape
    feather_px = number("feather_px", where.feather_px, "0 to 1000 pixels", 0, 1000)
    planes = []
    if where.mask is not None:
        planes.append(_masked(scene, where.mask))
    if where.brush_px:
        planes.append(_brushed(scene, where))
    if where.click_px is not None:
        planes.append(_clicked(scene, where.click_px))
    if not planes:
        return np.ones((height, width), np.float32), (slice(0, height), slice(0, width))
    plane = reduce(np.minimum, planes)
    # Beyond a brush's reach there is nothing, and looking there takes longer than a small stroke does.
    within = _reach(scene, where) if where.brush_px else (slice(0, height), slice(0, width))
    return _windowed(plane, within, feather_px)


def _windowed(
    plane: Float32[np.ndarray, "h w"], within: Window, feather_px: float
) -> tuple[Float32[np.ndarray, "_ _"], Window]:
    import cv2

    rows, columns = bounds(plane[within])
    if rows.start == rows.stop:
        raise ValueRangeError("selection", "off the photo, or empty", "a mask, brush or click that meets the photo")
    top, left = within[0].start, within[1].start
    window = slice(top + rows.start, top + rows.stop), slice(left + columns.start, left + columns.stop)
    window = grown(window, round(3 * feather_px), plane.shape)
    part = plane[window]
    if feather_px > 0:
        part = cv2.GaussianBlur(part, (0, 0), feather_px, borderType=cv2.BORDER_REPLICATE)
        # The blur's weights sum to 1 but for a rounding; what lies well within is selected wholly.
        part[part > 1 - 1e-5] = 1
    return np.ascontiguousarray(part, np.float32), window


def _masked(scene: Scene, path: Path) -> Float32[np.ndarray, "h w"]:
    """A mask file over the photo; what lies in the border goes on from the frame."""
    import cv2

    from relens.matte.mask_file import read_mask

    mask, k = read_mask(path), scene.camera.intrinsics
    if abs(mask.shape[0] * k.width_px / (mask.shape[1] * k.height_px) - 1) > 0.01:
        raise ValueRangeError("mask", mask.shape, f"the aspect of the photo ({k.height_px}, {k.width_px})")
    if mask.shape != (k.height_px, k.width_px):
        mask = np.clip(cv2.resize(mask, (k.width_px, k.height_px), interpolation=cv2.INTER_LINEAR), 0, 1)
    return np.pad(mask, scene.border_px, mode="edge")


def _brushed(scene: Scene, where: Where) -> Float32[np.ndarray, "h w"]:
    from relens.edit.brush_kernel import draw_stroke

    radius_px = number("radius_px", where.radius_px, "more than 0, at most 100000 pixels", np.finfo(float).tiny, 1e5)
    for point in where.brush_px:
        if len(point) != 2 or not all(abs(number("brush_px", at, "numbers")) <= _FARTHEST_PX for at in point):
            raise ValueRangeError("brush_px", point, "pairs of column and row, near the photo")
    page = np.zeros(scene.layers[0].inverse_depth.shape, np.float32)
    draw_stroke(page, np.array(where.brush_px, np.float64) + scene.border_px, radius_px)
    return page


def _reach(scene: Scene, where: Where) -> Window:
    """A window of the pages around all that a brush can cover; empty where that is off the page."""
    points = np.array(where.brush_px, np.float64) + scene.border_px
    # A texel that the edge meets anywhere is covered a little.
    first, last = (points.min(0) - where.radius_px - 2, points.max(0) + where.radius_px + 2)
    spans = zip(first[::-1], last[::-1], scene.layers[0].inverse_depth.shape, strict=True)
    rows, columns = (slice(*(int(min(max(end, 0), size)) for end in (start, stop))) for start, stop, size in spans)
    return rows, columns


def _clicked(scene: Scene, click_px: tuple[float, float]) -> Float32[np.ndarray, "h w"]:
    """The thing at a point of the photo, by its colours and depth there."""
    import cv2

    from relens.matte.select import Click
    from relens.matte.select import select as grown_from

    page, depth = photo_view(scene), _seen_depth(scene)
    border_px, k = scene.border_px, scene.camera.intrinsics
    inner = (slice(border_px, border_px + k.height_px), slice(border_px, border_px + k.width_px))
    if len(click_px) != 2:
        raise ValueRangeError("click_px", click_px, "two numbers, column and row")
    across, down = (number("click_px", at, "two numbers, column and row") for at in click_px)
    if not (0 <= across < k.width_px and 0 <= down < k.height_px):
        raise ValueRangeError(
            "click_px", f"{across:g} {down:g}", f"a pixel inside the {k.width_px}x{k.height_px} photo"
        )
    coarse = grown_from(np.ascontiguousarray(page[inner][..., :3]), Click(across, down), inverse_depth=depth[inner])
    mask = cv2.resize(coarse, (k.width_px, k.height_px), interpolation=cv2.INTER_LINEAR)
    return np.pad(np.clip(mask, 0, 1), border_px, mode="edge")


def _seen_depth(scene: Scene) -> Float32[np.ndarray, "h w"]:
    """Inverse depth of the nearest layer that covers half of each texel; NaN where none does."""
    nearest = np.full(scene.layers[0].inverse_depth.shape, -1, np.float32)
    for layer in scene.layers:
        np.maximum(nearest, layer.inverse_depth, out=nearest, where=layer.rgba[..., 3] >= 0.5)
    return np.where(nearest < 0, np.float32(np.nan), nearest)


def _within_depth(inverse_depth: np.ndarray, depth_m: tuple[float, float]) -> np.ndarray:
    near_m, far_m = depth_m
    if not 0 <= near_m < far_m:
        raise ValueRangeError("depth_m", depth_m, "nearest and farthest distance in metres, the nearest first")
    least = 0.0 if np.isinf(far_m) else 1 / far_m
    most = np.inf if near_m == 0 else 1 / near_m
    return (inverse_depth >= least) & (inverse_depth <= most)


def _keep_alike(
    part: Float32[np.ndarray, "h w"], rgba: Float32[np.ndarray, "h w 4"], wanted: Float32[np.ndarray, "3"], limit: float
) -> None:
    """Keep of a part, in place, what looks as wanted. Lab costs more than all else: only where something is left."""
    rows, columns = bounds(part)
    for start in range(rows.start, rows.stop, _BAND_ROWS):
        band = slice(start, min(start + _BAND_ROWS, rows.stop)), columns
        part[band] *= _alike(rgba[band], wanted, limit)


def _alike(
    rgba: Float32[np.ndarray, "h w 4"], wanted: Float32[np.ndarray, "3"], tolerance: float
) -> Float32[np.ndarray, "h w"]:
    """1 within three quarters of the tolerance, falling to 0 at the whole of it."""
    import cv2

    straight = np.clip(rgba[..., :3] / np.maximum(rgba[..., 3:], np.float32(1e-6)), 0, 1)
    lab, target = (cv2.cvtColor(light, cv2.COLOR_LRGB2Lab) for light in (straight, wanted[None, None]))
    lab -= target
    distance = np.sqrt(np.einsum("hwc,hwc->hw", lab, lab))
    return np.clip(4 * (1 - distance / np.float32(tolerance)), 0, 1)


def linear_colour(colour: str, name: str = "colour") -> Float32[np.ndarray, "3"]:
    """What "#rrggbb" in sRGB is in linear light. Raises ValueRangeError, which says what it is for by `name`."""
    text = colour.strip().removeprefix("#")
    if len(text) != 6 or not set(text.lower()) <= set("0123456789abcdef"):
        raise ValueRangeError(name, repr(colour), "#rrggbb, e.g. #c04020")
    return srgb_decode(np.array([int(text[at : at + 2], 16) / 255 for at in (0, 2, 4)], np.float32)).astype(np.float32)
