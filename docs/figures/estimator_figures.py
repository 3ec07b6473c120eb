"""Figures of docs/how/estimator.md: lens rays, pupil points, the error's fall, and the penumbra of a near edge."""

import math
from pathlib import Path

import numpy as np
from axes import Axes, Axis
from drawing import Drawing, legend
from plotted_scene import HEIGHT_PX, WIDTH_PX, columns, layer, lens_for, scene, texture

from relens import Camera, Intrinsics, Lens, shoot
from relens.aperture import Aperture
from relens.progress import silent
from relens.render.choose import open_engine
from relens.render.engine import SampleBlock
from relens.render.rays import lens_views, photo_lines


def rays(folder: Path) -> None:
    """Lens rays in the room, and the same in (column, inverse depth), from the photo's place and from beside it."""
    k = Intrinsics.centred(900.0, 1200, 900)
    lens = Lens(120, 1.0, 2.0)
    drawing = Drawing(760, 440, "Lens rays through a pixel: in metres they meet at the focus, in (column, 1/z) so too")
    room = Axes(
        drawing, (70, 46, 310, 300), Axis(-0.62, 0.62, ticks=[(-0.5, "-0.5"), (0, "0"), (0.5, "0.5")], title="x, m"),
        Axis(0, 3.4, ticks=[(n, str(n)) for n in range(4)], title="z, m"), "in the room",
    )  # fmt: skip
    photo = Axes(
        drawing, (450, 46, 285, 300),
        Axis(0, 1200, ticks=[(0, "0"), (600, "600"), (1200, "1200")], title="column of the photo, px"),
        Axis(1.3, 0, ticks=[(0, "0"), (0.5, "0.5"), (1, "1")], title="1/z, 1/m"), "in the photo's space",
    )  # fmt: skip
    # The scene: a wall at 3 m and a near card at 1 m, as segments (x from, x to, z).
    for x_from, x_to, z, colour in ((-0.62, 0.62, 3.0, "grey"), (0.05, 0.42, 1.0, "violet")):
        room.curve(np.array([x_from, x_to]), np.array([z, z]), colour, 5)
        at = k.cx_px + k.fx_px * np.array([x_from, x_to]) / z
        photo.curve(at if colour == "violet" else np.array([0, 1200]), np.array([1 / z, 1 / z]), colour, 5)
    pupil = np.array([[u, 0.0] for u in np.linspace(-1, 1, 9)])
    samples = type(lens.aperture.samples(1))(pupil, np.ones((9, 3)))
    w = np.linspace(1 / 3, 1.3, 50)
    for camera, column_px, colour in ((Camera(k), 620.0, "orange"), (Camera(k).moved(x_m=-0.38), 560.0, "blue")):
        views = lens_views([camera], lens, samples)
        for index in range(len(pupil)):
            start, slope, _ = photo_lines(views, index, k, np.array([column_px]), np.array([k.cy_px]))
            column = start[0, 0] + w * slope[0, 0]
            photo.curve(column, w, colour, 1.1)
            # The same ray in metres: x = (column - cx) z / fx.
            x_m = (column - k.cx_px) / k.fx_px / w
            room.curve(np.append(x_m, views.origin_m[index, 0]), np.append(1 / w, 0), colour, 1.1)
    for axes, focus in ((room, 2.0), (photo, 0.5)):
        axes.curve(np.array([axes.x.low, axes.x.high]), np.array([focus, focus]), "green", 1.4, "5 4")
    drawing.text(*room.at(-0.6, 2.06), "plane of focus", "green", 12)
    drawing.text(*room.at(-0.6, 3.1), "wall", "grey", 12)
    drawing.text(*room.at(0.27, 0.86), "card", "violet", 12, "middle")
    drawing.text(*photo.at(960, 1.07), "card", "violet", 12, "end")
    drawing.text(*photo.at(20, 0.31), "wall", "grey", 12)
    for number, (colour, words) in enumerate(
        (("orange", "one pixel, nine pupil points, photo's place"), ("blue", "the same from 38 cm to the left"))
    ):
        legend(drawing, 90 + 330 * number, 420, [(colour, "", words)])
    drawing.save(folder / "rays.svg")


