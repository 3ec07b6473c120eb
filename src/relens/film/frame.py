"""A frame: what a shot sees, as linear light."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from jaxtyping import Float32

from relens.camera import Camera, Intrinsics
from relens.export.stereo import anaglyph, side_by_side
from relens.film.frame_form import FrameForm
from relens.film.stereo_pair import StereoPair
from relens.lens import Lens
from relens.moving_camera import MovingCamera
from relens.path.shot import Shot
from relens.progress import Progress, silent
from relens.ranges import whole
from relens.render.engine import Engine, SampleBlock
from relens.render.progressive import MAX_SAMPLES
from relens.render.rim import passed


@dataclass(frozen=True)
class Recipe:
    """What all frames of a film have in common beside the scene.

    Attributes:
        samples: most lens samples a pixel.
        seed: scrambles the sample pattern, the same in every frame: what does not move does not flicker.
        stereo: two eyes; None for one.
        form: how frames are kept.

    Raises ValueRangeError for numbers out of range.
    """

    samples: int = 64
    seed: int = 0
    stereo: StereoPair | None = None
    form: FrameForm = field(default_factory=FrameForm)

    def __post_init__(self) -> None:
        samples = whole("samples", self.samples, f"1 to {MAX_SAMPLES}", 1, MAX_SAMPLES)
        object.__setattr__(self, "samples", samples)
        object.__setattr__(self, "seed", whole("seed", self.seed, "a whole number, 0 or more", 0))


def render_frame(
    engine: Engine,
    shot: Shot,
    samples: int,
    seed: int,
    stereo: StereoPair | None = None,
    progress: Progress = silent,
) -> Float32[np.ndarray, "h w 3"]:
    """One frame as linear light, sRGB primaries, exposed as the shot says; black where the scene is transparent."""
    block = SampleBlock(0, samples, seed)
    if stereo is None:
        return _exposed(engine, shot.camera, shot, block, progress)
    left, right = (_exposed(engine, eye, shot, block, progress) for eye in stereo.cameras(shot.camera))
    return side_by_side(left, right) if stereo.layout == "side-by-side" else anaglyph(left, right)


def _exposed(
    engine: Engine, camera: Camera | MovingCamera, shot: Shot, block: SampleBlock, progress: Progress
) -> Float32[np.ndarray, "h w 3"]:
    lens = shot.lens
    linear = engine.render(camera, lens, block, None, progress).rgba[..., :3]
    exposure = np.float32(lens.transmittance * 2.0**shot.exposure_ev)
    if exposure != 1:
        linear = linear * exposure
    if lens.vignetting and lens.aperture.cats_eye:
        linear = linear * _passed(lens, camera.intrinsics)
    return linear


@lru_cache(maxsize=2)
def _passed(lens: Lens, intrinsics: Intrinsics) -> Float32[np.ndarray, "h w 1"]:
    """What the rim leaves of each pixel's light: counting takes long, and few films zoom or stop down all the time."""
    return passed(lens, intrinsics)[..., None]
