"""A model that ns-train has trained, read back: its config, its pipeline and its checkpoint."""

# nerfstudio has an environment of its own.
# pyright: reportMissingImports=false
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from relens.errors import FileError, MissingPackageError
from relens.multiview.nerfstudio.frame import ModelFrame

_CHECKPOINT = re.compile(r"step-(\d+)\.ckpt")


@dataclass(frozen=True, eq=False)
class Trained:
    """What ns-train left.

    Attributes:
        config: nerfstudio's TrainerConfig.
        pipeline: its pipeline, in eval mode, with the checkpoint's weights.
        step: after which it was saved.
        frame: where the model's world lies in the data set's.
    """

    config: Any
    pipeline: Any
    step: int
    frame: ModelFrame


def load_trained(
    config: str | os.PathLike[str],
    *,
    device: Literal["auto", "cpu", "cuda"] = "auto",
    mode: Literal["inference", "test"] = "inference",
) -> Trained:
    """The model of a config.yml that ns-train wrote, with the last of its checkpoints.

    A config.yml names Python objects, and reading it makes them: it can run any code, as it does in nerfstudio's own
    commands. Open only those that you trust. The checkpoint is read as plain numbers and runs none.

    Args:
        config: the config.yml; its checkpoints lie beside it.
        device: "auto" takes CUDA where there is one.
        mode: "test" loads the photos too, for nerfstudio's viewer.

    Raises FileError for a file that is no such config, a checkpoint or a data set that is not there;
    MissingPackageError without nerfstudio.
    """
    file = Path(config)
    try:
        import torch
        import yaml
        from nerfstudio.configs.method_configs import all_methods
        from nerfstudio.engine.trainer import TrainerConfig
    except ImportError as error:
        install = "pip install 'relens[nerfstudio]'"
        raise MissingPackageError("nerfstudio", "a nerfstudio model", install) from error
    if not file.is_file():
        raise FileError(file, "is no file; expected the config.yml of a model that ns-train trained")
    try:
        # As nerfstudio's eval_setup reads it: the file is made of its own Python objects.
        read = yaml.load(file.read_text("utf-8"), Loader=yaml.Loader)
    except (yaml.YAMLError, UnicodeDecodeError, ImportError, AttributeError, TypeError) as error:
        raise FileError(file, f"cannot be read as a config of nerfstudio: {str(error)[:160]}") from error
    if not isinstance(read, TrainerConfig):
        raise FileError(file, "is no config.yml of nerfstudio: expected the file that ns-train writes")
    method = all_methods.get(str(read.method_name))
    if method is None:
        raise FileError(file, f"was trained by {read.method_name}; install the package that brings this method")
    # The type of its photos does not survive YAML.
    manager = read.pipeline.datamanager
    manager._target = method.pipeline.datamanager._target
    checkpoint = last_checkpoint(file.parent / read.relative_model_dir, file)
    data = getattr(manager, "data", None) or getattr(getattr(manager, "dataparser", None), "data", None) or read.data
    if data is not None and not Path(data).exists():
        raise FileError(file, f"was trained on {data}, which is not there; run this from the folder ns-train ran in")
    kind = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    pipeline = read.pipeline.setup(device=kind, test_mode=mode)
    pipeline.eval()
    state = read_checkpoint(checkpoint)
    try:
        pipeline.load_pipeline(state["pipeline"], state["step"])
    except (KeyError, RuntimeError) as error:
        raise FileError(checkpoint, f"does not fit {file}: {str(error)[:160]}") from error
    # nerfstudio passes over what does not fit; only what scores pictures may be missing.
    saved = {name.removeprefix("module.").replace("_model.module.", "_model.") for name in state["pipeline"]}
    missing = [name for name in pipeline.state_dict() if name not in saved and "lpips" not in name]
    if missing:
        raise FileError(checkpoint, f"does not fit {file}: it has no {missing[0]}")
    return Trained(read, pipeline, int(state["step"]), _frame(file.parent, pipeline))


def read_checkpoint(file: Path) -> dict[str, Any]:
    """The tensors and plain values of a checkpoint of nerfstudio's trainer. Raises FileError for anything else."""
    import pickle

    import torch

    # Beside tensors, its schedulers keep their rates as numpy's numbers, under the name of either of its versions.
    scalar: Any = np.float64(0).__reduce__()[0]
    known: list[Any] = [(scalar, f"{module}.multiarray.scalar") for module in ("numpy.core", "numpy._core")]
    types: list[Any] = [type(np.dtype(name)) for name in ("float64", "float32", "int64", "int32")]
    try:
        with torch.serialization.safe_globals([*known, np.dtype, *types]):
            state = torch.load(file, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        said = str(error).splitlines()[-1] if str(error) else type(error).__name__
        raise FileError(file, f"is no checkpoint that can be read: {said[:160]}") from error
    if not isinstance(state, dict) or not {"pipeline", "step"} <= set(state):
        raise FileError(file, "is no checkpoint of nerfstudio's trainer")
    return state


def last_checkpoint(folder: Path, config: Path) -> Path:
    """The latest of the checkpoints in a folder. Raises FileError, naming the config, where there is none."""
    steps = {}
    if folder.is_dir():
        steps = {int(found[1]): file for file in folder.iterdir() if (found := _CHECKPOINT.fullmatch(file.name))}
    if not steps:
        raise FileError(config, f"has no checkpoint: expected {folder}/step-*.ckpt; train longer, or copy it there")
    return steps[max(steps)]


def _frame(folder: Path, pipeline: Any) -> ModelFrame:
    saved = folder / "dataparser_transforms.json"
    if saved.is_file():
        return ModelFrame.read(saved)
    return frame_of(pipeline)


def frame_of(pipeline: Any) -> ModelFrame:
    """The frame that a pipeline's dataparser has made for it."""
    parsed = pipeline.datamanager.train_dataparser_outputs
    to_model = np.eye(4)
    to_model[:3] = parsed.dataparser_transform.cpu().numpy()
    return ModelFrame(to_model, float(parsed.dataparser_scale))