def pupil_points(folder: Path) -> None:
    """Pupil points of the sequence beside independent ones, in a disc and behind six blades."""
    drawing = Drawing(760, 250, "64 points of the sequence in a disc, in six blades, with a bright rim; and others")
    rng = np.random.default_rng(3)
    turn, reach = 2 * math.pi * rng.random(64), np.sqrt(rng.random(64))
    panels = (
        ("disc", Aperture(), None), ("6 blades", Aperture(blades=6), None),
        ("profile +0.9", Aperture(profile=0.9), None),
        ("independent", Aperture(), np.stack([reach * np.cos(turn), reach * np.sin(turn)], axis=1)),
    )  # fmt: skip
    angle = np.linspace(0, 2 * math.pi, 361)
    for number, (words, aperture, points) in enumerate(panels):
        x, y, radius = 104 + 184 * number, 112, 80
        outline = aperture.outline_radius(angle)
        edge = np.stack([x + radius * outline * np.cos(angle), y + radius * outline * np.sin(angle)], axis=1)
        shape = [(float(a), float(b)) for a, b in edge]
        drawing.area(shape, "fill")
        drawing.line(shape, "soft", 1.2)
        points = aperture.samples(64).points if points is None else points
        for index, (u, v) in enumerate(points):
            # The first sixteen are well spread by themselves.
            first = index < 16 and words != "independent"
            drawing.dot(x + radius * u, y + radius * v, 3.4, "orange" if first else "blue")
        drawing.text(x, 222, words, "ink", 13, "middle")
    drawing.text(380, 243, "orange: the first 16 of the same sequence", "soft", 12, "middle")
    drawing.save(folder / "pupil-points.svg")


def error_test():
    """The scene and the lens whose error is measured: a textured card before a textured wall, 12 px of blur."""
    near = layer("card", texture(1), 1.0, (columns() % 40 < 16).astype(np.float32))
    return scene(near, layer("wall", texture(2), 0.4)), lens_for(12.0, 1.0, 0.5)


def measured_errors(counts: list[int], truth_samples: int = 16384) -> dict[str, np.ndarray]:
    """Root mean square error over the picture, per number of samples: the sequence's, and of independent samples."""
    subject, lens = error_test()
    engines = {name: open_engine(subject, name) for name in ("reference", "cpu")}

    def picture(name: str, first: int, count: int, seed: int) -> np.ndarray:
        block = SampleBlock(first, count, seed)
        return engines[name].render(subject.camera, lens, block, None, silent).rgba[..., :3].astype(np.float64)

    truth = picture("cpu", 0, truth_samples, 99)
    errors = {"cpu": [], "reference": [], "independent": []}
    alone = np.stack([picture("reference", 0, 1, seed) for seed in range(max(counts))])
    for count in counts:
        errors["cpu"].append(_rms(picture("cpu", 0, count, 5) - truth))
        errors["reference"].append(_rms(picture("reference", 0, count, 5) - truth))
        # Every single sample of another seed is independent of the others; all groups of this size are averaged.
        groups = alone.reshape(-1, count, *truth.shape).mean(axis=1)
        errors["independent"].append(_rms(groups - truth))
    return {name: np.array(values) for name, values in errors.items()}


def _rms(difference: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(difference))))


def fall(counts: list[int], errors: np.ndarray) -> float:
    """The exponent p of error ~ N^-p, by least squares in logarithms."""
    return float(-np.polyfit(np.log(counts), np.log(errors), 1)[0])


