"""relens lift and shoot on models: meshes and splats."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from splat_clouds import together, wall, write_sharp

from relens.scene_folder import load_scene

pytest.importorskip("open3d", reason="meshes need relens[mesh]")


def _red(x, y):
    return np.stack([0.8 + 0 * x, 0.2 + 0 * x, 0.2 + 0 * x], -1)


def _blue(x, y):
    return np.stack([0.2 + 0 * x, 0.3 + 0 * x, 0.8 + 0 * x], -1)


@pytest.fixture
def splats(out: Path) -> Path:
    both = together(wall(1.0, 0.2, 0.01, _red), wall(2.0, 1.5, 0.02, _blue))
    write_sharp(out / "quad.ply", both, fx_px=120.0, size=(96, 80), colour_space=1)
    return out / "quad.ply"


@pytest.fixture
def mesh(out: Path) -> Path:
    (out / "step.obj").write_text(
        "v -1 -1 -2\nv 1 -1 -2\nv 1 1 -2\nv -1 1 -2\nv -.3 -.3 -1\nv .3 -.3 -1\nv .3 .3 -1\nv -.3 .3 -1\n"
        "f 1 2 3\nf 1 3 4\nf 5 6 7\nf 5 7 8\n"
    )
    return out / "step.obj"


def test_splats_become_a_scene(relens, splats: Path, out: Path) -> None:
    outcome = relens("lift", splats, "-o", out / "a.relens")
    assert (outcome.status, outcome.err) == (0, "")
    scene = load_scene(out / "a.relens")
    assert [layer.name for layer in scene.layers] == ["front-1", "background"]
    assert scene.camera.intrinsics.width_px == 96 and "splats" in scene.depth_source


def test_a_mesh_becomes_a_scene(relens, mesh: Path, out: Path) -> None:
    outcome = relens("lift", mesh, "-o", out / "a.relens", "--size", 96)
    assert outcome.status == 0, outcome.err
    assert "mesh of 4 triangles" in load_scene(out / "a.relens").depth_source


def test_splats_are_photographed(relens, splats: Path, out: Path) -> None:
    outcome = relens("shoot", splats, "-o", out / "a.png", "--focus", "1m", "--samples", 16)
    assert outcome.status == 0, outcome.err
    picture = np.asarray(Image.open(out / "a.png").convert("RGB"), int)
    red, _, blue = np.moveaxis(picture, -1, 0)
    height, width = red.shape
    assert red[height // 2, width // 2] > 150 > blue[height // 2, width // 2]
    assert (blue[:, 2] > red[:, 2]).all()


def test_options_of_photos_are_refused(relens, mesh: Path, splats: Path, photo: Path, depth: Path, out: Path) -> None:
    for model in (mesh, splats):
        relens("lift", model, "-o", out / "a.relens", "--fx-px", 60).assert_refused("--fx-px", "a model has its own")
    relens("lift", photo, "-o", out / "a.relens", "--depth", depth, "--size", 20).assert_refused("--size", "none")
    assert not (out / "a.relens").exists()


@pytest.mark.parametrize("name", ["a.splat", "a.spz", "no.glb", "no.ply"])
def test_what_cannot_be_read(relens, out: Path, name: str) -> None:
    if name.startswith("a."):
        (out / name).write_bytes(b"x")
    relens("lift", out / name, "-o", out / "a.relens").assert_refused(name)
    relens("shoot", out / name, "-o", out / "a.png").assert_refused(name)
