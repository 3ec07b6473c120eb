"""Scenes of models: the model is photographed from one camera, lifted, and asked for what that camera cannot see."""

import math
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float32

from relens.camera import Camera, Intrinsics
from relens.capture.default_camera import default_camera
from relens.capture.hidden import with_true_hidden
from relens.capture.render_mesh import render_mesh
from relens.capture.render_splats import render_splats
from relens.capture.view import Look, View
from relens.depth import Depth
from relens.errors import RelensError, ValueRangeError
from relens.lift import lift
from relens.mesh import Mesh
from relens.photo import Photo
from relens.progress import Progress, silent
from relens.render.mesh import MeshEngine
from relens.render.viewpoint import viewpoint
from relens.scene import Layer, Scene
from relens.splats import Splats

DEFAULT_REACH_M = 0.07
# Less than this left to see through is fog between splats, not a view of something else.
_FOG = 0.02
_PREVIEW_PX = 320
# As lifting has it: room for prefiltered reads, and the widest border as a share of the picture's longer side.
_SPARE_PX, _WIDEST_SHARE = 2, 1 / 8


def scene_of_splats(
    splats: Splats, camera: Camera | None = None, *, reach_m: float = DEFAULT_REACH_M, progress: Progress = silent
) -> Scene:
    """Gaussian splats as a scene of layers, seen from one camera.

    Args:
        splats: the model.
        camera: the view that becomes the scene's photo, in the splats' world; `default_camera` when left out. The
            scene's world is this camera's frame.
        reach_m: how far from that view lenses and cameras will look behind things, as in `relens.lift`, in the splats'
            unit.
        progress: told how far the work is; may raise to stop it.

    Raises RelensError when the camera sees nothing of them; ValueRangeError for values out of range, and for a model
    without relief.
    """

    def look(wide: Camera, beyond: Float32[np.ndarray, "h w"] | None) -> View:
        return render_splats(splats, wide, beyond, progress=progress)

    return _scene_of(look, camera or default_camera(splats)[0], reach_m, f"{len(splats)} splats", progress, whole=False)


def scene_of_mesh(
    mesh: Mesh, camera: Camera | None = None, *, reach_m: float = DEFAULT_REACH_M, progress: Progress = silent
) -> Scene:
    """A mesh as a scene of layers, seen from one camera: by default `relens.render.viewpoint`; see `scene_of_splats`.

    Raises also MissingPackageError without open3d.
    """
    engine = MeshEngine(mesh)

    def look(wide: Camera, beyond: Float32[np.ndarray, "h w"] | None) -> View:
        return render_mesh(engine, wide, beyond, progress=progress)

    source = f"mesh of {mesh.triangle_count} triangles"
    return _scene_of(look, camera or viewpoint(mesh), reach_m, source, progress, whole=True)


def _scene_of(look: Look, camera: Camera, reach_m: float, source: str, progress: Progress, *, whole: bool) -> Scene:
    """The picture, wider than the camera's by the scene's border, lifted; what it hides from the model.

    A border that is captured needs no mirror: things run on past the frame as they are.
    """
    if not 0 < reach_m <= 10:
        raise ValueRangeError("reach_m", reach_m, "more than 0 and at most 10 m")
    k = replace(camera.intrinsics, source="user")
    border_px = _border_px(look, camera, reach_m)
    wide = replace(camera, intrinsics=_widened(k, border_px))
    photo, depth = _photographed(look(wide, None), wide.intrinsics, source)
    lifted = lift(photo, depth=depth, matte=None, reach_m=reach_m, progress=progress)
    layers = tuple(_cropped(layer, lifted.border_px) for layer in lifted.layers)
    layers, known = with_true_hidden(layers, wide, look, reach_m * k.fx_px, whole=whole)
    told = f"{source}; {known:.0%} of what is hidden is the model's"
    progress("lift", 1.0)
    return Scene(Camera(replace(k, source=camera.intrinsics.source)), layers, border_px, None, told)


def _border_px(look: Look, camera: Camera, reach_m: float) -> int:
    """The scene's whole parallax under the widest view, told from a small picture."""
    k = camera.intrinsics
    shrunk = min(1.0, _PREVIEW_PX / max(k.width_px, k.height_px))
    size = max(1, round(k.width_px * shrunk)), max(1, round(k.height_px * shrunk))
    inverse_depth = look(replace(camera, intrinsics=k.resized(*size)), None).inverse_depth
    known = inverse_depth[~np.isnan(inverse_depth)]
    if known.size == 0:
        raise RelensError("the camera sees nothing of the model; give a camera that looks at it")
    parallax_px = k.fx_px * reach_m * float(known.max() - known.min())
    return min(math.ceil(parallax_px) + _SPARE_PX, math.ceil(max(k.width_px, k.height_px) * _WIDEST_SHARE))


def _widened(k: Intrinsics, border_px: int) -> Intrinsics:
    return replace(
        k,
        cx_px=k.cx_px + border_px,
        cy_px=k.cy_px + border_px,
        width_px=k.width_px + 2 * border_px,
        height_px=k.height_px + 2 * border_px,
    )


def _photographed(view: View, k: Intrinsics, source: str) -> tuple[Photo, Depth]:
    """The view as a photo with its depth. Where there is nothing, both run on from the nearest surface, unseen."""
    known = ~np.isnan(view.inverse_depth)
    if not known.any():
        raise RelensError("the camera sees nothing of the model; give a camera that looks at it")
    alpha = np.where(view.alpha >= 1 - _FOG, np.float32(1), view.alpha)
    nearest = _nearest(known)
    inverse_depth = view.inverse_depth.ravel()[nearest]
    colour = view.straight
    empty = alpha == 0
    colour[empty] = colour.reshape(-1, 3)[nearest[empty]]
    photo = Photo(colour, k, alpha=None if (alpha == 1).all() else alpha, encoding=source)
    return photo, Depth(inverse_depth, source, edge_width_px=0.0)


def _nearest(known: Bool[np.ndarray, "h w"]) -> np.ndarray:
    """The place, in the raveled grid, of the known pixel nearest to each pixel."""
    import cv2

    _, labels = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    labels, places = np.asarray(labels, np.intp), np.flatnonzero(known)
    place_of = np.zeros(len(places) + 1, np.intp)
    place_of[labels.ravel()[places]] = places
    return place_of[labels]


def _cropped(layer: Layer, border_px: int) -> Layer:
    inner = (slice(border_px, -border_px or None),) * 2
    return replace(
        layer,
        rgba=np.ascontiguousarray(layer.rgba[inner]),
        inverse_depth=np.ascontiguousarray(layer.inverse_depth[inner]),
    )
