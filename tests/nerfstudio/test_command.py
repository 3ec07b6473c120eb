"""relens shoot --nerfstudio: the command as a user types it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="module")
def path_file(nerfacto: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two frames, as the viewer saves them: from the first photo's place in the model's world, and a little ahead."""
    from relens.camera import opengl_from_opencv
    from relens.multiview.nerfstudio.open_nerfstudio import open_nerfstudio

    engine, frames = open_nerfstudio(nerfacto), []
    for step_m in (0.0, 0.05):
        pose = engine.frame.to_model @ opengl_from_opencv(engine.cameras[0].moved(z_m=step_m).camera_to_world)
        pose[:3, 3] *= engine.frame.scale
        frames.append({"camera_to_world": pose.ravel().tolist(), "fov": 40.0, "aspect": 4 / 3})
    said = {"camera_type": "perspective", "render_width": 24, "render_height": 18, "fps": 2, "seconds": 1}
    file = tmp_path_factory.mktemp("path") / "camera_path.json"
    file.write_text(json.dumps(said | {"camera_path": frames, "keyframes": [], "is_cycle": False}))
    return file


def _relens(*words: object) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "relens"), *map(str, words)]
    environment = {"PYTHONPATH": str(Path(__file__).parent / "stand_ins"), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)


def test_a_picture_and_its_defocus(nerfacto: Path, path_file: Path, tmp_path: Path) -> None:
    shots = {}
    for name, f_number in (("sharp", 128), ("soft", 0.5)):
        file = tmp_path / f"{name}.png"
        words = ("--camera-path", path_file, "-o", file, "--focus", "1.2m", "--focal-length", 85, "--samples", 8)
        done = _relens("shoot", "--nerfstudio", nerfacto, *words, "--f-number", f_number)
        assert done.returncode == 0, done.stderr
        assert "the first of the path's 2 frames" in done.stderr and "focus 1.20 m" in done.stdout
        shots[name] = np.asarray(Image.open(file), float)
    assert shots["sharp"].shape == (18, 24, 3)

    def detail(picture: np.ndarray) -> float:
        return float(np.abs(np.diff(picture, axis=1)).mean() + np.abs(np.diff(picture, axis=0)).mean())

    assert detail(shots["soft"]) < 0.9 * detail(shots["sharp"])


def test_all_frames(nerfacto: Path, path_file: Path, tmp_path: Path) -> None:
    words = ("--camera-path", path_file, "-o", tmp_path / "f-#.png", "--focus", "1.2m", "--samples", 2, "--size", 12)
    done = _relens("shoot", "--nerfstudio", nerfacto, *words)
    assert done.returncode == 0, done.stderr
    assert "2 frames, 12x9 at 2 fps" in done.stdout
    assert [Image.open(file).size for file in sorted(tmp_path.glob("*.png"))] == [(12, 9)] * 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--focus", "1.2m"), "--camera-path"),
        (("--camera-path", "PATH", "--eye", "1", "0", "0"), "eye"),
        (("--camera-path", "PATH", "--focus", "99,1"), "--focus 99,1"),
        (("--camera-path", "nothing.json"), "nothing.json"),
    ],
)
def test_what_does_not_fit_is_one_line(
    nerfacto: Path, path_file: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    named = [str(path_file) if word == "PATH" else word for word in words]
    done = _relens("shoot", "--nerfstudio", nerfacto, "-o", tmp_path / "a.png", *named)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and said in done.stderr, done.stderr
    assert not list(tmp_path.iterdir())
