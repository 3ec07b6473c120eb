"""ViTMatte: a learned refiner, by transformers' VitMatteForImageMatting."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from relens.matte.pretrained import Pretrained, load_pretrained, weights_folder

_NAME = "vitmatte"
# Sides of crops have to be multiples of this.
_DIVISOR = 32
# Where the folder does not say; of the hub's hustvl/vitmatte-small-composition-1k.
_MEAN = _SPREAD = (0.5, 0.5, 0.5)


@dataclass
class ViTMatte:
    """A `Refiner`: alpha of a crop from its colours and its trimap.

    Source: Yao et al., "ViTMatte: Boosting Image Matting with Pretrained Plain Vision Transformers", Information Fusion
    2024, arXiv 2305.15272. The network stays in memory from the first crop on, for as long as the instance lives.

    Attributes:
        weights: a folder with config.json and model.safetensors; None takes what `relens models fetch vitmatte` has
            downloaded. Nothing is downloaded by itself.

    Raises RelensError without weights, with what to do; FileError for a folder without them.
    """

    weights: Path | None = None
    _network: Pretrained | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self.weights = weights_folder(_NAME, self.weights)

    def __call__(
        self, encoded: Float32[np.ndarray, "h w 3"], trimap: Float32[np.ndarray, "h w"]
    ) -> Float32[np.ndarray, "h w"]:
        """Alpha, 0 to 1. encoded: sRGB-encoded, 0 to 1. trimap: 0 background, 0.5 unknown, 1 foreground.

        Raises FileError that names a corrupt folder; MissingPackageError without torch and transformers.
        """
        network = self._loaded()
        import torch

        height, width = trimap.shape
        picture = np.concatenate([network.normalised(encoded), trimap[..., None]], axis=-1)
        # The network's own preprocessing fills up with zeros too, on the right and below.
        padded = np.pad(picture, ((0, -height % _DIVISOR), (0, -width % _DIVISOR), (0, 0)))
        batch = torch.from_numpy(np.ascontiguousarray(padded.transpose(2, 0, 1))[None])
        with torch.inference_mode():
            alpha = network.model(batch.to(network.device)).alphas
        found = alpha[0, 0, :height, :width].float().cpu().numpy()
        return np.clip(found, 0, 1).astype(np.float32)

    def _loaded(self) -> Pretrained:
        if self._network is None:
            assert self.weights is not None
            self._network = load_pretrained("VitMatteForImageMatting", self.weights, _MEAN, _SPREAD)
        return self._network
