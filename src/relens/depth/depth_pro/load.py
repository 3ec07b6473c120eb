"""The network brought into memory from its files, in the formats of a plan."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from relens.depth.depth_pro.anatomy import is_encoders
from relens.depth.depth_pro.architecture import apple_configuration
from relens.depth.depth_pro.files import port_configuration, read_tensors, weight_files
from relens.depth.depth_pro.int8 import quantised
from relens.depth.depth_pro.place import place_tensors
from relens.depth.depth_pro.plan import PATCHES_AT_ONCE, Plan
from relens.depth.depth_pro.precision import formats
from relens.depth.depth_pro.vit import run_lean
from relens.errors import FileError, MissingPackageError

PACKAGES = ("torch", "transformers", "safetensors")
# Names of the hub's files to those of newer transformers.
_NEWER_NAMES = (
    ("attention.attention.query.", "attention.q_proj."),
    ("attention.attention.key.", "attention.k_proj."),
    ("attention.attention.value.", "attention.v_proj."),
    ("attention.output.dense.", "attention.o_proj."),
)


@dataclass(frozen=True)
class Network:
    """A network that is ready to run.

    Attributes:
        model: transformers' DepthProForDepthEstimation, with encoders that need little memory.
        plan: what it was made ready for.
    """

    model: Any
    plan: Plan


def blueprint(weights: Path | None = None) -> Any:
    """The network without its numbers, on the "meta" device, as config.json beside the weights says, else as Apple's.

    Raises FileError for a configuration that cannot be one; MissingPackageError without torch and transformers.
    """
    require_packages()
    import torch
    from transformers import DepthProConfig, DepthProForDepthEstimation

    file = port_configuration(weights) if weights is not None else None
    try:
        with _quiet():
            config = DepthProConfig(**apple_configuration()) if file is None else DepthProConfig.from_json_file(file)
            with torch.device("meta"):
                return DepthProForDepthEstimation(config).eval()  # pyright: ignore[reportCallIssue]
    except Exception as error:  # every kind that a configuration can be wrong in
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise FileError(file or "Depth Pro", f"is no configuration of Depth Pro ({reason})") from error


def load_network(weights: Path, plan: Plan) -> Network:
    """Read the weights into a network of the plan's formats on its device; no tensor is in memory twice.

    Raises FileError that names the file and what is wrong with it.
    """
    files = weight_files(weights)
    model = blueprint(weights)
    return filled_network(model, _named_for(model, files), files[0], plan)


def filled_network(model: Any, tensors: Iterable[tuple[str, Any]], file: Path, plan: Plan) -> Network:
    """A network of `blueprint` filled with named tensors, each brought into the plan's formats as it comes.

    file: that the tensors are of, for the error. Raises FileError when they do not fit.
    """
    import torch

    types = formats(plan.precision, plan.device)

    def kept(name: str, module: Any, tensor: Any) -> Any:
        if types.int8 and is_encoders(name) and ".layer." in name and isinstance(module, torch.nn.Linear):
            return quantised(module, tensor) if name.endswith(".weight") else tensor.float()
        # A copy, so that nothing holds the file open.
        tensor = tensor.to(types.encoders if is_encoders(name) else types.decoder, copy=True)
        return tensor.contiguous(memory_format=torch.channels_last) if tensor.ndim == 4 else tensor

    place_tensors(model, tensors, file, kept, partial(_is_optional, model))
    model.to(plan.device)
    make_lean(model, plan)
    return Network(model, plan)


def make_lean(model: Any, plan: Plan) -> None:
    """Have the encoders of a DepthProForDepthEstimation run layer by layer."""
    keep = frozenset(model.config.intermediate_hook_ids)
    types = formats(plan.precision, plan.device)
    encoders = [(model.depth_pro.encoder.patch_encoder, keep), (model.depth_pro.encoder.image_encoder, ())]
    encoders += [(model.fov_model.fov_encoder, ())] if model.fov_model is not None else []
    for encoder, kept_layers in encoders:
        run_lean(encoder.model, kept_layers, PATCHES_AT_ONCE[plan.device], types.decoder)


def require_packages() -> None:
    """Raises MissingPackageError without torch, transformers and safetensors."""
    from importlib.util import find_spec

    for package in PACKAGES:
        if find_spec(package) is None:
            raise MissingPackageError(package, "Depth Pro", "pip install 'relens[depth-pro]'")


def _named_for(model: Any, files: tuple[Path, ...]) -> Iterator[tuple[str, Any]]:
    """The tensors of all files under the names that this version of the port has."""
    is_newer = any(_NEWER_NAMES[0][1] in name for name, _ in model.named_parameters())
    for file in files:
        for name, tensor in read_tensors(file):
            for hub, newer in _NEWER_NAMES if is_newer else ():
                name = name.replace(hub, newer)
            yield name, tensor


def _is_optional(model: Any, name: str) -> bool:
    # The mask token only serves training; a configuration may leave the field of view out.
    return name.endswith("mask_token") or (model.fov_model is None and name.startswith("fov_model."))


@contextmanager
def _quiet() -> Iterator[None]:
    """What transformers has to say about a configuration goes into the error, once."""
    logger = logging.getLogger("transformers")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
