"""Every script of examples/ runs, on a small copy of the sample photo, and what it writes is what it says."""

import importlib.util
import sys
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

import relens
from relens.edit import load_history
from relens.lift import lift
from relens.photo import srgb_decode
from relens.render.focus import background_depth_m, subject_depth_m

EXAMPLES = Path(__file__).parents[2] / "examples"
SIZE_PX = 128


@pytest.fixture(autouse=True)
def beside_the_examples(monkeypatch):
    """What `python examples/...` finds beside the script."""
    monkeypatch.syspath_prepend(EXAMPLES)


def loaded(file):
    spec = importlib.util.spec_from_file_location(f"example_{file.stem[3:]}", file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def example(name):
    """The script as a module; its file is found by its name without the number."""
    (file,) = EXAMPLES.glob(f"[0-9][0-9]_{name}.py")
    return loaded(file)


@cache
def small_photo(width_px=SIZE_PX):
    return loaded(EXAMPLES / "sample.py").sample_photo(width_px)


@cache
def small_scene(width_px=SIZE_PX):
    return lift(small_photo(width_px))


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run an example at a small size; gives the folder that it wrote into. Photo and scene are made once for all."""

    def lift_once(photo, **options):
        return small_scene(photo.width_px) if not options else lift(photo, **options)

    def run(name, size=SIZE_PX, **options):
        monkeypatch.setattr(relens, "lift", lift_once)
        module = example(name)
        if hasattr(module, "sample_photo"):
            monkeypatch.setattr(module, "sample_photo", small_photo)
        module.main(size=size, out=tmp_path / "examples", **options)
        return tmp_path / "examples"

    return run


def linear(file):
    with Image.open(file) as opened:
        return srgb_decode(np.asarray(opened.convert("RGB"), np.float32) / 255)


def sharpness(light, mask):
    """Mean step from pixel to pixel within a mask of the photo's aspect."""
    steps = np.abs(np.diff(light.mean(axis=2), axis=1))
    inside = cv2.resize(mask.astype(np.float32), light.shape[1::-1], interpolation=cv2.INTER_AREA)[:, 1:] > 0.9
    return float(steps[inside].mean())


def face_mask():
    return cv2.resize(small_photo().mattes["portrait"], (SIZE_PX, small_photo().height_px)) > 0.9


def test_every_example_is_short_numbered_and_tested():
    files = sorted(EXAMPLES.glob("[0-9]*.py"))
    assert [file.name[:3] for file in files] == [f"{number:02}_" for number in range(1, len(files) + 1)]
    tests = Path(__file__).read_text(encoding="utf-8")
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert len(text.splitlines()) < 60, file.name
        assert text.startswith('"""') and "Writes " in text.split('"""')[1], file.name
        assert f'run("{file.stem[3:]}"' in tests, f"{file.name} has no test"


def test_first_picture(run):
    light = linear(run("first_picture") / "first-picture.jpg")
    assert light.shape[1] == SIZE_PX
    # The pupil's blur takes no light away.
    assert light.mean() == pytest.approx(np.clip(small_photo().linear, 0, 1).mean(), rel=0.05)


def test_focus_and_aperture(run, capsys):
    folder = run("focus_and_aperture")
    light = {file.stem[6:]: linear(file) for file in folder.iterdir()}
    assert set(light) == {f"{where}-f{number}" for where in ("face", "wall") for number in ("1.4", "2.8", "8")}
    on_face = {name: sharpness(picture, face_mask()) for name, picture in light.items()}
    assert on_face["face-f1.4"] > on_face["wall-f8"] > on_face["wall-f2.8"] > on_face["wall-f1.4"]
    assert "face at f/1.4: sharp from 0." in capsys.readouterr().out


def test_own_depth_map(run):
    light = linear(run("own_depth_map", size=160) / "own-depth.jpg")
    height, width = light.shape[:2]
    rows, columns = np.mgrid[:height, :width]
    radius = np.hypot(columns - width / 2, rows - height / 2) / width
    reference = cv2.resize(np.clip(small_photo(160).linear, 0, 1), (width, height), interpolation=cv2.INTER_AREA)
    wall = (radius > 0.4) & (radius < 0.5)
    kept = {
        name: sharpness(light, where) / sharpness(reference, where)
        for name, where in {"sphere": radius < 0.12, "wall": wall}.items()
    }
    assert kept["sphere"] > 0.8 > 0.65 > kept["wall"]


def test_scene_by_hand(run, capsys):
    light = linear(run("scene_by_hand") / "scene-by-hand.png")
    told_px = float(capsys.readouterr().out.split(" px")[0].split()[-1])
    assert told_px == pytest.approx(1.2 * SIZE_PX * 0.1 / 0.9 * 0.75, abs=0.06)
    # Pixels at the rim count by the part of them that is lit.
    blue = light[:, SIZE_PX // 2 :, 2] - light[0, -1, 2]
    lit = blue / np.median(blue[blue > 0.5 * blue.max()])
    assert np.sqrt(lit.sum() * 4 / np.pi) == pytest.approx(told_px, rel=0.05)


def test_matte_and_edit(run):
    folder = run("matte_and_edit")
    matte = linear(folder / "matte.png")[..., 0]
    np.testing.assert_array_equal(matte > 0.5, cv2.resize(matte, (SIZE_PX, len(matte))) > 0.5)
    assert 0.1 < (matte > 0.5).mean() < 0.9
    history = load_history(folder / "edited.relens")
    assert [step.name for step in history.done] == ["recolour"]
    # The wall is green now, and was not.
    red, green, _ = linear(folder / "edited.jpg")[:8].reshape(-1, 3).mean(axis=0)
    was_red, was_green, _ = small_photo().linear[:8].reshape(-1, 3).mean(axis=0)
    assert green > 1.5 * red and was_green < 1.2 * was_red


def test_own_aperture(run):
    folder = run("own_aperture")
    heart = example("own_aperture").heart()
    assert np.array_equal(heart, heart[:, ::-1]) and not np.array_equal(heart, heart[::-1])
    assert linear(folder / "own-aperture.jpg").shape[1] == SIZE_PX


def test_novel_view(run):
    folder = run("novel_view")
    left, right = (linear(folder / f"view-{side}.png").mean(axis=2) for side in ("left", "right"))
    scene = small_scene()
    k, wall_m, face_m = scene.camera.intrinsics, background_depth_m(scene), subject_depth_m(scene)
    # Both views turn towards the face, so the wall above it moves by the parallax of 8 cm against the face.
    expected_px = 0.08 * k.fx_px * SIZE_PX / k.width_px * (1 / face_m - 1 / wall_m)
    above = slice(0, 20)
    misfit = [np.abs(left[above, : SIZE_PX - shift] - right[above, shift:]).mean() for shift in range(SIZE_PX // 2)]
    assert np.argmin(misfit) == pytest.approx(expected_px, abs=3)
    assert min(misfit) < misfit[0] / 4


def test_focus_pull(run):
    folder = run("focus_pull", fps=4)
    with Image.open(folder / "focus-pull.webp") as opened:
        assert opened.n_frames == 9 and opened.width == SIZE_PX
        frames = []
        for number in (0, opened.n_frames - 1):
            opened.seek(number)
            frames.append(srgb_decode(np.asarray(opened.convert("RGB"), np.float32) / 255))
    first, last = (sharpness(frame, face_mask()) for frame in frames)
    assert first > 1.5 * last
    assert (folder / "step-aside.webp").is_file()


def test_edit_page_with_pillow(run):
    light = linear(run("edit_page_with_pillow") / "painted.jpg")
    # The page has a border around the photo.
    border_px, height_px = small_scene().border_px, small_photo().height_px
    row = round(len(light) * (0.25 * (height_px + 2 * border_px) - border_px) / height_px)
    red, green, blue = light[row].mean(axis=0)
    assert red > 0.6 and green < 0.1 and blue < 0.1
    red, green, blue = light[len(light) * 3 // 4].mean(axis=0)
    assert red < 3 * green


def test_progressive(run, capsys):
    file = run("progressive", noise=0.02) / "progressive.exr"
    lines = capsys.readouterr().out.splitlines()
    shares = [float(line.split("%")[0].split()[-1]) for line in lines]
    assert shares == sorted(shares, reverse=True) and shares[0] > 0 == shares[-1]
    import OpenEXR

    channels = OpenEXR.File(str(file), separate_channels=True).channels()
    # A few pixels may need more than the 1024 samples that the example takes at most.
    assert np.mean(channels["standard_error"].pixels > 0.02) < 5e-4
    assert channels["lens_samples"].pixels.min() < channels["lens_samples"].pixels.max()


def test_metric_read_outs(run):
    lines = (run("metric_read_outs") / "read-outs.txt").read_text().splitlines()
    values = dict(line.split(": ", 1) for line in lines)
    assert values["subject"].startswith(f"{subject_depth_m(small_scene()):.3f} m")
    assert values["entrance pupil"] == "60.7 mm across"
    assert 0.3 < subject_depth_m(small_scene()) < background_depth_m(small_scene())


def test_own_depth_backend(run, capsys):
    light = linear(run("own_depth_backend") / "own-backend.jpg")
    assert capsys.readouterr().out == "depth from flat-ground\n"
    assert light.shape[1] == SIZE_PX
    depth = example("own_depth_backend").FlatGround(camera_height_m=1.5).estimate(small_photo())
    k = small_photo().intrinsics
    assert depth.inverse_depth[-1, 0] == pytest.approx((k.height_px - 0.5 - k.cy_px) / k.fy_px / 1.5, rel=1e-5)
    assert depth.sky[0].all()


def test_own_edit(run, capsys):
    light = linear(run("own_edit") / "own-edit.jpg")
    assert capsys.readouterr().out == "done: Monochrome\n"
    assert np.ptp(light, axis=2).max() < 0.01
