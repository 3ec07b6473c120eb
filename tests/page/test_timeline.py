"""The timeline: keyframes by hand, playing, ready-made moves, and paths as relens itself has them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from page_browser import Tab
from page_hands import said, take_file
from page_scenes import WALL_M, sitter_scene
from view_server import Running

from relens.path import CameraPath, Shots, read_path, shots
from relens.scene import Scene

CONFIGS = Path(__file__).parents[2] / "configs" / "paths"


@pytest.fixture
def page(sitter: Running, tab: Callable[..., Tab]) -> Tab:
    """The sitter with the timeline open and no path yet."""
    page = tab(800, 560).open(sitter.address.url)
    page.page.keyboard.press("3")
    return page


def test_keyframes_by_button_and_key(page: Tab, tmp_path: Path) -> None:
    """A film that begins on the face and ends on the wall, closed down and from the side."""
    press(page, "Add keyframe")
    page.look(lens={"f_number": 4}, focus=WALL_M, pose={"eye_m": [0.02, -0.01, 0.03], "yaw_rad": 0.05}, exposure_ev=0.5)
    page.page.locator("canvas").first.focus()
    page.page.keyboard.press("k")
    first, last = page.state()["path"]["keyframes"]
    assert first["at_s"] == 0 and last["at_s"] == 2
    assert last["eye_m"] == [0.02, -0.01, 0.03] and last["f_number"] == 4 and last["focus"] == WALL_M
    diamonds = page.page.locator(".diamond")
    assert diamonds.count() == 2
    page.screenshot("timeline-two-keyframes")
    follows_python(page, exported(page, tmp_path), (0, 0.5, 1, 1.5, 2))
    assert not page.problems


def test_a_keyframe_is_dragged_copied_and_deleted(page: Tab) -> None:
    add_two(page)
    track, second = (
        page.page.locator(".timeline-track").bounding_box(),
        page.page.locator(".diamond").nth(1).bounding_box(),
    )
    x, y = second["x"] + second["width"] / 2, second["y"] + second["height"] / 2
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    page.page.mouse.move(x + 20, y)
    page.page.mouse.move(x + track["width"] / 5, y)
    page.page.mouse.up()
    # The scale of a path of two seconds shows five.
    assert times_s(page) == pytest.approx([0, 3], abs=0.03)

    seek(page, 1)
    press(page, "Copy the chosen")
    assert times_s(page) == pytest.approx([0, 1, 3], abs=0.03)
    copied, last = page.state()["path"]["keyframes"][1:]
    assert {**copied, "at_s": 0} == {**last, "at_s": 0}

    press(page, "Delete the chosen")
    assert times_s(page) == pytest.approx([0, 3], abs=0.03)
    page.page.locator(".diamond").nth(1).focus()
    page.page.keyboard.press("Delete")
    assert times_s(page) == [0]
    page.page.keyboard.press("Control+z")
    page.page.keyboard.press("Control+z")
    assert times_s(page) == pytest.approx([0, 1, 3], abs=0.03)
    assert not page.problems


def test_fields_of_a_keyframe(page: Tab, tmp_path: Path) -> None:
    add_two(page)
    page.page.locator(".diamond").nth(1).click()
    for name, text in (("Time, s", "2.5"), ("f-number", "8"), ("Focus", "1.5 m"), ("Hold, s", "0.5")):
        write(page, name, text)
    last = page.state()["path"]["keyframes"][1]
    assert (last["at_s"], last["f_number"], last["focus"], last["hold_s"]) == (2.5, 8, "1.5 m", 0.5)
    assert page.state()["view"]["lens"]["f_number"] == pytest.approx(8)
    assert page.state()["view"]["focus"] == pytest.approx(1.5)
    follows_python(page, exported(page, tmp_path), (0, 1, 2, 2.75))
    for name, text, complaint in (("f-number", "-2", "f_number"), ("Focus", "nowhere", "focus")):
        write(page, name, text)
        assert complaint in said(page)
        assert page.state()["path"]["keyframes"][1] == last, "a wrong value changes nothing"
        assert page.page.locator(".keyframe-editor").get_by_label(name, exact=True).input_value() != text
    page.screenshot("timeline-fields")
    assert not page.problems


def test_plays_as_relens_has_it(page: Tab, tmp_path: Path) -> None:
    add_two(page)
    path = exported(page, tmp_path)
    seek(page, 0)
    page.page.locator("canvas").first.focus()
    page.page.keyboard.press(" ")
    page.until("relens.store.get().time_s > 0.4")
    # An aperture between the numbers is shown as cameras show it.
    assert len(page.page.locator(".readout.aperture .figure").text_content()) <= len("f/1.55")
    page.page.keyboard.press(" ")
    state = page.state()
    assert not state["playing"] and 0.4 < state["time_s"] < 2
    assert_view(state["view"], shots_at(path, state["time_s"]))
    page.page.keyboard.press(" ")
    page.until("!relens.store.get().playing")
    assert page.state()["time_s"] == pytest.approx(2), "without a loop it stops at its end"

    press(page, "Loop")
    page.page.locator("canvas").first.focus()
    page.page.keyboard.press(" ")
    page.until("relens.store.get().time_s > 1.2")
    page.until("relens.store.get().time_s < 1")
    assert page.state()["playing"], "a loop goes on from its start"
    page.page.mouse.click(*page.place(20, 20))
    assert not page.state()["playing"], "a hand on the picture stops it"
    assert not page.problems


def test_ready_made_move(page: Tab, tmp_path: Path) -> None:
    page.page.get_by_label("Ready-made moves").select_option("push-in")
    page.until("relens.store.get().path !== null")
    assert page.page.locator(".diamond").count() == 2
    follows_python(page, exported(page, tmp_path), (0, 1, 2, 3, 4))
    seek(page, 0)
    press(page, "Play")
    page.until("relens.store.get().time_s > 0.5")
    press(page, "Pause")
    page.screenshot("timeline-push-in")
    assert page.state()["view"]["pose"]["eye_m"][2] > 0.001
    assert not page.problems


def test_path_exported_is_path_imported(page: Tab, sitter: Running, tab: Callable[..., Tab], tmp_path: Path) -> None:
    add_two(page)
    write(page, "Focus", "inf")
    page.page.locator(".diamond").first.click()
    page.page.get_by_label("Ease").select_option("in-out")
    file = exported_file(page, tmp_path)
    fresh = tab(800, 560).open(sitter.address.url)
    fresh.page.keyboard.press("3")
    take_file(fresh, file)
    assert fresh.state()["path"] == page.state()["path"]
    again = exported_file(fresh, tmp_path / "again")
    assert again.read_bytes() == file.read_bytes()
    assert not page.problems + fresh.problems


@pytest.mark.parametrize("name", ["portrait-reveal", "push-in"])
def test_path_files_of_relens(page: Tab, name: str, tmp_path: Path) -> None:
    take_file(page, CONFIGS / f"{name}.yaml")
    assert page.state()["path"] is not None
    path = exported(page, tmp_path)
    own = read_path(CONFIGS / f"{name}.yaml")
    if isinstance(own, CameraPath):
        assert path == own
    follows_python(page, path, (0, 1, 2, 3))
    assert not page.problems


def test_a_file_that_is_no_path(page: Tab, tmp_path: Path) -> None:
    add_two(page)
    before = page.state()["path"]
    for text, complaint in (
        ("keyframes:\n  - at_s: 0\n    eye_m: [0, 0]\n", "keyframes[0].eye_m"),
        ("keyframes: [\n", "line 2"),
        ("\x00\x01not a path", "YAML"),
        ('{"camera_path": 3}', "camera_path"),
    ):
        file = tmp_path / "bad.yaml"
        file.write_text(text)
        page.do("() => { relens.app.say(''); }")
        take_file(page, file)
        line = said(page)
        assert line.startswith("bad.yaml: ") and complaint in line and "\n" not in line, line
        assert page.state()["path"] == before


def press(page: Tab, name: str) -> None:
    """A button by how its name begins."""
    page.page.locator(f'#panel-timeline button[aria-label^="{name}"]').click()


def write(page: Tab, name: str, text: str) -> None:
    field = page.page.locator(".keyframe-editor").get_by_label(name, exact=True)
    field.fill(text)
    field.press("Tab")


def add_two(page: Tab) -> None:
    """Two keyframes: of the face at f/1.4, and two seconds later of the wall at f/2.8 from 3 cm to the right."""
    press(page, "Add keyframe")
    page.look(lens={"f_number": 2.8}, focus=WALL_M, pose={"eye_m": [0.03, 0, 0]})
    press(page, "Add keyframe")


def times_s(page: Tab) -> list[float]:
    return [keyframe["at_s"] for keyframe in page.state()["path"]["keyframes"]]


def seek(page: Tab, time_s: float) -> None:
    """Take the playhead there by its keys: to the start, then by whole seconds and frames."""
    page.page.locator(".playhead").focus()
    page.page.keyboard.press("Home")
    for _ in range(int(time_s)):
        page.page.keyboard.press("PageUp")
    fps = page.state()["path"].get("fps", 24)
    for _ in range(round((time_s % 1) * fps)):
        page.page.keyboard.press("ArrowRight")


def exported_file(page: Tab, folder: Path) -> Path:
    with page.page.expect_download() as download:
        press(page, "Export")
    folder.mkdir(exist_ok=True)
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def exported(page: Tab, folder: Path) -> CameraPath:
    path = read_path(exported_file(page, folder))
    assert isinstance(path, CameraPath)
    return path


def shots_at(path: CameraPath, time_s: float, scene: Scene | None = None) -> Shots:
    """The one frame of a film that has one at that time."""
    film = shots(path, scene or sitter_scene(), fps=1 / time_s if time_s else 24)
    return film[1:2] if time_s else film[:1]


def follows_python(page: Tab, path: CameraPath, at_s: tuple[float, ...]) -> None:
    for time_s in at_s:
        seek(page, time_s)
        state = page.state()
        assert state["time_s"] == pytest.approx(time_s, abs=1e-6)
        assert_view(state["view"], shots_at(path, time_s))


def assert_view(view: dict[str, Any], shot: Shots) -> None:
    """The page's view is a frame of relens's."""
    eye_m, lens = shot.camera_to_world[0, :3, 3], shot.lens_at(0)
    assert view["pose"]["eye_m"] == pytest.approx(eye_m, abs=1e-4)
    assert rotation(view["pose"]) == pytest.approx(shot.camera_to_world[0, :3, :3], abs=1e-3)
    assert view["exposure_ev"] == pytest.approx(shot.exposure_ev[0], abs=1e-6)
    assert view["lens"]["f_number"] == pytest.approx(lens.f_number, rel=1e-6)
    focus = view["focus"]
    assert (0 if focus is None else 1 / focus) == pytest.approx(shot.focus_inverse_m[0], abs=2e-3)


def rotation(pose: dict[str, Any]) -> np.ndarray:
    """Yaw to the right, then pitch up, then roll clockwise: view.ts."""
    (cy, sy), (cp, sp), (cr, sr) = (
        (np.cos(pose[name]), np.sin(pose[name])) for name in ("yaw_rad", "pitch_rad", "roll_rad")
    )
    yaw = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    pitch = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    return yaw @ pitch @ np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
