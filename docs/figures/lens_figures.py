"""Figures of docs/how/lens.md: the thin lens, its blur over distance, depth of field, and a tilted plane of focus."""

import math
from pathlib import Path

import numpy as np
from axes import Axes, Axis
from drawing import Drawing, legend

from relens import Lens
from relens.lens import sharp_limit_px

# Of a 36 x 24 mm picture that is so many pixels wide.
WIDTH_PX, HEIGHT_PX = 6000, 4000
DIAGONAL_PX = math.hypot(WIDTH_PX, HEIGHT_PX)


def fx_px(lens: Lens) -> float:
    """The lens's own image-side distance at infinity on that picture, in pixels."""
    return lens.focal_length_mm / lens.sensor_width_mm * WIDTH_PX


def thin_lens(folder: Path) -> None:
    """The cone of light of a point that is out of focus, with the two pairs of similar triangles."""
    # A lens that can be drawn: 60 mm, f/1, focused at 0.24 m; the point at 0.15 m.
    lens = Lens(60, 1.0, 0.24)
    f, focus_m, point_m = 0.06, lens.focus_distance_m, 0.15
    image_m = f * focus_m / (focus_m - f)
    own_m = f * point_m / (point_m - f)
    pupil_m = lens.pupil_diameter_m
    # With fx for the image distance, the read-out is the disc in the image plane's own unit: here metres.
    disc_m = lens.coc_px(1 / point_m, image_m)
    drawing = Drawing(760, 372, "A point nearer than the plane of focus comes to its image behind the sensor")
    across, middle = 2150.0, 200.0

    def at(z_m: float, y_m: float) -> tuple[float, float]:
        """Light runs to the right; z is the distance before the lens, negative behind it."""
        return 545 - z_m * across * 0.93, middle - y_m * across

    top, low = at(0, pupil_m / 2), at(0, -pupil_m / 2)
    drawing.line([at(0.265, 0), at(-0.104, 0)], "grid", 1)
    drawing.line([at(focus_m, 0.052), at(focus_m, -0.052)], "green", 1.5, "5 4")
    drawing.line([at(-image_m, 0.052), at(-image_m, -0.052)], "ink", 3)
    for edge in (top, low):
        drawing.line([at(focus_m, 0), edge, at(-image_m, 0)], "green", 1.3)
    drawing.area([at(point_m, 0), top, at(-own_m, 0), low], "orange", 0.13, drawing.clip(0, 0, *at(-image_m, -0.1)))
    for sign in (1, -1):
        edge = at(0, sign * pupil_m / 2)
        drawing.line([at(point_m, 0), edge, at(-image_m, sign * disc_m / 2)], "orange", 2)
        drawing.line([at(-image_m, sign * disc_m / 2), at(-own_m, 0)], "orange", 1.4, "4 4")
    # The lens, and its pupil as an arrow.
    drawing.area(_lens_outline(at, pupil_m), "blue", 0.22)
    drawing.arrow(top, low, "blue", both=True, width=2)
    drawing.text(low[0], low[1] + 20, "D", "blue", 16, "middle", bold=True)
    x, y = at(-image_m, disc_m / 2)
    drawing.arrow((x + 12, y), (x + 12, at(0, -disc_m / 2)[1]), "orange", both=True, width=2)
    drawing.text(x + 20, y - 4, "c", "orange", 16, bold=True)
    drawing.dot(*at(point_m, 0), 4, "orange")
    drawing.dot(*at(focus_m, 0), 4, "green")
    drawing.dot(*at(-own_m, 0), 3, "orange")
    for z_m, words, colour in ((focus_m, "plane of focus", "green"), (-image_m, "sensor", "ink")):
        drawing.text(at(z_m, 0)[0], at(0, 0.052)[1] - 10, words, colour, 13, "middle")
    x, y = at(point_m, 0)
    drawing.text(x, y - 12, "point", "orange", 13, "middle")
    rows = (
        (focus_m, "F", "green", 332), (point_m, "z", "orange", 355),
        (-image_m, "v", "ink", 332), (-own_m, "v_z", "orange", 355),
    )  # fmt: skip
    for z_m, words, colour, row in rows:
        drawing.arrow((at(0, 0)[0], row), (at(z_m, 0)[0], row), colour)
        drawing.text((at(0, 0)[0] + at(z_m, 0)[0]) / 2, row - 5, words, colour, 14, "middle", bold=True)
    drawing.text(16, 26, "60 mm f/1 focused at 240 mm; a point at 150 mm:", "ink", 13)
    words = f"v = {image_m * 1e3:.0f} mm, v_z = {own_m * 1e3:.0f} mm, c = {disc_m * 1e3:.0f} mm across"
    drawing.text(16, 45, words, "ink", 13)
    drawing.save(folder / "thin-lens.svg")


