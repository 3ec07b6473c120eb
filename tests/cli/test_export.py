from pathlib import Path

import pytest

pytest.importorskip("open3d", reason="cleaning points needs relens[mesh]")


def test_every_format_beside_the_scene(relens, scene: Path) -> None:
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
