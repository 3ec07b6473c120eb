"""The thin lens of the shot as a drawing to scale: the scene's side in metres, the sensor's side in millimetres.

One scale for both would draw a pupil of centimetres beside metres of room as a dot. The scene's side therefore has two
scales, one along the axis and one across it, both stated and both kept; the sensor's side has one scale for both.
"""

import math

from relens.explain.report.optics import Optics
from relens.explain.report.say import escaped, f_stop, length, pixels

WIDTH = 960
# The scene's side: where the lens stands, and how tall its pupil is drawn.
_LENS_X, _FAR_X, _SCENE_MID, _PUPIL_TALL = 900.0, 60.0, 150.0, 150.0
# Beyond so many focus distances the axis is cut and rays come in at their own slope.
_FARTHEST = 12.0
_SENSOR_LENS_X, _SENSOR_WIDE, _SENSOR_TALL = 70.0, 560.0, 300.0
_NOTES_WIDE = 345.0


def scene_side(optics: Optics) -> str:
    """The side of the scene as SVG: the cones of light from the background and from the plane of focus to the pupil."""
    lens, focus_m = optics.lens, optics.lens.focus_distance_m
    pupil_mm = lens.pupil_diameter_m * 1e3
    if math.isinf(focus_m):
        return ""
    far_m = min(optics.background_m, _FARTHEST * focus_m)
    span_m = max(far_m, focus_m * 1.15)
    axial, lateral = (_LENS_X - _FAR_X) / span_m, _PUPIL_TALL / pupil_mm

    def x(distance_m: float) -> float:
        return _LENS_X - distance_m * axial

    half, mid = pupil_mm / 2 * lateral, _SCENE_MID
    # The background's cone at the left end, and where it crosses the plane of focus; a point only where it is drawn.
    end_half = half * (1 - far_m / optics.background_m) if math.isfinite(optics.background_m) else half
    cross_half = half * abs(1 - focus_m / optics.background_m) if math.isfinite(optics.background_m) else half
    limits = x(optics.near_m), x(min(optics.far_m, span_m))
    cut = far_m < optics.background_m
    far_label = f"background, {length(optics.background_m)}"
    far_anchor = "to the " + far_label if cut else far_label
    return _svg(
        300,
        "Side view of the scene: light from the background and from the plane of focus runs to the pupil",
        f'<g class="scene-side" data-px-per-m="{axial:.6g}" data-px-per-mm="{lateral:.6g}">',
        _axis(_FAR_X - 30, _LENS_X + 30, mid),
        f'<rect class="sharp" x="{limits[1]:.3f}" y="40" width="{max(limits[0] - limits[1], 0):.3f}" height="220"/>',
        f'<polygon class="cone far" points="{x(far_m):.3f},{mid - end_half:.3f} {_LENS_X},{mid - half:.3f} '
        f'{_LENS_X},{mid + half:.3f} {x(far_m):.3f},{mid + end_half:.3f}"/>',
        f'<polygon class="cone near" points="{x(focus_m):.3f},{mid} {_LENS_X},{mid - half:.3f} '
        f'{_LENS_X},{mid + half:.3f}"/>',
        f'<line class="focus-plane" x1="{x(focus_m):.3f}" y1="40" x2="{x(focus_m):.3f}" y2="260"/>',
        f'<line class="spread" x1="{x(focus_m):.3f}" y1="{mid - cross_half:.3f}" x2="{x(focus_m):.3f}" '
        f'y2="{mid + cross_half:.3f}"/>',
        _lens(_LENS_X, mid, half),
        "" if cut else f'<circle class="dot far" cx="{x(far_m):.3f}" cy="{mid}" r="4"/>',
        f'<circle class="dot near" cx="{x(focus_m):.3f}" cy="{mid}" r="4"/>',
        _text(x(far_m) - 8 if cut else x(far_m), mid - 22 if not cut else 30, far_anchor, "start", "far"),
        _text(x(focus_m), 26, f"in focus, {length(focus_m)}", "middle", "near"),
        _text(x(focus_m), 282, f"sharp from {length(optics.near_m)} to {length(optics.far_m)}", "middle"),
        _text(_LENS_X + 26, mid + half + 24, f"pupil {pupil_mm:.1f} mm", "end"),
        _bar(_FAR_X, 276, _round(span_m / 6), axial, "m"),
        "</g>",
    )


