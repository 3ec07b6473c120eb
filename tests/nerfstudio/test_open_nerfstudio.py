import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from relens.errors import FileError, RelensError
from relens.multiview.nerfstudio.frame import ModelFrame
from relens.multiview.nerfstudio.open_nerfstudio import engine_of, open_nerfstudio
from relens.multiview.nerfstudio.trained import read_checkpoint

torch = pytest.importorskip("torch")


@pytest.fixture
def copy(nerfacto: Path, tmp_path: Path) -> Path:
    """The config of a copy that a test may break."""
    return Path(shutil.copytree(nerfacto.parent, tmp_path / "copy")) / "config.yml"


def test_a_model_is_found_beside_its_config_wherever_that_lies(copy: Path) -> None:
    engine = open_nerfstudio(copy)
    assert engine.name == "nerfstudio" and not engine.rasterises
    assert not engine.model.training
    said = json.loads((copy.parent / "dataparser_transforms.json").read_text())
    assert engine.frame.scale == pytest.approx(said["scale"]) and engine.frame.scale != pytest.approx(1)


def test_what_trained_the_model_says_its_world_where_the_file_is_gone(copy: Path) -> None:
    known = open_nerfstudio(copy).frame
    (copy.parent / "dataparser_transforms.json").unlink()
    found = open_nerfstudio(copy).frame
    assert found.scale == pytest.approx(known.scale)
    assert np.allclose(found.to_model, known.to_model, atol=1e-5)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is no file; expected the config.yml"),
        ("method_name: nerfacto\n", "is no config.yml of nerfstudio"),
        ("a: [1", "cannot be read as a config"),
        ("!!python/object:no_such_package.Config {}", "cannot be read as a config"),
    ],
)
def test_what_is_no_config_is_refused(content: str | None, said: str, tmp_path: Path) -> None:
    file = tmp_path / "config.yml"
    if content is not None:
        file.write_text(content)
    with pytest.raises(FileError, match=said):
        open_nerfstudio(file)


def test_a_model_without_a_checkpoint_is_refused(copy: Path) -> None:
    shutil.rmtree(copy.parent / "nerfstudio_models")
    with pytest.raises(FileError, match="has no checkpoint: expected"):
        open_nerfstudio(copy)


def test_a_data_set_that_is_gone_is_named(copy: Path, photos_folder: Path) -> None:
    gone = "gone-from-here"
    copy.write_text(copy.read_text().replace(f"- {photos_folder.name}\n", f"- {gone}\n"))
    with pytest.raises(FileError, match=f"was trained on .*{gone}, which is not there"):
        open_nerfstudio(copy)


def test_a_checkpoint_of_another_model_is_refused(copy: Path) -> None:
    checkpoint = next((copy.parent / "nerfstudio_models").iterdir())
    torch.save({"pipeline": {"_model.other": torch.zeros(3)}, "step": 5}, checkpoint)
    with pytest.raises(FileError, match="does not fit"):
        open_nerfstudio(copy)


class _Trap:
    def __init__(self, file: Path) -> None:
        self.file = str(file)

    def __reduce__(self):
        return open, (self.file, "w")


def test_a_checkpoint_runs_no_code(tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    checkpoint = tmp_path / "step-000000001.ckpt"
    torch.save({"pipeline": {}, "step": 1, "trap": _Trap(sprung)}, checkpoint)
    with pytest.raises(FileError, match="is no checkpoint that can be read"):
        read_checkpoint(checkpoint)
    assert not sprung.exists()
    checkpoint.write_bytes(pickle.dumps(_Trap(sprung)))
    with pytest.raises(FileError):
        read_checkpoint(checkpoint)
    assert not sprung.exists()


def test_splats_without_cuda_are_refused() -> None:
    from nerfstudio.models.splatfacto import SplatfactoModel

    class Pipeline:
        model = SplatfactoModel.__new__(SplatfactoModel)
        device = torch.device("cpu")

    with pytest.raises(RelensError, match="CUDA only"):
        engine_of(Pipeline(), ModelFrame())


@pytest.mark.parametrize("content", ["{}", '{"transform": [[1]], "scale": 1}', '{"transform": [], "scale": 0}'])
def test_a_world_that_is_none_is_refused(content: str, tmp_path: Path) -> None:
    file = tmp_path / "dataparser_transforms.json"
    file.write_text(content)
    with pytest.raises(FileError, match=r"is no dataparser_transforms\.json"):
        ModelFrame.read(file)
