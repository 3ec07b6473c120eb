"""relens edit export and import: pages out to an editor and back, once or whenever it saves."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from small_scene import assert_same, edit, files

from relens.scene_folder import load_scene


@pytest.fixture
def pages(relens, scene: Path, out: Path) -> Path:
    outcome = relens("edit", "export", scene, out / "pages")
    assert outcome.status == 0, outcome.err
    assert "photo.png: " in outcome.out and "pages.ora: " in outcome.out
    return out / "pages"


def green(page: np.ndarray) -> np.ndarray:
    row, column = page.shape[0] // 2, page.shape[1] // 2
    page[row : row + 3, column : column + 4, :3] = [0, 65535, 0]
    return page


@pytest.mark.parametrize("action", ["export", "import"])
def test_every_action_explains_itself(relens, action: str) -> None:
    outcome = relens("edit", action, "--help")
    assert outcome.status == 0
    assert f"usage: relens edit {action}" in outcome.out
    assert "None" not in outcome.out


def test_nothing_edited_changes_nothing(relens, scene: Path, pages: Path) -> None:
    before = files(scene)
    outcome = relens("edit", "import", scene, pages)
    assert (outcome.status, outcome.err) == (0, "")
    assert "photo: unchanged\n" in outcome.out and "changed, within" not in outcome.out
    assert files(scene) == before


def test_an_edit_goes_into_the_scene_or_another(relens, scene: Path, pages: Path, out: Path) -> None:
    edit(pages / "photo.png", green)
    before = load_scene(scene)
    outcome = relens("edit", "import", scene, pages, "-o", out / "painted.relens")
    assert outcome.status == 0, outcome.err
    assert "photo: 12 texels changed, within 4 x 3 at " in outcome.out
    assert_same(load_scene(scene), before)
    assert relens("edit", "import", scene, pages, "--quiet").out == ""
    assert_same(load_scene(scene), load_scene(out / "painted.relens"))
    row, column = (size // 2 for size in before.layers[0].inverse_depth.shape)
    np.testing.assert_allclose(load_scene(scene).canonical["photo"][row, column], [0, 1, 0, 1], atol=1e-6)


def test_the_edited_scene_is_shot(relens, scene: Path, pages: Path, out: Path) -> None:
    edit(pages / "photo.png", green)
    outcome = relens(
        "edit", "import", scene, pages, "--shoot", out / "face.png", "--f-number", 8, "--samples", 4, "--focus", "0.4m"
    )
    assert outcome.status == 0, outcome.err
    assert f"{out / 'face.png'}: 100% of it shot\n" in outcome.out
    picture = cv2.imread(str(out / "face.png"))
    assert picture is not None
    middle = picture[picture.shape[0] // 2 + 1, picture.shape[1] // 2 + 1].astype(int)
    assert middle[1] > 200 and middle[[0, 2]].max() < 60


def test_a_watch_takes_up_every_save(
    relens, scene: Path, pages: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported = (pages / "photo.png").read_bytes()
    shots = []

    def saves(path: Path):
        assert path == pages
        edit(pages / "photo.png", green)
        yield
        shots.append((out / "face.png").read_bytes())
        (pages / "photo.png").write_bytes(exported[:100])
        yield
        shots.append((out / "face.png").read_bytes())
        (pages / "photo.png").write_bytes(exported)
        yield
        shots.append((out / "face.png").read_bytes())
        raise KeyboardInterrupt

    before = load_scene(scene)
    first = relens("edit", "import", scene, pages, "--shoot", out / "face.png", "--samples", 4)
    plain = (out / "face.png").read_bytes()
    assert first.status == 0
    monkeypatch.setattr("relens.edit.watch.saves", saves)
    outcome = relens("edit", "import", scene, pages, "--shoot", out / "face.png", "--samples", 4, "--watch")
    assert outcome.status == 0
    assert outcome.out.count("photo: 12 texels changed") == 1 and outcome.out.endswith("stopped\n")
    assert outcome.err.startswith("relens: not taken up: ") and outcome.err.count("\n") == 1
    assert shots[0] != plain and shots[1] == shots[0] and shots[2] == plain
    assert_same(load_scene(scene), before)


def test_mistakes(relens, scene: Path, pages: Path, out: Path) -> None:
    before = files(scene)
    relens("edit", "import", scene, out / "none").assert_refused("none", "is missing")
    relens("edit", "import", out / "none", pages).assert_refused("no such scene")
    relens("edit", "import", scene, scene).assert_refused("holds no pages.json")
    relens("edit", "import", scene, pages, "--samples", 0).assert_refused("--samples")
    relens("edit", "import", scene, pages, "--focus", "x").assert_refused("--focus")
    relens("edit", "import", scene, pages, "--shoot", out / "x.gif").assert_refused("x.gif")
    relens("edit", "import", scene, pages, "-o", pages).assert_refused("choose another name")
    relens("edit", "export", scene, out / "no" / "pages").assert_refused("create it first")
    relens("edit", "export", scene, scene).assert_refused("other files")
    edit(pages / "photo.png", lambda page: page[..., :3])
    relens("edit", "import", scene, pages).assert_refused("photo.png", "without alpha")
    assert files(scene) == before