def _lens_outline(at, pupil_m: float) -> list[tuple[float, float]]:
    heights = np.linspace(-pupil_m / 2, pupil_m / 2, 33)
    bulge = 0.0075 * (1 - (2 * heights / pupil_m) ** 2)
    return [at(b, h) for b, h in zip(bulge, heights, strict=True)] + [
        at(-b, h) for b, h in zip(bulge[::-1], heights[::-1], strict=True)
    ]


LENSES = (
    (Lens(85, 1.4, 2.0), "85 mm f/1.4", "blue"),
    (Lens(50, 1.8, 2.0), "50 mm f/1.8", "orange"),
    (Lens(35, 1.4, 2.0), "35 mm f/1.4", "green"),
    (Lens(24, 2.8, 2.0), "24 mm f/2.8", "violet"),
)


def coc(folder: Path) -> None:
    """The circle of confusion of four lenses over distance, and over inverse distance, where it is straight."""
    drawing = Drawing(760, 412, "Circle of confusion of four lenses focused at 2 m, over distance and inverse distance")
    percent = Axis(0, 7, ticks=[(n, f"{n}") for n in range(0, 8)], title="c, % of the picture's width")
    metres = [(0.7, "0.7"), (1, "1"), (2, "2"), (3, "3"), (5, "5"), (10, "10"), (20, "20"), (50, "50")]
    over_z = Axes(drawing, (72, 50, 300, 265), Axis(0.7, 50, "log", metres, "distance z, m"), percent, "over distance")
    flat = Axis(percent.low, percent.high, ticks=[(n, "") for n in range(0, 8)])
    dioptres = [(0, "0"), (0.5, "0.5"), (1, "1"), (1.4, "1.4")]
    inverse = Axis(0, 1.4, "linear", dioptres, "inverse distance 1/z, 1/m")
    over_w = Axes(drawing, (420, 50, 310, 265), inverse, flat, "over inverse distance")
    z, w = np.geomspace(0.7, 50, 600), np.linspace(0, 1.4, 561)
    for lens, _, colour in LENSES:
        share = 100 / WIDTH_PX
        over_z.curve(z, share * lens.coc_px(1 / z, fx_px(lens)), colour)
        over_w.curve(w, share * lens.coc_px(w, fx_px(lens)), colour)
    for number, (_, words, colour) in enumerate(LENSES):
        legend(drawing, 120 + 150 * number, 392, [(colour, "", words)])
    x, y = over_w.at(0.5, 0)
    drawing.text(x, y - 118, "focus, 2 m", "soft", 12, "middle")
    drawing.arrow((x, y - 112), (x, y - 6), "soft")
    x, y = over_w.at(0, 0)
    drawing.text(x + 14, y - 18, "infinity", "soft", 12)
    drawing.arrow((x + 12, y - 20), (x + 1, y - 3), "soft")
    drawing.save(folder / "coc.svg")


def depth_of_field(folder: Path) -> None:
    """Near and far limit over the focus distance, with the hyperfocal distance of each aperture."""
    drawing = Drawing(760, 400, "Limits of sharpness of a 50 mm lens over its focus distance")
    ticks = [(0.5, "0.5"), (1, "1"), (2, "2"), (5, "5"), (10, "10"), (20, "20"), (50, "50"), (100, "100")]
    focus = Axis(0.5, 100, "log", ticks, "focus distance F, m")
    axes = Axes(drawing, (72, 34, 470, 310), focus, Axis(0.5, 100, "log", ticks, title="sharp from … to …, m"))
    sharp_px = sharp_limit_px(DIAGONAL_PX)
    rows = []
    for f_number, colour in ((1.8, "blue"), (5.6, "orange"), (16, "green")):
        at = np.geomspace(0.5, 100, 400)
        limits = [Lens(50, f_number, focus_m).depth_of_field_m(50 / 36 * WIDTH_PX, sharp_px) for focus_m in at]
        near, far = (np.array(side) for side in zip(*limits, strict=True))
        far = np.minimum(far, 1e6)
        axes.band(at, near, far, colour, 0.16)
        axes.curve(at, near, colour)
        axes.curve(at, far, colour)
        hyperfocal_m = Lens(50, f_number).hyperfocal_m(50 / 36 * WIDTH_PX, sharp_px)
        drawing.line([axes.at(hyperfocal_m, 0.5), axes.at(hyperfocal_m, 100)], colour, 1.3, "2 4")
        drawing.dot(*axes.at(hyperfocal_m, hyperfocal_m / 2), 4.5, colour)
        rows.append((colour, "", f"f/{f_number:g}: H = {hyperfocal_m:.3g} m"))
    legend(drawing, 572, 60, rows, 24)
    criterion = f"sharp: c ≤ {sharp_px / WIDTH_PX * 36e3:.0f} µm"
    for line, words in enumerate(("50 mm, 36 x 24 mm,", criterion, "(diagonal / 1500)")):
        drawing.text(572, 150 + 19 * line, words, "soft", 12.5)
    for line, words in enumerate(("Dots: focused at H,", "sharp from H/2", "to infinity.")):
        drawing.text(572, 230 + 19 * line, words, "soft", 12.5)
    drawing.save(folder / "depth-of-field.svg")


