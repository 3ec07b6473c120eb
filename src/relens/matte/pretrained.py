"""Pretrained: a network of transformers from a folder with its configuration and weights, and how it wants pictures."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from relens.errors import FileError, MissingPackageError, RelensError
from relens.weights import local_files

_PACKAGES = ("torch", "transformers", "safetensors")
_NEEDED = ("config.json", "model.safetensors")
_SHOWN = 3


@dataclass(frozen=True)
class Pretrained:
    """A network that is ready to run.

    Attributes:
        model: of transformers, in float32, not in training.
        mean, spread: of each colour, sRGB-encoded, which the network wants subtracted and divided by.
        device: torch's name of where it runs.
    """

    model: Any
    mean: Float32[np.ndarray, "3"]
    spread: Float32[np.ndarray, "3"]
    device: str

    def normalised(self, encoded: Float32[np.ndarray, "h w 3"]) -> Float32[np.ndarray, "h w 3"]:
        """sRGB-encoded colours, 0 to 1, as the network wants them."""
        return (encoded - self.mean) / self.spread


def weights_folder(name: str, given: Path | None) -> Path:
    """The folder with the weights `name` of relens.weights: the one given, else where they were downloaded to.

    Raises FileError for a given folder without them; RelensError, with what to do, where there are none.
    """
    if given is None:
        folder = local_files(name)
        if folder is None:
            ways_on = f"run: relens models fetch {name}; or name a folder that holds them"
            raise RelensError(f"{name}: its weights are not on this machine; {ways_on}")
        return folder
    for file in _NEEDED:
        if not (given / file).is_file():
            raise FileError(given / file, f"is missing; expected a folder with the weights of {name}")
    return given


def load_pretrained(kind: str, folder: Path, mean: tuple[float, ...], spread: tuple[float, ...]) -> Pretrained:
    """The network of transformers' class `kind` in a folder; nothing is fetched, nothing unpickled.

    mean, spread: of colours, where the folder's preprocessor_config.json does not say.
    Raises FileError that names the folder and what is wrong; MissingPackageError without torch and transformers.
    """
    _require_packages(kind)
    import torch
    import transformers

    try:
        with _quiet():
            model, told = getattr(transformers, kind).from_pretrained(
                folder, local_files_only=True, use_safetensors=True, output_loading_info=True
            )
    except Exception as error:  # every kind that a folder can be wrong in
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise FileError(folder, f"cannot be read as {kind} ({reason}); fetch the weights again") from error
    # What is missing would be filled with random numbers.
    missing = [name for name in told["missing_keys"] if not name.endswith("mask_token")]
    wrong = sorted([*missing, *(str(one) for one in told["mismatched_keys"])])
    if wrong:
        more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        raise FileError(folder, f"lacks {', '.join(wrong[:_SHOWN])}{more}; are these the weights of {kind}?")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    said = _preprocessor(folder)
    mean, spread = said.get("image_mean", mean), said.get("image_std", spread)
    return Pretrained(model.float().eval().to(device), np.array(mean, np.float32), np.array(spread, np.float32), device)


def missing_packages() -> list[str]:
    """Those of torch, transformers and safetensors that are not installed."""
    from importlib.util import find_spec

    return [package for package in _PACKAGES if find_spec(package) is None]


def _require_packages(purpose: str) -> None:
    missing = missing_packages()
    if missing:
        raise MissingPackageError(missing[0], purpose, f"pip install {' '.join(_PACKAGES)}")


def _preprocessor(folder: Path) -> dict[str, Any]:
    file = folder / "preprocessor_config.json"
    if not file.is_file():
        return {}
    try:
        said = json.loads(file.read_text("utf-8"))
        return {key: said[key] for key in ("image_mean", "image_std") if key in said}
    except (OSError, ValueError, TypeError) as error:
        raise FileError(file, "is no configuration of a preprocessor; fetch the weights again") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """What transformers has to say goes into the error, once; its progress bar stays away."""
    from transformers.utils import logging as their_logging

    logger = logging.getLogger("transformers")
    level, bar = logger.level, their_logging.is_progress_bar_enabled()
    logger.setLevel(logging.CRITICAL)
    their_logging.disable_progress_bar()
    try:
        yield
    finally:
        logger.setLevel(level)
        if bar:
            their_logging.enable_progress_bar()
