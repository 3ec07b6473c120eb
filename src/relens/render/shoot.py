"""shoot: photograph a scene with a physical lens from any nearby camera."""

from typing import Literal

import numpy as np
from jaxtyping import Float32

from relens.camera import Camera
from relens.errors import ValueRangeError
from relens.lens import Lens
from relens.progress import Progress, silent
from relens.render import cpu, reference
from relens.render.atlas import build_atlas
from relens.render.picture import Picture
from relens.scene import Scene

MAX_SAMPLES = 65536


def shoot(
    scene: Scene,
    lens: Lens,
    *,
    camera: Camera | None = None,
    samples: int = 64,
    seed: int = 0,
    engine: Literal["auto", "cpu", "reference"] = "auto",
    progress: Progress = silent,
) -> Picture:
    """Photograph the scene: the mean over the pupil of what each lens ray meets first (design section 6).

    Args:
        scene: what to photograph.
        lens: pupil and focus; the focus distance is measured from the new camera.
        camera: pose, field of view and size of the picture; the photo's own when left out.
        samples: lens samples; on the CPU engine the most that any region gets, since sharp regions need fewer.
        seed: turns the sample pattern; the same seed gives the same picture.
        engine: "cpu" (compiled, all cores), "reference" (slow, obvious), or "auto" (the fastest that fits).
        progress: told how far the work is; may raise to stop it.

    Raises ValueRangeError for samples out of range or an unknown engine.
    """
    if not 1 <= samples <= MAX_SAMPLES:
        raise ValueRangeError("samples", samples, f"1 to {MAX_SAMPLES}")
    if engine not in ("auto", "cpu", "reference"):
        raise ValueRangeError("engine", engine, "auto, cpu or reference")
    camera = camera or scene.camera
    atlas = build_atlas(scene)
    if engine == "reference":
        rgba = reference.render(scene, camera, lens, samples, seed, progress)
    else:
        rgba = cpu.render(atlas, scene, camera, lens, samples, seed, progress)
    depth_m = _depth_in_camera(cpu.pinhole_inverse_depth(atlas, scene, camera), scene, camera)
    with np.errstate(divide="ignore"):
        coc_px = lens.coc_px(1 / depth_m, camera.intrinsics.fx_px).astype(np.float32)
    return Picture(rgba[..., :3], rgba[..., 3], depth_m, coc_px, camera, lens)


def _depth_in_camera(
    inverse_depth: Float32[np.ndarray, "h w"], scene: Scene, camera: Camera
) -> Float32[np.ndarray, "h w"]:
    """z-depth in the new camera from inverse depth in the photo's frame along the new camera's pinhole rays."""
    k = camera.intrinsics
    column, row = np.arange(k.width_px) + 0.5, np.arange(k.height_px)[:, None] + 0.5
    x, y = (column - k.cx_px) / k.fx_px, (row - k.cy_px) / k.fy_px
    towards = camera.rotation[2]  # z of the ray in the photo's frame per metre of z in the new camera
    with np.errstate(divide="ignore", invalid="ignore"):
        depth_m = (1 / inverse_depth - camera.eye_m[2]) / (towards[0] * x + towards[1] * y + towards[2])
    return depth_m.astype(np.float32)
