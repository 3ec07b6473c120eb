"""Things that have their own depth: 3D models, and what `relens fit` made of many photos."""

from pathlib import Path

from relens.capture import capture, is_model
from relens.multiview.fit_folder import is_fit, load_fit
from relens.multiview.scene_of import scene_of_fit
from relens.progress import Progress
from relens.scene import Scene


def has_own_depth(source: Path) -> bool:
    """Whether it is a model or a fit, told by its name or what the folder holds."""
    return is_model(source) or is_fit(source)


def captured(source: Path, width_px: int | None, reach_m: float, progress: Progress) -> tuple[Scene, tuple[str, ...]]:
    """A model or a fit as a scene of layers, and notes. Raises as `capture` and `scene_of_fit`."""
    if not is_fit(source):
        return capture(source, width_px=width_px, reach_m=reach_m, progress=progress)
    progress("load fit", 0.0)
    fitted = load_fit(source)
    camera = fitted.camera if width_px is None else fitted.camera.resized(width_px)
    return scene_of_fit(fitted, camera, reach_m=reach_m, progress=progress), fitted.notes
