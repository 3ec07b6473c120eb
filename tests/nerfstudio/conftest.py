"""Models that nerfstudio's own commands train here, on the CPU, in a few seconds each; shared by all tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from posed_scene import write_dataset

_STAND_INS = Path(__file__).parent / "stand_ins"
_WHY = "needs nerfstudio in an environment of its own: make test-nerfstudio"


def _has_nerfstudio() -> bool:
    try:
        # These tests' own folder answers to the name nerfstudio.
        import nerfstudio.plugins.types  # noqa: F401
    except ImportError:
        return False
    return True


# Before anything of it is imported; its types module imports all of torchvision.
sys.path.insert(0, str(_STAND_INS))
if any((Path(folder) / "nerfstudio" / "plugins").is_dir() for folder in sys.path):
    import nerfstudio_on_cpu  # noqa: F401

HAS_NERFSTUDIO = _has_nerfstudio()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips all of this folder where there is no nerfstudio, before any of its models is asked for."""
    for item in items:
        if not HAS_NERFSTUDIO and item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.skip(reason=_WHY))


class Commands:
    """Runs nerfstudio's commands in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        tools = folder / "bin"
        tools.mkdir()
        if HAS_NERFSTUDIO:
            import imageio_ffmpeg

            # ns-render looks for it before it looks at what it is to write.
            (tools / "ffmpeg").symlink_to(imageio_ffmpeg.get_ffmpeg_exe())
        self.environment = os.environ | {
            "PYTHONPATH": str(_STAND_INS),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), str(tools), os.environ["PATH"]]),
            # Its checkpoints are its own here.
            "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD": "1",
            "PYTHONWARNINGS": "ignore",
            "OMP_NUM_THREADS": "1",
        }

    def run(self, *words: object, timeout_s: float = 300) -> str:
        """What a command prints; fails with it where the command fails."""
        command = [str(Path(sys.executable).parent / str(words[0])), *map(str, words[1:])]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=timeout_s
        )
        assert done.returncode == 0, f"{' '.join(map(str, words))}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def train(self, method: str, steps: int, *words: object) -> Path:
        """ns-train on the CPU; returns the config.yml that it writes."""
        plain = (
            "--machine.device-type",
            "cpu",
            "--vis",
            "tensorboard",
            "--experiment-name",
            "test",
            "--timestamp",
            "0",
        )
        never = ("--steps-per-eval-batch", 0, "--steps-per-eval-image", 0, "--steps-per-eval-all-images", 0)
        output = self.folder / "out"
        self.run("ns-train", method, *plain, *never, "--output-dir", output, "--max-num-iterations", steps, *words)
        return output / "test" / method / "0" / "config.yml"


@pytest.fixture(scope="session")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    return Commands(tmp_path_factory.mktemp("nerfstudio"))


@pytest.fixture(scope="session")
def photos_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(tmp_path_factory.mktemp("photos"), count=8, width_px=48)


@pytest.fixture(scope="session")
def nerfacto(commands: Commands, photos_folder: Path) -> Path:
    """nerfstudio's own nerfacto, very small; its dataparser turns, shifts and scales the world."""
    small = {
        "implementation": "torch", "num-levels": 4, "log2-hashmap-size": 12, "max-res": 64, "hidden-dim": 32,
        "hidden-dim-color": 32, "num-nerf-samples-per-ray": 16, "camera-optimizer.mode": "off", "near-plane": 0.5,
        "far-plane": 6, "average-init-density": 2, "proposal-warmup": 10, "proposal-weights-anneal-max-num-iters": 20,
    }  # fmt: skip
    words = [word for name, value in small.items() for word in (f"--pipeline.model.{name}", value)]
    samples = ("--pipeline.model.num-proposal-samples-per-ray", 24, 16)
    rays = ("--pipeline.datamanager.train-num-rays-per-batch", 256)
    parser = ("nerfstudio-data", "--data", photos_folder, "--eval-mode", "interval", "--eval-interval", 4)
    return commands.train("nerfacto", 80, *words, *samples, *rays, *parser)


@pytest.fixture(scope="session")
def surface(commands: Commands, photos_folder: Path) -> Path:
    """Our surface, trained by ns-train."""
    return commands.train("relens-surface", 150, "--data", photos_folder)


@pytest.fixture(scope="session")
def canonical(commands: Commands, photos_folder: Path, surface: Path) -> Path:
    """Our canonical page on that surface, trained by ns-train."""
    on_surface = ("--pipeline.model.surface", surface)
    rays = ("--pipeline.datamanager.train-num-rays-per-batch", 2048)
    return commands.train("relens-canonical", 60, "--data", photos_folder, *on_surface, *rays)
