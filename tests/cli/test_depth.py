from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from portraits import astronaut

from relens.depth import read_depth
from relens.photo import write_image


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "portrait.png"
    path.parent.mkdir(exist_ok=True)
    write_image(path, astronaut().linear)
    return path


def test_a_file_goes_in_and_comes_out_at_the_photo_s_size(relens, photo: Path, depth: Path, out: Path) -> None:
    outcome = relens("depth", photo, "-o", out / "d.exr", "--preview", out / "d.png", "--backend", depth)
    assert (outcome.status, outcome.err) == (0, "")
    assert f"{out / 'd.exr'}: 48 x 36 px, 0.400 m to 2.00 m, from file depth.npz" in outcome.out
    np.testing.assert_allclose(read_depth(out / "d.exr").inverse_depth, 1 / np.load(depth)["depth"], rtol=1e-5)
    assert Image.open(out / "d.png").size == (48, 36)
    assert {path.name for path in out.iterdir()} == {"d.exr", "d.png"}


def test_a_map_without_unit_gets_one(relens, photo: Path, out: Path) -> None:
    disparity = photo.with_name("disparity.png")
    Image.fromarray(np.tile(np.linspace(0, 255, 48), (36, 1)).astype(np.uint8)).save(disparity)
    words = ("--depth", disparity, "--depth-kind", "disparity", "--near", 0.5, "--far", "inf", "--raw")
    assert relens("depth", photo, "-o", out / "d.npy", *words).status == 0
    metres = np.load(out / "d.npy")
    assert np.isposinf(metres[:, 0]).all() and metres[0, -1] == pytest.approx(0.5)


def test_a_portrait_without_depth_gets_it_and_is_told_how(relens, portrait: Path, out: Path) -> None:
    pytest.importorskip("ai_edge_litert", reason="the portrait prior needs ai-edge-litert")
    outcome = relens("depth", portrait, "-o", out / "d.exr", "--uncertainty", out / "u.npz")
    assert outcome.status == 0
    assert "from portrait prior, sure to" in outcome.out
    notes = outcome.err.splitlines()
    assert all(note.startswith("relens: note: ") for note in notes)
    assert "the photo holds no depth; depth-pro: " in notes[0]
    assert ("its weights are not here" if find_spec("transformers") else "transformers") in notes[0]
    assert any("face at" in note for note in notes) and any("a guess" in note for note in notes)
    uncertainty = np.load(out / "u.npz")["uncertainty"]
    assert uncertainty.shape == (512, 512) and uncertainty.min() > 0.03 and uncertainty.max() < 0.71


def test_the_iris_check_is_reported_and_corrects(relens, portrait: Path, out: Path) -> None:
    pytest.importorskip("ai_edge_litert", reason="the iris check needs ai-edge-litert")
    np.save(portrait.with_name("d.npy"), np.linspace(2, 8, 512 * 512, dtype=np.float32).reshape(512, 512))
    words = ("depth", portrait, "--backend", portrait.with_name("d.npy"), "-o", out / "d.npy", "--raw")
    told = relens(*words)
    assert "iris check: face at" in told.err and "scale is off" in told.err
    assert relens(*words, "--metric-scale", "iris", "--quiet").err == ""
    assert 0.8 < np.load(out / "d.npy")[110, 224] < 1.05


def test_the_list_names_every_back_end_with_its_licence(relens) -> None:
    outcome = relens("depth", "--list")
    assert outcome.status == 0
    for name in ("phone", "depth-pro ", "depth-pro-apple", "portrait", "apple-amlr", "Apache-2.0", "FILE"):
        assert name in outcome.out


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ((), "PHOTO is missing"),
        (("photo.png",), "-o FILE is missing"),
        (("photo.png", "-o", "d.jpg"), "cannot be written as .jpg"),
        (("photo.png", "-o", "no/d.exr"), "does not exist"),
        (("photo.png", "-o", "d.exr", "--uncertainty", "u.png"), "uncertainty cannot be written as .png"),
        (("photo.png", "-o", "d.exr", "--preview", "d.xyz"), "d.xyz"),
        (("photo.png", "-o", "d.exr", "--preview", "d.exr"), "named twice"),
        (("photo.png", "-o", "photo.png"), "is the photo itself"),
        (("photo.png", "-o", "d.exr", "--near", "1"), "--near 1.0: expected none"),
        (("photo.png", "-o", "d.exr", "--depth", "depth.npz", "--near", "1"), "--far None: expected a distance"),
        (("photo.png", "-o", "d.exr", "--depth", "depth.npz", "--weights", "w"), "--weights w: expected none"),
        (("photo.png", "-o", "d.exr", "--depth", "depth.npz", "--uncertainty", "u.exr"), "choose a --backend"),
        (("photo.png", "-o", "d.exr", "--depth", "phone"), "holds no depth"),
        (("none.png", "-o", "d.exr"), "none.png"),
    ],
)
def test_what_cannot_work_is_refused_in_one_line(relens, photo: Path, depth: Path, monkeypatch, words, problem) -> None:
    monkeypatch.chdir(photo.parent)
    before = set(photo.parent.iterdir())
    relens("depth", *words).assert_refused(problem)
    assert set(photo.parent.iterdir()) == before
