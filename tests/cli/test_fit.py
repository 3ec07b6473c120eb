"""relens fit: posed photos in, a scene and its fit out; what does not fit leaves nothing."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from posed_scene import write_dataset

from relens.cli import fit_run
from relens.multiview.fit_folder import is_fit, load_fit
from relens.photo import read_photo
from relens.scene_folder import load_scene

torch = pytest.importorskip("torch", reason="fits need torch")
pytest.importorskip("open3d", reason="fits need open3d")

STEPS = 40


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little work for each step; the commands are what is tested here."""
    # On busy cores one thread is many times faster than two that wait for each other.
    torch.set_num_threads(1)
    surface = partial(fit_run.SurfaceSettings, rays=128, sdf_cells=(16, 32), colour_cells=(16, 32))
    monkeypatch.setattr(fit_run, "SurfaceSettings", surface)
    monkeypatch.setattr(fit_run, "PageSettings", partial(fit_run.PageSettings, steps=20))


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(tmp_path_factory.mktemp("photos"), count=6, width_px=48)


@pytest.fixture
def fitted(relens: Callable, photos: Path, out: Path) -> Path:
    """The fit of the photos; its scene lies beside it."""
    outcome = relens("fit", photos, "-o", out / "ball.relens", "--steps", STEPS)
    assert outcome.status == 0, outcome
    assert f"{out / 'ball.relens'}: 48 x 36 px" in outcome.out and f"{out / 'ball.fit'}: 6 photos" in outcome.out
    return out / "ball.fit"


def test_a_data_set_becomes_a_fit_and_a_scene_that_other_commands_take(relens: Callable, fitted: Path) -> None:
    folder = fitted.parent
    assert {path.name for path in folder.iterdir()} == {"ball.fit", "ball.relens"}, "no checkpoints are left"
    assert is_fit(fitted)
    captured = load_scene(folder / "ball.relens")
    outcome = relens("lift", fitted, "-o", folder / "again.relens")
    assert outcome.status == 0, outcome
    again = load_scene(folder / "again.relens")
    assert [layer.name for layer in again.layers] == [layer.name for layer in captured.layers]
    for one, other in zip(captured.layers, again.layers, strict=True):
        assert np.array_equal(one.rgba, other.rgba)
        assert np.array_equal(one.inverse_depth, other.inverse_depth, equal_nan=True)
    outcome = relens("shoot", fitted, "-o", folder / "ball.png", "--samples", 4, "--size", 96)
    assert outcome.status == 0, outcome
    assert Image.open(folder / "ball.png").size == (96, 72)
    relens("info", fitted).assert_refused(f"relens lift {fitted}")


def test_paint_on_the_page_is_seen_without_a_new_fit(relens: Callable, fitted: Path) -> None:
    shot = ("--samples", 4, "--f-number", 64)
    relens("shoot", fitted, "-o", fitted.parent / "before.png", *shot)
    size_px = load_fit(fitted).page_size_px
    Image.new("RGBA", size_px, (0, 255, 0, 255)).save(fitted / "page.png")
    outcome = relens("shoot", fitted, "-o", fitted.parent / "after.png", *shot)
    assert outcome.status == 0, outcome
    before, after = (read_photo(fitted.parent / name).linear for name in ("before.png", "after.png"))
    assert np.median(before[..., 1]) < 0.8
    assert np.median(after[..., 1]) > 0.95 and np.median(after[..., [0, 2]]) < 0.02


def test_a_fit_that_is_stopped_goes_on_to_the_same_page(
    relens: Callable, photos: Path, out: Path, fitted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = fit_run.fit, []

    def stopped(dataset: Path, place: Path, request: object, progress: Callable) -> object:
        def stopping(stage: str, fraction: float) -> None:
            calls.append(stage)
            if stage.startswith("surface") and fraction >= 0.5:
                raise KeyboardInterrupt
            progress(stage, fraction)

        return real(dataset, place, request, stopping)

    words = ("fit", photos, "-o", out / "two.relens", "--steps", STEPS)
    with monkeypatch.context() as patched:
        patched.setattr(fit_run, "fit", stopped)
        outcome = relens(*words)
    assert outcome.status == 130 and calls
    kept = out / ".two.fit.work"
    assert f"kept in {kept}" in outcome.err and (kept / "surface.pt").is_file()
    assert not (out / "two.relens").exists() and not (out / "two.fit").exists()
    assert relens(*words).status == 0
    assert not kept.exists()
    for name in ("page.png", "model.bin"):
        assert (out / "two.fit" / name).read_bytes() == (fitted / name).read_bytes()


def test_other_settings_do_not_go_on_from_a_stopped_fit(
    relens: Callable, photos: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*words: object, **named: object) -> object:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("relens.multiview.fit.mesh_of", interrupted)
        assert relens("fit", photos, "-o", out / "a.relens", "--steps", 4).status == 130
    relens("fit", photos, "-o", out / "a.relens", "--steps", 5).assert_refused(".a.fit.work", "settings")


def test_parts_can_be_left_out(relens: Callable, photos: Path, out: Path) -> None:
    parts = ("priors", "uncertainty", "guided-rays", "smoothness-mask", "bias-correction")
    outcome = relens("fit", photos, "-o", out / "a.relens", "--steps", 10, "--without", *parts, "--hold-out", 3)
    assert outcome.status == 0 and "dB held out" in outcome.out
    settings = json.loads((out / "a.fit" / "fit.json").read_text("utf-8"))["settings"]["surface"]
    switches = ("uses_priors", "learns_uncertainty", "guides_rays", "masks_smoothness", "corrects_bias")
    assert [settings[name] for name in switches] == [False] * 5
    assert [photo.held_out for photo in load_fit(out / "a.fit").photos].count(True) == 2


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("one photo", "relens lift"),
        ("missing photo", "photo"),
        ("unreadable photo", "photo"),
        ("photo size", "48x36"),
        ("nan pose", "transform_matrix"),
        ("no frames", "frames"),
        ("same place", "place"),
        ("mask size", "mask"),
        ("missing depth", "depth"),
    ],
)
def test_bad_data_sets_say_so_and_leave_nothing(
    relens: Callable, out: Path, tmp_path: Path, broken: str, said: str
) -> None:
    folder = write_dataset(tmp_path / "bad", count=4, broken=broken, masks=broken == "mask size")
    relens("fit", folder, "-o", out / "a.relens").assert_refused(said)
    assert not any(out.iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--steps", 0), "--steps 0"),
        (("--longest", 2), "--longest 2"),
        (("--hold-out", 1), "--hold-out 1"),
        (("--box", 0, 0, 0, 0, 1, 1), "--box"),
        (("--reach-m", 0), "--reach-m 0"),
        (("--depth", "map.png"), "depth"),
        (("--reference", "no such photo"), "no such photo"),
    ],
)
def test_wrong_values_are_named(relens: Callable, photos: Path, out: Path, words: tuple, said: str) -> None:
    relens("fit", photos, "-o", out / "a.relens", *words).assert_refused(said)
    assert not any(out.iterdir())


def test_names_that_cannot_be(relens: Callable, photos: Path, out: Path) -> None:
    relens("fit", photos, "-o", out / "a.fit").assert_refused("a.fit", "a.relens")
    relens("fit", out / "nothing", "-o", out / "a.relens").assert_refused("nothing")
    (out / "b.fit").mkdir()
    (out / "b.fit" / "letter.txt").touch()
    relens("fit", photos, "-o", out / "b.relens").assert_refused("b.fit")
    assert [path.name for path in out.rglob("*")] == ["b.fit", "letter.txt"]