def error(folder: Path) -> None:
    """The measured error over the number of lens samples."""
    counts = [8, 16, 32, 64, 128, 256]
    errors = measured_errors(counts)
    drawing = Drawing(760, 380, "Measured error over the number of lens samples, double logarithmic")
    axes = Axes(
        drawing, (80, 30, 420, 290), Axis(7, 290, "log", [(n, str(n)) for n in counts], "lens samples N"),
        Axis(2e-4, 0.12, "log", [(1e-3, "0.001"), (1e-2, "0.01"), (1e-1, "0.1")], "error, linear light (RMS)"),
    )  # fmt: skip
    rows = []
    names = {
        "independent": ("red", "independent samples"), "reference": ("orange", "the sequence"),
        "cpu": ("blue", "and prefiltered (cpu)"),
    }  # fmt: skip
    for name, (colour, words) in names.items():
        rate = fall(counts, errors[name])
        axes.curve(np.array(counts), errors[name], colour)
        axes.dots(np.array(counts), errors[name], colour, 4)
        rows.append((colour, "", f"{words}: N^-{rate:.2f}"))
    legend(drawing, 522, 70, rows, 26)
    for line, words in enumerate(("A card before a wall, 12 px", "of blur; the truth has", "16384 samples.")):
        drawing.text(522, 170 + 18 * line, words, "soft", 12.5)
    drawing.save(folder / "error.svg")


def visible_fraction(offset: np.ndarray) -> np.ndarray:
    """Part of a unit disc on the far side of a chord at a signed distance from its centre."""
    h = np.clip(offset, -1, 1)
    return (np.arccos(h) - h * np.sqrt(1 - h * h)) / math.pi


def measured_penumbra(engine: str, samples: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A black half before a white wall in focus: blur radii from the edge; light measured; light expected."""
    blur_px, edge_px = 24.0, 48.0
    near = layer("near", (0, 0, 0), 1.0, (columns() < edge_px).astype(np.float32))
    subject = scene(near, layer("far", (1, 1, 1), 0.5))
    picture = shoot(subject, lens_for(blur_px, 1.0, 0.5), samples=samples, engine=engine)
    from_edge = (np.arange(WIDTH_PX) + 0.5 - edge_px) / (blur_px / 2)
    return from_edge, picture.linear[HEIGHT_PX // 2, :, 1].astype(np.float64), visible_fraction(-from_edge)


def penumbra(folder: Path) -> None:
    """Light behind the blurred edge of a near black half, against the visible part of the pupil."""
    drawing = Drawing(760, 360, "Light behind a blurred edge: measured points on the analytic curve")
    axes = Axes(
        drawing, (80, 30, 420, 272),
        Axis(-1.6, 1.6, ticks=[(-1, "-1"), (0, "0"), (1, "1")], title="distance from the edge, radii of the blur disc"),
        Axis(0, 1, ticks=[(n / 4, f"{n / 4:g}") for n in range(5)], title="light of the wall"),
    )  # fmt: skip
    at = np.linspace(-1.6, 1.6, 401)
    axes.curve(at, visible_fraction(-at), "soft", 5, opacity=0.45)
    from_edge, light, expected = measured_penumbra("cpu", 1024)
    axes.dots(from_edge, light, "blue", 3.2)
    x, y, radius = 622, 120, 52
    # What a pixel at half a radius beyond the edge sees of the pupil.
    turn = np.linspace(-math.acos(-0.5), math.acos(-0.5), 121)
    drawing.area([(x + radius * math.cos(a), y + radius * math.sin(a)) for a in turn], "blue", 0.35)
    drawing.ring(x, y, radius, "soft")
    drawing.text(x, y + 76, "0.5 radii beyond the edge", "soft", 12, "middle")
    drawing.text(x, y + 93, f"{visible_fraction(np.array([-0.5]))[0]:.3f} of the pupil is free", "soft", 12, "middle")
    entries = [("soft", "", "part of the pupil that is free"), ("blue", "1 5", "relens, cpu, 1024 samples")]
    legend(drawing, 528, 262, entries, 22)
    drawing.text(528, 311, f"largest difference {np.abs(light - expected).max():.4f}", "ink", 12.5)
    drawing.save(folder / "penumbra.svg")


FIGURES = {"rays": rays, "pupil-points": pupil_points, "error": error, "penumbra": penumbra}
