"""Engine: what every renderer offers. An engine is made for one subject and keeps what it prepared of it."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float32

from relens.camera import Camera
from relens.lens import Lens
from relens.moving_camera import AnyCamera
from relens.progress import Progress
from relens.render.estimate import Estimate


@dataclass(frozen=True)
class SampleBlock:
    """Consecutive points of one seed's pupil sequence (`relens.Aperture.samples`): first, first + 1, ..."""

    first: int
    count: int
    seed: int


@runtime_checkable
class Engine(Protocol):
    """Photographs its subject. Every engine estimates the same integral (design section 6) from the same lens rays."""

    @property
    def name(self) -> str:
        """What users call it, e.g. "cpu"."""
        ...

    def render(
        self,
        camera: AnyCamera,
        lens: Lens,
        block: SampleBlock,
        wanted: Bool[np.ndarray, "h w"] | None,
        progress: Progress,
    ) -> Estimate:
        """The mean over a block of lens samples; pixels where `wanted` is False may be left out.

        A moving camera blurs by its motion: every sample is taken at a time of its own while the shutter is open.
        An engine may take fewer samples, a prefix of the block, where that is as good. The result depends on the
        arguments alone, not on the number of threads. `progress` may raise to stop it.
        """
        ...

    def pinhole_depth_m(self, camera: Camera) -> Float32[np.ndarray, "h w"]:
        """z-depth in `camera` at which half of a pinhole ray is stopped; inf at infinity, NaN where nothing is."""
        ...