def scheimpflug(folder: Path) -> None:
    """A tilted plane of focus, its wedge of sharpness and its hinge, from the side, to scale."""
    lens = Lens(90, 8.0, 3.0, tilt_rad=math.radians(6))
    k_fx, sharp_px = fx_px(lens), sharp_limit_px(DIAGONAL_PX)
    slack = sharp_px / (k_fx * lens.pupil_diameter_m)
    hinge_m = lens.focal_length_mm * 1e-3 / math.sin(lens.tilt_rad)
    drawing = Drawing(760, 350, "Side view of a lens tilted by 6 degrees: the plane of focus passes through the hinge")
    metres = [(n, f"{n}") for n in range(0, 9, 2)]
    axes = Axes(
        drawing, (72, 30, 655, 255), Axis(-0.4, 8, ticks=metres, title="distance from the lens z, m"),
        Axis(-1.3, 1.97, ticks=[(n, f"{n}") for n in (-1, 0, 1)], title="height, m"),
    )  # fmt: skip
    half = HEIGHT_PX / 2 / k_fx
    # Heights count upwards here, the normalised y downwards.
    y = np.linspace(-half, half, 121)

    def plane(shift: float) -> np.ndarray:
        z = 1 / (np.asarray(lens.focus_inverse_at_m(0.0, y)) + shift)
        return np.stack([z, -y * z], axis=1)

    near, sharp, far = plane(slack), plane(0.0), plane(-slack)
    axes.drawing.area([axes.at(*p) for p in near] + [axes.at(*p) for p in far[::-1]], "green", 0.22, axes.clip)
    for sign in (1, -1):
        axes.curve(np.array([0, 8.0]), sign * half * np.array([0, 8.0]), "soft", 1.2, "2 4")
    w = np.linspace(0, 8, 3)
    # The whole plane, past the frame down to the hinge: z (1/F + g y) = 1 with height -y z.
    axes.curve(w, (w * lens.focus_inverse_m - 1) / lens.focus_gradient_per_m[1], "green", 1.3, "5 4")
    axes.curve(sharp[:, 0], sharp[:, 1], "green", 3)
    lean = 0.30 * math.sin(lens.tilt_rad), 0.30 * math.cos(lens.tilt_rad)
    drawing.arrow(axes.at(*lean), axes.at(-lean[0], -lean[1]), "blue", both=True, width=2.4)
    drawing.text(axes.at(0.1, 0)[0], axes.at(0, 0.36)[1], "lens, leaning 6° forward", "blue", 13)
    drawing.dot(*axes.at(0, -hinge_m), 5, "red")
    drawing.text(*axes.at(0.13, -hinge_m - 0.10), f"hinge, f / sin 6° = {hinge_m:.2f} m below", "red", 13)
    drawing.text(*axes.at(4.3, 0.10), "sharp wedge, f/8", "green", 13)
    drawing.text(*axes.at(6.15, 1.62), "what the picture holds", "soft", 12)
    x, bottom = axes.at(3, 0)
    drawing.dot(x, bottom, 4, "green")
    drawing.text(x + 8, bottom + 18, "F = 3 m on the axis", "green", 13)
    drawing.save(folder / "scheimpflug.svg")


FIGURES = {"thin-lens": thin_lens, "coc": coc, "depth-of-field": depth_of_field, "scheimpflug": scheimpflug}
