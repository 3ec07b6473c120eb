import re
from pathlib import Path

import pytest

from relens.viewer import built_page


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built page of nothing, in the place of the real one."""
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "index.html").write_text('<head><script type="module" src="./a.js"></script></head><body></body>')
    (folder / "a.js").write_text("console.log(1)")
    monkeypatch.setattr(built_page, "_FOLDERS", (folder,))
    return folder


def test_a_page_for_a_friend(relens, scene: Path, page: Path, out: Path) -> None:
    outcome = relens("export", scene, "--html", "-o", out / "me")
    assert outcome.status == 0, outcome.err
    (file,) = out.iterdir()
    size = file.stat().st_size
    assert file.name == "me.html"
    line = outcome.out.splitlines()[0]
    assert re.fullmatch(rf"\S+me\.html: 48 x 36 pixels \(level 0\), 0\.\d MB \({size} bytes\)", line), line
    assert "relens-source" in file.read_text("utf-8")


def test_the_name_asks_for_a_page_too(relens, scene: Path, page: Path, out: Path) -> None:
    assert relens("export", scene, "-o", out / "me.html", "--quiet").status == 0
    assert [file.name for file in out.iterdir()] == ["me.html"]


def test_without_a_built_page_it_says_how_to_build(relens, scene: Path, out: Path, page: Path) -> None:
    (page / "index.html").unlink()
    relens("export", scene, "--html", "-o", out / "me").assert_refused("make viewer")
    assert not any(out.iterdir())


def test_every_format_beside_the_scene(relens, scene: Path) -> None:
    pytest.importorskip("open3d", reason="cleaning points needs relens[mesh]")
    outcome = relens("export", scene, "--glb", "--obj", "--ply", "--points")
    assert outcome.status == 0, outcome.err
    names = {path.name for path in scene.parent.iterdir()}
    stem = scene.stem
    assert {f"{stem}.glb", f"{stem}.obj", f"{stem}.mtl", f"{stem}.ply", f"{stem}-points.ply"} <= names
    assert outcome.out.count("\n") == 4 and "triangles" in outcome.out and "points" in outcome.out


def test_the_name_says_the_format_and_a_photo_is_lifted(relens, photo: Path, depth: Path, out: Path) -> None:
    outcome = relens("export", photo, "-o", out / "me.glb", "--depth", depth, "--fx-px", 60)
    assert outcome.status == 0, outcome.err
    assert [path.name for path in out.iterdir()] == ["me.glb"]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ([], "--glb"),
        (["--glb", "--triangles", -1], "--triangles"),
        (["--glb", "--texture-px", 2], "--texture-px"),
        (["--glb", "--infinity-m", 0], "--infinity-m"),
        (["--points", "--step", 0], "--step"),
        (["--glb", "--fx-px", 50], "--fx-px"),
        (["--glb", "-o", "no-such-folder/me"], "no-such-folder"),
    ],
)
def test_mistakes(relens, scene: Path, words: list, problem: str) -> None:
    before = set(scene.parent.rglob("*"))
    relens("export", scene, *words).assert_refused(problem)
    assert set(scene.parent.rglob("*")) == before
