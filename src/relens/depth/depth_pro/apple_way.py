"""Depth Pro by Apple's own package, depth_pro, where it is installed."""

from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from relens.depth.backend import Readiness
from relens.depth.depth import Depth
from relens.depth.depth_pro.files import apple_checkpoint, finite, read_checkpoint
from relens.depth.depth_pro.find import find_weights, ready_weights
from relens.depth.depth_pro.forward import radians
from relens.depth.depth_pro.input import network_input
from relens.depth.depth_pro.listen import Work, listened_to
from relens.depth.depth_pro.memory import explained_shortage
from relens.depth.depth_pro.output import Prediction, metric_depth
from relens.depth.depth_pro.place import place_tensors
from relens.depth.depth_pro.plan import Device, chosen_device
from relens.errors import FileError, MissingPackageError
from relens.photo import Photo
from relens.progress import Progress, silent
from relens.weights import card

_WEIGHTS = ("depth-pro-apple",)
_INSTALL = "pip install git+https://github.com/apple/ml-depth-pro.git"
# Of the time, as the arithmetic is shared out.
_ENCODERS_SHARE = 0.73
_PATCHES = 35
_LESS = "this package needs 8 GB in float32 (GPU: half of it); the back-end depth-pro runs the same weights in less"


@dataclass
class DepthProApple:
    """Metric depth by Apple's package; equal to `DepthPro` on the same weights and precision.

    Runs in float32 on a CPU and in float16 on a GPU, all patches at once. The network stays in memory for as long as
    the instance lives.

    Attributes:
        weights: depth_pro.pt or its folder; None looks into the hub's cache, then fetches. Apple's own default, a path
            relative to the working directory, is never used.
        device: "auto" takes the GPU where torch sees one.
    """

    weights: Path | None = None
    device: Device = "auto"
    name: str = field(default="depth-pro-apple", init=False)
    licence: str = field(default=card(_WEIGHTS[0]).licence, init=False)
    repeatable: bool = field(default=True, init=False)
    _model: Any = field(default=None, init=False, repr=False)

    def readiness(self) -> Readiness:
        """Whether Apple's package and the weights are here, or can be fetched; takes 3 s at most."""
        if find_spec("depth_pro") is None:
            return Readiness(False, f"Apple's package is not installed: {_INSTALL}")
        return ready_weights(self.weights, _WEIGHTS)

    def estimate(self, photo: Photo, progress: Progress = silent) -> Depth:
        """The photo's depth on a grid of its aspect, at least 1536 by 1536.

        Raises RelensError without weights, memory or the wanted device, with the ways on; FileError that names a
        corrupt checkpoint; MissingPackageError without Apple's package.
        """
        if find_spec("depth_pro") is None:
            raise MissingPackageError("depth_pro", "the back-end depth-pro-apple", _INSTALL)
        import torch

        device = chosen_device(self.device)
        with explained_shortage(_LESS), torch.inference_mode():
            if self._model is None:
                self.weights = find_weights(self.weights, _WEIGHTS, progress)
                progress("reading Depth Pro", 0.0)
                self._model = _load(self.weights, device)
            model = self._model
            square = network_input(photo.linear, model.img_size)
            pixels = torch.from_numpy(square)[None].to(device, next(model.parameters()).dtype)
            with listened_to(_work(model), progress, "Depth Pro (Apple)"):
                # Not `infer`: it fails on a focal length that is a plain number, and clamps where we want sky.
                canonical, degrees = model(pixels)
            prediction = Prediction(canonical[0, 0].float().cpu().numpy(), radians(degrees))
        return metric_depth(prediction, photo, "Depth Pro (Apple's package)", self.licence)


def _load(weights: Path, device: str) -> Any:
    """Apple's network with the numbers of its checkpoint, on the device."""
    import torch

    checkpoint = apple_checkpoint(weights)
    if checkpoint is None:
        raise FileError(weights, "holds no depth_pro.pt; Apple's package reads no other weights, depth-pro does")
    try:
        import depth_pro  # pyright: ignore[reportMissingImports]
        from depth_pro.depth_pro import DEFAULT_MONODEPTH_CONFIG_DICT  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise MissingPackageError(error.name or "depth_pro", "Apple's depth_pro", _INSTALL) from error
    # Without memory and without numbers first: they come from the checkpoint, and no path of Apple's is looked at.
    configuration = replace(DEFAULT_MONODEPTH_CONFIG_DICT, checkpoint_uri=None)
    with torch.device("meta"):
        model, _ = depth_pro.create_model_and_transforms(configuration, device=torch.device("meta"))
    dtype = torch.float16 if device == "cuda" else torch.float32

    def kept(_name: str, _module: Any, tensor: Any) -> Any:
        return tensor.to(dtype)

    # Only timm's classification head, which nothing asks, has this norm.
    place_tensors(
        model, finite(read_checkpoint(checkpoint), checkpoint), checkpoint, kept, lambda name: "fc_norm" in name
    )
    return model.to(device).eval()


def _work(model: Any) -> Work:
    encoders = [model.encoder.patch_encoder, model.encoder.image_encoder]
    encoders += [model.fov.encoder[0]] if hasattr(model, "fov") and hasattr(model.fov, "encoder") else []
    layers = [layer for encoder in encoders for layer in encoder.blocks]
    coarsest_px = 2 * model.encoder.out_size
    levels = len(model.decoder.fusions)
    return Work(
        layers=layers,
        patch_layers=len(layers) + (_PATCHES - 1) * len(model.encoder.patch_encoder.blocks),
        levels=model.decoder.fusions,
        pixels=sum((coarsest_px << level) ** 2 for level in range(levels)),
        encoders_share=_ENCODERS_SHARE,
    )
