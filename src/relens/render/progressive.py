"""Progressive pictures: each better than the last, with the error that still stands."""

from collections.abc import Iterator

import numpy as np

from relens.camera import Camera
from relens.errors import ValueRangeError
from relens.framing import Framing, framed
from relens.lens import Lens
from relens.mesh import Mesh
from relens.progress import Progress, silent
from relens.ranges import positive, whole
from relens.render.choose import open_engine
from relens.render.engine import Engine, SampleBlock
from relens.render.estimate import Estimate, merged
from relens.render.picture import Picture
from relens.render.rim import passed
from relens.scene import Scene

MAX_SAMPLES = 65536
_FIRST_SAMPLES = 16


def progressive(
    subject: Scene | Mesh | Engine,
    lens: Lens,
    *,
    camera: Camera | None = None,
    framing: Framing = "photo",
    samples: int = MAX_SAMPLES,
    seed: int = 0,
    noise: float | None = None,
    engine: str = "auto",
    progress: Progress = silent,
) -> Iterator[Picture]:
    """Pictures of 16, 32, 64, ... up to `samples` lens samples; each holds all the light of those before it.

    Args: as of `relens.shoot`. With `noise`, pixels whose standard error is at most that (linear luminance) get no more
    samples, and the pictures end when all are.

    Raises ValueRangeError, before the first picture, for values out of range.
    """
    samples = whole("samples", samples, f"1 to {MAX_SAMPLES}", 1, MAX_SAMPLES)
    seed = whole("seed", seed, "a whole number, 0 or more", 0)
    if noise is not None:
        noise = positive("noise", noise, "a positive standard error in linear light, e.g. 0.002")
    opened = open_engine(subject, engine) if isinstance(subject, Scene | Mesh) else subject
    camera, lens = framed(camera or camera_of(subject), lens, framing)
    return _pictures(opened, camera, lens, samples, seed, noise, progress)


def camera_of(subject: Scene | Mesh | Engine) -> Camera:
    """The camera that a subject brings: the photo's own. Raises ValueRangeError for one that brings none."""
    scene = subject if isinstance(subject, Scene) else getattr(subject, "scene", None)
    if not isinstance(scene, Scene):
        raise ValueRangeError(
            "camera", None, "a camera; only scenes bring their own (see relens.render.viewpoint for a mesh)"
        )
    return scene.camera


def _pictures(
    engine: Engine, camera: Camera, lens: Lens, samples: int, seed: int, noise: float | None, progress: Progress
) -> Iterator[Picture]:
    estimate, wanted = None, None
    depth_m = engine.pinhole_depth_m(camera)
    taken = 0
    while taken < samples:
        count = min(max(taken, _FIRST_SAMPLES), samples - taken)
        part = engine.render(camera, lens, SampleBlock(taken, count, seed), wanted, progress)
        estimate = part if estimate is None else merged(estimate, part)
        taken += count
        yield picture_of(estimate, depth_m, camera, lens)
        if noise is not None:
            wanted = estimate.variance > noise**2
            if not wanted.any():
                return


def picture_of(estimate: Estimate, depth_m: np.ndarray, camera: Camera, lens: Lens) -> Picture:
    """The picture of an estimate: darkened by the glass of a T-stop, and in the corners by vignetting."""
    rgba, error = estimate.rgba, np.sqrt(estimate.variance)
    linear = rgba[..., :3]
    if lens.transmittance < 1:
        linear, error = linear * np.float32(lens.transmittance), error * np.float32(lens.transmittance)
    if lens.vignetting and lens.aperture.cats_eye:
        part = passed(lens, camera.intrinsics)
        linear, error = linear * part[..., None], error * part
    return Picture(linear, rgba[..., 3], depth_m, estimate.count, error, camera, lens)
