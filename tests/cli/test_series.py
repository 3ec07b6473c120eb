"""Stacks, sweeps and light fields from the command line."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

_QUICK = ("--samples", 4, "--engine", "reference", "--quiet")


def _listing(folder: Path) -> list[dict]:
    return json.loads((folder / "series.json").read_text("utf-8"))["pictures"]


def test_a_stack_between_two_distances(relens, scene: Path, out: Path) -> None:
    words = ("--from", "0.4m", "--to", "2m", "--count", 3)
    assert relens("stack", scene, "-o", out / "s", *words, *_QUICK).status == 0
    listing = _listing(out / "s")
    assert [each["file"] for each in listing] == ["focus-000.png", "focus-001.png", "focus-002.png"]
    # Evenly in inverse distance.
    np.testing.assert_allclose([1 / each["focus_m"] for each in listing], [2.5, 1.5, 0.5], rtol=1e-6)
    sharp = [np.asarray(Image.open(out / "s" / each["file"]), float) for each in listing]
    assert np.abs(sharp[0] - sharp[2]).max() > 10


def test_a_stack_without_gaps_over_the_whole_scene(relens, scene: Path, out: Path) -> None:
    outcome = relens("stack", scene, "-o", out / "s", "--f-number", 16, "--samples", 4)
    assert outcome.status == 0 and "pictures, focus-000 to" in outcome.out
    distances_m = [each["focus_m"] for each in _listing(out / "s")]
    assert len(distances_m) > 1 and distances_m == sorted(distances_m)


def test_a_sweep(relens, scene: Path, out: Path) -> None:
    assert relens("sweep", scene, "-o", out / "s", "--f-numbers", 1.4, 8, "--format", "jpg", *_QUICK).status == 0
    assert _listing(out / "s") == [{"file": "f1.4.jpg", "f_number": 1.4}, {"file": "f8.jpg", "f_number": 8.0}]
    assert sorted(path.name for path in (out / "s").iterdir()) == ["f1.4.jpg", "f8.jpg", "series.json"]


def test_a_light_field(relens, scene: Path, out: Path) -> None:
    words = ("--grid", 2, "--baseline", 0.01, "--focus", "0.4m", *_QUICK)
    assert relens("light-field", scene, "-o", out / "s", *words).status == 0
    assert [each["file"] for each in _listing(out / "s")][:2] == ["view-00-00.png", "view-00-01.png"]
    assert len(_listing(out / "s")) == 4


@pytest.mark.parametrize(
    ("command", "words", "problem"),
    [
        ("stack", ("--from", "subject"), "expected a distance"),
        ("stack", ("--from", "2m", "--to", "1m"), "at least the start of the stack"),
        ("stack", ("--count", 0), "1 to 1000 pictures"),
        ("sweep", ("--f-numbers", 0.1), "--f-number 0.1"),
        ("sweep", ("--f-numbers", 2, 2), "each once"),
        ("light-field", ("--grid", 0), "--grid 0"),
        ("light-field", ("--baseline", 2), "--baseline 2"),
        ("sweep", ("--format", "bmp"), "one of png"),
    ],
)
def test_what_makes_no_series(relens, scene: Path, out: Path, command: str, words: tuple, problem: str) -> None:
    relens(command, scene, "-o", out / "s", *words).assert_refused(problem)
    assert not list(out.iterdir())


def test_a_folder_that_is_there_stays(relens, scene: Path, out: Path) -> None:
    relens("sweep", scene, "-o", out).assert_refused("is there already")
