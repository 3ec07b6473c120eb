"""scene_of_fit: the layered scene that one camera sees of fitted photos."""

from relens.camera import Camera
from relens.capture.scene_of import DEFAULT_REACH_M, scene_of_mesh
from relens.multiview.fit_folder import FittedScene
from relens.progress import Progress, silent
from relens.scene import Scene


def scene_of_fit(
    fitted: FittedScene,
    camera: Camera | None = None,
    *,
    reach_m: float = DEFAULT_REACH_M,
    progress: Progress = silent,
) -> Scene:
    """Fitted photos as a scene of layers, seen from one of their cameras; what it hides is asked of the fit.

    Args:
        fitted: surface and page.
        camera: the view that becomes the scene's photo, in the fit's world; the reference photo's when left out.
        reach_m: how far from that view lenses and cameras will look behind things, as in `relens.lift`.
        progress: told how far the work is; may raise to stop it.

    Raises as `relens.capture.scene_of_mesh`.
    """
    return scene_of_mesh(fitted.mesh, camera or fitted.camera, reach_m=reach_m, progress=progress)
