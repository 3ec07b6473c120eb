"""One fit of the command line: every value is checked before the long work starts."""

import sys
import time
from pathlib import Path
from typing import Any

from relens.cli.fit import Fit
from relens.cli.keep_look import keep_look_of
from relens.cli.outcome import Outcome
from relens.cli.output import require_scene_path
from relens.depth import DepthRequest
from relens.errors import FileError
from relens.explain.facts import scene_line
from relens.multiview.fit import FitRequest, fit, kept_beside, on_cuda
from relens.multiview.fit_folder import FittedScene
from relens.multiview.page import PageSettings
from relens.multiview.photos import PhotoRequest
from relens.multiview.scene_of import scene_of_fit
from relens.multiview.surface import SurfaceSettings
from relens.progress import Progress
from relens.ranges import number, whole
from relens.scene_folder import save_scene

_SUFFIX = ".fit"
_LONGEST_PX, _LONGEST_CUDA_PX = 400, 1600
_SWITCHES = {
    "priors": "uses_priors",
    "uncertainty": "learns_uncertainty",
    "guided-rays": "guides_rays",
    "smoothness-mask": "masks_smoothness",
    "bias-correction": "corrects_bias",
}


def make(command: Fit, progress: Progress) -> Outcome:
    """Fit, and capture the scene. Raises RelensError for all that does not fit; the scene is not written then."""
    start_s = time.monotonic()
    number("reach_m", command.reach_m, "more than 0 and at most 10 m", 1e-6, 10)
    place = fit_beside(command.output)
    require_scene_path(command.output)
    request = _request(command)
    try:
        fitted = fit(command.dataset, place, request, progress)
    except KeyboardInterrupt:
        kept = kept_beside(place)
        if kept.exists():
            print(f"\nrelens: the fit so far is kept in {kept}; the same command goes on from there", file=sys.stderr)
        raise
    scene = scene_of_fit(fitted, reach_m=command.reach_m, progress=progress)
    progress("save", 0.0)
    save_scene(scene, command.output)
    keep_look_of(scene, command.output)
    figures = f"{_figures(fitted)}, {time.monotonic() - start_s:.0f} s"
    return Outcome(f"{command.output}: {scene_line(scene)}\n{place}: {figures}", fitted.notes)


def fit_beside(scene: Path) -> Path:
    """Where the fit of a scene lies. Raises FileError for a scene of the fit's own suffix."""
    if scene.suffix == _SUFFIX:
        raise FileError(scene, f"is the fit's name; name the scene, e.g. {scene.stem}.relens, and the fit lies beside")
    return scene.with_suffix(_SUFFIX)


def _request(command: Fit) -> FitRequest:
    """The options as the library takes them. Raises ValueRangeError for values out of range."""
    if command.longest is not None:
        whole("longest_px", command.longest, "16 pixels or more", 16)
    depth = command.depth if command.depth in ("files", "none") else DepthRequest(command.depth)
    surface: dict[str, Any] = {name: False for part, name in _SWITCHES.items() if part in command.without}
    if command.steps is not None:
        surface["steps"] = whole("steps", command.steps, "a whole number, 1 or more", 1)
    photos = PhotoRequest(
        longest_px=command.longest or (_LONGEST_CUDA_PX if on_cuda(command.device) else _LONGEST_PX),
        depth=depth,
        held_out_every=command.hold_out,
        box_m=None if command.box is None else (command.box[:3], command.box[3:]),
        reference=command.reference,
        allow_wrong_poses=command.allow_wrong_poses,
    )
    return FitRequest(
        photos,
        SurfaceSettings(device=command.device, seed=command.seed, **surface),
        PageSettings(camera=command.camera, seed=command.seed, device=command.device),
    )


def _figures(fitted: FittedScene) -> str:
    width_px, height_px = fitted.page_size_px
    said = [
        f"{len(fitted.cameras)} photos, {fitted.mesh.triangle_count} triangles, a page of {width_px}x{height_px} texels"
    ]
    if fitted.fitted_psnr_db is not None:
        said.append(f"{fitted.fitted_psnr_db:.1f} dB")
    if fitted.held_out_psnr_db is not None:
        said.append(f"{fitted.held_out_psnr_db:.1f} dB held out")
    return ", ".join(said)