def sensor_side(optics: Optics) -> str:
    """The side of the sensor as SVG, one scale both ways: both cones behind the lens, and what the sensor cuts off."""
    lens = optics.lens
    pupil_mm = lens.pupil_diameter_m * 1e3
    # A cone that meets its point behind the sensor is drawn up to the sensor.
    scale = min(_SENSOR_WIDE / optics.image_mm, _SENSOR_TALL / max(pupil_mm, optics.coc_mm))
    half, mid = pupil_mm / 2 * scale, 30 + _SENSOR_TALL / 2 + 20
    left, sensor = _SENSOR_LENS_X, _SENSOR_LENS_X + optics.image_mm * scale
    meet = left + optics.background_image_mm * scale
    coc_half = optics.coc_mm / 2 * scale
    cone = [(left, mid - half), (left, mid + half)]
    if meet < sensor:
        cone += [(meet, mid), (sensor, mid - coc_half), (sensor, mid + coc_half), (meet, mid)]
    else:
        cone += [(sensor, mid + coc_half), (sensor, mid - coc_half)]
    notes = (
        (f"focal length f = {lens.focal_length_mm:g} mm", ""),
        (f"pupil D = f / N = {lens.focal_length_mm:g} / {lens.f_number:g} = {pupil_mm:.1f} mm", ""),
        (f"image distance v = f F / (F \N{MINUS SIGN} f) = {optics.image_mm:.1f} mm", "near"),
        (f"background meets at {optics.background_image_mm:.1f} mm", "far"),
        (f"so the sensor cuts its cone {optics.coc_mm:.2f} mm wide:", "far"),
        (f"circle of confusion {pixels(optics.coc_px)}", "far"),
    )
    beside = max(sensor, meet) + 34
    wide = max(WIDTH, round(beside + _NOTES_WIDE))
    lines = "".join(_text(beside, mid - 72 + 26 * row, note, "start", tone) for row, (note, tone) in enumerate(notes))
    tall = max(half, coc_half, 24.0)
    return _svg(
        int(mid + max(half, 60) + 70),
        f"Behind the lens at {f_stop(lens.f_number)}: the background comes to its focus before the sensor",
        f'<g class="sensor-side" data-px-per-mm="{scale:.6g}">',
        _axis(left - 30, max(sensor, meet) + 20, mid),
        f'<polygon class="cone far" points="{" ".join(f"{a:.3f},{b:.3f}" for a, b in cone)}"/>',
        f'<polygon class="cone near" points="{left},{mid - half:.3f} {sensor:.3f},{mid} {left},{mid + half:.3f}"/>',
        _lens(left, mid, half),
        f'<line class="sensor" x1="{sensor:.3f}" y1="{mid - tall:.3f}" x2="{sensor:.3f}" y2="{mid + tall:.3f}"/>',
        f'<line class="spread" x1="{sensor:.3f}" y1="{mid - coc_half:.3f}" x2="{sensor:.3f}" '
        f'y2="{mid + coc_half:.3f}"/>',
        f'<circle class="dot far" cx="{meet:.3f}" cy="{mid}" r="4"/>',
        f'<circle class="dot near" cx="{sensor:.3f}" cy="{mid}" r="4"/>',
        _text(sensor, mid - tall - 12, "sensor", "middle"),
        _text(left, mid - half - 14, "lens", "middle"),
        lines,
        _bar(left, mid + max(half, 60) + 50, 10.0, scale, "mm"),
        "</g>",
        wide=wide,
    )


def _svg(height: int, label: str, *parts: str, wide: int = WIDTH) -> str:
    return (
        f'<svg class="diagram" viewBox="0 0 {wide} {height}" role="img" aria-label="{escaped(label)}">'
        f"{''.join(parts)}</svg>"
    )


def _axis(left: float, right: float, mid: float) -> str:
    return f'<line class="axis" x1="{left:.3f}" y1="{mid}" x2="{right:.3f}" y2="{mid}"/>'


def _lens(x: float, mid: float, half: float) -> str:
    """The pupil as a lens's section: two arcs over its diameter."""
    return (
        f'<path class="lens" d="M{x},{mid - half:.3f} Q{x + 16},{mid} {x},{mid + half:.3f} '
        f'Q{x - 16},{mid} {x},{mid - half:.3f} Z"/>'
    )


def _text(x: float, y: float, words: str, anchor: str, tone: str = "") -> str:
    kind = f' class="{tone}"' if tone else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind}>{escaped(words)}</text>'


def _bar(x: float, y: float, size: float, scale: float, unit: str) -> str:
    """A bar of a round length."""
    end = x + size * scale
    return (
        f'<path class="bar" d="M{x:.3f},{y - 4} V{y + 4} M{x:.3f},{y} H{end:.3f} M{end:.3f},{y - 4} V{y + 4}"/>'
        f"{_text(end + 8, y + 5, f'{size:g} {unit}', 'start')}"
    )


def _round(value: float) -> float:
    """The next smaller 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (5, 2, 1) if step * power <= value * (1 + 1e-9))
