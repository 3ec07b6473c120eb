"""Shoot: what the page orders at full quality is what relens shoot writes, and comes home by the browser's download."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from page_browser import PATIENCE_S, Tab
from page_hands import EndlessShot
from page_painting import Samples, folder_of
from page_scenes import HEIGHT_PX, WIDTH_PX, sitter_scene
from view_server import Running, opened, post
from views import LENS, view_content

from relens.cli.main import main
from relens.errors import RelensError
from relens.photo import read_photo
from relens.photo.quantise import quantise

OpenTab = Callable[..., Tab]
SIZE = (720, 360)
SAMPLES = "16"
LENS_SHOWN = {**LENS, "f_number": 2.0, "blades": 7, "rotation_deg": 12, "cats_eye": 0.4}
FLAGS = [
    "--f-number", "2", "--blades", "7", "--blade-rotation-deg", "12", "--cats-eye", "0.4",
    "--focus", "1.2m", "--eye", "0.01", "-0.02", "0.03",
]  # fmt: skip
STANDING = {"focus": 1.2, "pose": {"eye_m": [0.01, -0.02, 0.03]}}
# 0.4 s, 24 frames a second.
PATH = {"keyframes": [{"at_s": 0, "focus": 0.8}, {"at_s": 0.4, "eye_m": [0.02, 0, 0], "focus": 3.2}]}


def _ready(tab: OpenTab, running: Running, form: str) -> Tab:
    """The shoot panel, filled in."""
    browser = tab(*SIZE).open(running.address.url)
    browser.look(lens=LENS_SHOWN, **STANDING)
    if form == "Film":
        browser.do("(path) => relens.store.set({ path })", PATH)
    browser.page.keyboard.press("5")
    panel = _panel(browser)
    panel.get_by_role("radio", name=form, exact=True).click()
    panel.get_by_label("Most samples per pixel").select_option(SAMPLES)
    panel.get_by_label("Size").select_option("Photo")
    return browser


def _panel(browser: Tab) -> Any:
    return browser.page.locator("#panel-shoot")


def _start(browser: Tab) -> None:
    _panel(browser).get_by_role("button", name="Shoot", exact=True).click()


def _downloaded(browser: Tab, folder: Path) -> Path:
    """Wait for the picture, and take it home."""
    link = _panel(browser).get_by_role("link", name="Download")
    link.wait_for(timeout=1000 * PATIENCE_S)
    with browser.page.expect_download() as taken:
        link.click()
    file = folder / taken.value.suggested_filename
    taken.value.save_as(file)
    return file


def _until(condition: Callable[[], bool]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.01)


def _is_free(running: Running) -> bool:
    jobs = running.session.shots.jobs
    return jobs.running is None and not jobs.waiting


@pytest.mark.parametrize(("form", "suffix", "bits"), [("PNG", ".png", 8), ("PNG 16", ".png", 16), ("EXR", ".exr", 16)])
def test_a_picture_is_the_one_that_relens_shoot_writes(
    sitter: Running, tab: OpenTab, tmp_path: Path, form: str, suffix: str, bits: int
) -> None:
    browser = _ready(tab, sitter, form)
    _start(browser)
    (tmp_path / "page").mkdir()
    file = _downloaded(browser, tmp_path / "page")
    own = tmp_path / f"own{suffix}"
    words = ["--samples", SAMPLES, "--bit-depth", str(bits), "--quiet", *FLAGS]
    assert main(["shoot", str(folder_of(sitter)), "-o", str(own), *words]) == 0
    assert file.suffix == suffix and "85mm-f2" in file.name
    assert file.read_bytes() == own.read_bytes()
    if form == "EXR":
        codes = quantise(read_photo(file).linear, None, 8)
    else:
        codes = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
        assert codes.dtype == (np.uint8 if bits == 8 else np.uint16)
    assert codes.shape == (HEIGHT_PX, WIDTH_PX, 3)
    browser.screenshot(f"shoot-{form.replace(' ', '').lower()}")
    assert not browser.problems


def test_a_film_plays(sitter: Running, tab: OpenTab, tmp_path: Path) -> None:
    av = pytest.importorskip("av", reason="films need PyAV")
    browser = _ready(tab, sitter, "Film")
    panel = _panel(browser)
    said = re.search(r"(\d+\.\d) s of the timeline, (\d+) frames", panel.inner_text())
    assert said
    _start(browser)
    file = _downloaded(browser, tmp_path)
    assert not browser.problems
    if browser.do("() => document.createElement('video').canPlayType('video/mp4; codecs=avc1.640028') !== ''"):
        browser.until("document.querySelector('#panel-shoot video')?.readyState >= 1")
        duration_s = browser.do("() => document.querySelector('#panel-shoot video').duration")
        assert duration_s == pytest.approx(10 / 24, abs=1e-3)
    with av.open(str(file)) as film:
        stream = film.streams.video[0]
        frames = [frame.to_ndarray(format="rgb24").astype(float) for frame in film.decode(stream)]
        assert stream.average_rate == 24
    assert len(frames) == int(said[2]) == 10
    assert frames[0].shape == (HEIGHT_PX, WIDTH_PX, 3)
    # The camera goes to the right, and the focus back: the sitter goes to the left, out of focus.
    assert np.abs(frames[0] - frames[-1]).mean() > 3
    browser.screenshot("shoot-film")


def test_progress_shows_and_cancel_frees_the_queue(
    sitter: Running, tab: OpenTab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = _ready(tab, sitter, "PNG")
    take, endless = sitter.session.shots.studio.take, EndlessShot(0.4)
    monkeypatch.setattr(sitter.session.shots.studio, "take", endless)
    _start(browser)
    progress = _panel(browser).locator(".shot-progress")
    browser.until("document.querySelector('.shot-progress .value').textContent === '40 %'")
    assert progress.is_visible() and "Rendering" in progress.inner_text()
    assert browser.do("() => document.querySelector('.shot-progress progress').value") == pytest.approx(0.4)
    browser.screenshot("shoot-progress")
    # A second shot would wait behind it: the panel lets nobody start one.
    assert _panel(browser).get_by_role("button", name="Shoot", exact=True).is_hidden()
    progress.get_by_role("button", name="Cancel").click()
    assert endless.ended.wait(PATIENCE_S)
    _until(lambda: _is_free(sitter))
    browser.page.get_by_text("The rendering was cancelled.").wait_for()
    assert progress.is_hidden() and _panel(browser).get_by_role("link", name="Download").count() == 0
    monkeypatch.setattr(sitter.session.shots.studio, "take", take)
    # By its key, where it ended.
    browser.page.keyboard.press("p")
    assert _downloaded(browser, tmp_path).stat().st_size > 1000
    assert _is_free(sitter)
    assert not browser.problems


def test_a_shot_lies_over_the_live_view_with_a_slider_between(sitter: Running, tab: OpenTab) -> None:
    browser = _ready(tab, sitter, "PNG")
    # The shot is two stops darker than the live view will be.
    browser.look(exposure_ev=-2)
    _start(browser)
    compare = _panel(browser).get_by_role("button", name="Compare with the live view")
    compare.wait_for(timeout=1000 * PATIENCE_S)
    browser.look(exposure_ev=0)
    Samples(browser).at_least(16)
    compare.click()
    slider = browser.page.get_by_role("slider", name="Live view to the left, full render to the right")
    box = browser.page.locator("canvas").first.bounding_box()

    def light_of_sides() -> list[float]:
        shot = browser.screenshot("shoot-compare")
        rows = slice(round(box["y"]) + 20, round(box["y"] + box["height"]) - 60)
        columns = (round(box["x"] + box["width"] * share) for share in (0.25, 0.75))
        return [float(shot[rows, at - 15 : at + 15].mean()) for at in columns]

    slider.fill("0")
    full = light_of_sides()
    slider.fill("1000")
    live = light_of_sides()
    assert all(one < 0.7 * other for one, other in zip(full, live, strict=True))
    slider.fill("500")
    np.testing.assert_allclose(light_of_sides(), [live[0], full[1]], atol=2)
    assert slider.get_attribute("aria-valuetext") == "50 % live view"
    slider.press("Escape")
    assert slider.count() == 0 and compare.get_attribute("aria-pressed") == "false"
    # What it shows is of a view: another view takes it off.
    compare.click()
    browser.look(exposure_ev=1)
    assert slider.count() == 0
    assert not browser.problems


def test_what_waited_when_the_last_server_ended_comes_home(
    page_folder: Path, tmp_path: Path, tab: OpenTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "scene.relens"
    sitter_scene().save(folder)
    loaded = replace(opened(folder), desk=tmp_path / "desk")
    with Running(loaded, page_folder) as first:
        first.get("/api/scene")
        endless = EndlessShot(0.4)
        monkeypatch.setattr(first.session.shots.studio, "take", endless)
        connection = first.send(post("/api/shoot", {"view": view_content(), "format": "png", "samples": 4}))
        assert endless.began.wait(PATIENCE_S)
        first.session.shots.jobs.interrupt(RelensError("relens view has ended"))
        first.end()
    connection.close()
    with Running(replace(opened(folder), desk=tmp_path / "desk"), page_folder) as second:
        browser = tab(*SIZE).open(second.address.url)
        browser.page.keyboard.press("5")
        left = _panel(browser).get_by_role("region", name="From last time")
        link = left.get_by_role("link", name="Download scene-85mm-f1.4.png")
        link.wait_for(timeout=1000 * PATIENCE_S)
        browser.screenshot("shoot-left")
        with browser.page.expect_download() as taken:
            link.click()
        taken.value.save_as(tmp_path / "a.png")
        assert cv2.imread(str(tmp_path / "a.png")).shape == (HEIGHT_PX, WIDTH_PX, 3)
        assert not browser.problems
