"""The figures of docs/how and docs/limits: the quick ones are made, and hold numbers that agree with the formulas."""

import importlib.util
import math
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

FIGURES = Path(__file__).parents[2] / "docs" / "figures"
QUICK = [
    "how/thin-lens",
    "how/coc",
    "how/depth-of-field",
    "how/scheimpflug",
    "how/rays",
    "how/pupil-points",
    "how/reach",
    "how/penumbra",
    "limits/spots",
]


@pytest.fixture(scope="module")
def figures():
    """The modules of docs/figures, which stand beside one another and not in a package."""
    before = set(sys.modules)
    sys.path.insert(0, str(FIGURES))
    try:
        spec = importlib.util.spec_from_file_location("docs_figures", FIGURES / "__main__.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(FIGURES))
        for name in set(sys.modules) - before:
            if str(FIGURES) in str(getattr(sys.modules[name], "__file__", "")):
                del sys.modules[name]


@pytest.mark.parametrize("name", QUICK)
def test_a_quick_figure_is_a_drawing_with_a_description(figures, name, tmp_path):
    figures.figures()[name](tmp_path)
    root = ElementTree.parse(tmp_path / f"{name.split('/')[1]}.svg").getroot()
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None and len(title.text or "") > 20
    assert "prefers-color-scheme: dark" in ElementTree.tostring(root, "unicode")
    numbers = [float(n) for n in root.get("viewBox").split()]
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        assert 0 <= float(text.get("x")) <= numbers[2] and 0 <= float(text.get("y")) <= numbers[3]


def test_named_figures_are_made_where_they_are_wanted(figures, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["figures", "how/coc", "--out", str(tmp_path)])
    assert figures.main() == 0
    assert (tmp_path / "how" / "coc.svg").stat().st_size > 1000
    monkeypatch.setattr(sys, "argv", ["figures", "how/nothing", "--out", str(tmp_path)])
    assert figures.main() == 2
    assert "how/nothing" in capsys.readouterr().err


def test_every_picture_of_the_pages_is_a_figure_and_the_other_way_round(figures):
    docs = FIGURES.parent
    pages = [*sorted((docs / "how").glob("*.md")), docs / "limits.md"]
    text = "\n".join(page.read_text("utf-8") for page in pages)
    shown = {f"{folder}/{name}" for folder in ("how", "limits") for name in _names(text, folder)}
    assert shown == set(figures.figures())


def _names(text, folder):
    return {part.split(".")[0] for part in text.split(f"images/{folder}/")[1:]}


def test_the_thin_lens_figure_is_gauss_by_hand(figures, tmp_path):
    figures.lens_figures.thin_lens(tmp_path)
    # 60 mm, focused at 240 mm, a point at 150 mm: images at 80 mm and 100 mm, and 20 of 100 parts of a 60 mm pupil.
    words = (tmp_path / "thin-lens.svg").read_text("utf-8")
    assert "v = 80 mm, v_z = 100 mm, c = 12 mm across" in words


def test_hyperfocal_distances_are_the_textbooks(figures, tmp_path):
    figures.lens_figures.depth_of_field(tmp_path)
    words = (tmp_path / "depth-of-field.svg").read_text("utf-8")
    circle_mm = math.hypot(36, 24) / 1500
    for f_number in (1.8, 5.6, 16):
        assert f"f/{f_number:g}: H = {50**2 / (f_number * circle_mm) / 1000:.3g} m" in words


def test_reach_is_what_the_room_shows(figures):
    lens = figures.reach_figure.Lens(85, 1.0, 0.8)
    u = 0.085 / 2 + 0.04
    wall_x = u + (0 - u) * 2.4 / 0.8
    assert figures.reach_figure.hidden_px(lens, 0.04, 900.0) == pytest.approx(-900 * wall_x / 2.4)


def test_the_measured_penumbra_is_the_free_part_of_the_pupil(figures):
    from_edge, light, expected = figures.estimator_figures.measured_penumbra("cpu", 256)
    assert np.abs(light - expected).max() < 0.02
    # The formula itself, by counting points of the pupil.
    x, y = np.random.default_rng(0).uniform(-1, 1, (2, 200_000))
    inside = x[x * x + y * y <= 1]
    for edge in (-0.7, 0.0, 0.4):
        free = figures.estimator_figures.visible_fraction(np.array([edge]))[0]
        assert free == pytest.approx(float((inside > edge).mean()), abs=0.005)
    assert from_edge[0] < -1 < 1 < from_edge[-1]


def test_the_sequences_error_falls_faster_than_that_of_independent_samples(figures):
    counts = [8, 16, 32]
    errors = figures.estimator_figures.measured_errors(counts, truth_samples=2048)
    fall = figures.estimator_figures.fall
    assert 0.35 < fall(counts, errors["independent"]) < 0.65
    assert fall(counts, errors["reference"]) > 0.65
    assert (errors["cpu"] < errors["independent"]).all()


def test_the_singlet_bends_as_the_lens_makers_equation_says(figures):
    spot = figures.spot_figure
    origin, direction = spot.through(np.array([[0, 0.01, -20.0]]), np.array([[0, 0, 1.0]]))
    back_mm = origin[0, 2] - origin[0, 1] * direction[0, 2] / direction[0, 1] - spot.THICKNESS_MM
    n, r, d = spot.INDEX, spot.RADIUS_MM, spot.THICKNESS_MM
    power = (n - 1) * (2 / r - (n - 1) * d / (n * r * r))
    assert back_mm == pytest.approx((1 - (n - 1) * d / (n * r)) / power, rel=1e-4)
