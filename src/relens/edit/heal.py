"""Heal: a spot, a stain or a scar gone: texture from elsewhere, light and colour from the place."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float32

from relens.canonical.photo_view import Window, photo_view, shown
from relens.edit.change import Patch, changed
from relens.edit.match import best_step, reach_px, width_px
from relens.edit.selection import Where, select
from relens.edit.stamp import Step, stamped, step_to
from relens.edit.window import grown, inside, margins
from relens.errors import ValueRangeError
from relens.scene import Scene

# Light is added to by this much before its logarithm is taken: in deep shadow, texture is added and not multiplied.
_SHADOW = np.float32(0.05)
# A texel is the layer's alone from this alpha on.
_SOLID = 0.999
# How firmly the membrane hangs on each texel around: on their mean over some texels, so that it takes their light and
# not their texture.
_TIE = np.float32(0.02)
# The membrane hangs on this much around what is selected.
_RIM_PX = 16


@dataclass(frozen=True)
class Heal:
    """Repair what is selected, a spot, a stain, a scar: texture from elsewhere, light and colour from around it.

    Attributes:
        from_px: column and row of the photo where the texture comes from; without it the best place nearby is found.
        where: what to repair, by a brush, a mask or a click; its edge should lie on what is sound.
    """

    from_px: tuple[float, float] | None = None
    where: Where = field(default_factory=Where)

    def __call__(self, scene: Scene) -> Scene:
        """The healed scene, each layer by its own page.

        Source: Perez et al., "Poisson Image Editing", SIGGRAPH 2003, section 2: what the source differs by at the rim
        goes on inside as a membrane; in logarithms of light (Georgiev, "Covariant Derivatives and Vision", ECCV 2006),
        so that texture dims with the light.
        Of a layer that ends too near for that, surroundings and texture are what the photo shows.
        Raises ValueRangeError without a place, where nothing sound is around, for a source off the pages, and as
        `select` does.
        """
        where = self.where
        if not where.has_place:
            raise ValueRangeError("where", "no place", "a brush, a mask or a click on what is to be healed")
        selection = select(scene, where)
        step = None if self.from_px is None else step_to(scene, selection, where, self.from_px)

        def healed(patch: Patch) -> np.ndarray:
            layer = patch.layer

            def own(area: Window) -> tuple[np.ndarray, np.ndarray]:
                rgba = layer.rgba[area]
                # What the photo hides is a guess, and no texture unless asked for.
                solid = rgba[..., 3] if where.layer else shown(scene, area).get(layer.name, np.zeros(rgba.shape[:2]))
                return rgba, solid >= _SOLID

            def all_layers(area: Window) -> tuple[np.ndarray, np.ndarray]:
                rgba = photo_view(scene, area)
                return rgba, rgba[..., 3] >= _SOLID

            for page in (own, all_layers):
                found = _found(patch, page) if step is None else step
                blend = found and _blended(scene, patch, found, page)
                if blend is not None:
                    return blend
            raise ValueRangeError("selection", "nothing like it near", "a smaller one, on what it shows part of")

        return changed(scene, selection, healed)


# From a window of the pages: colours premultiplied by alpha, and where they are sound.
_Page = Callable[[Window], tuple[np.ndarray, np.ndarray]]


def _found(patch: Patch, page: _Page) -> Step | None:
    """The step from a patch to the best texture for it nearby."""
    hole = patch.coverage > 0
    area = grown(patch.window, reach_px(width_px(hole)) + width_px(hole), patch.layer.inverse_depth.shape)
    rgba, sound = page(area)
    return best_step(_logarithm(rgba), sound, _within(area, patch))


def _blended(scene: Scene, patch: Patch, step: Step, page: _Page) -> Float32[np.ndarray, "h w 3"] | None:
    """The texture a step away, in the light around the patch; None where nothing sound is around."""
    from relens.depth.fill import push_pull

    shape = patch.layer.inverse_depth.shape
    area = grown(patch.window, _rim_px(patch.window, step, shape), shape)
    rgba, sound = page(area)
    hole = _within(area, patch)
    rim = sound & ~hole
    if not rim.any():
        return None
    source = _logarithm(stamped(scene, patch.layer, area, step, hole | rim))
    healed = source + push_pull(_logarithm(rgba) - source, _TIE * rim)
    return np.maximum(np.exp(healed[inside(patch.window, area)]) - _SHADOW, 0)


def _rim_px(window: Window, step: Step, shape: tuple[int, ...]) -> int:
    """How wide the rim is, which must not fall off the pages where the source is."""
    ends = zip(window, step, shape, strict=True)
    return max(0, min(_RIM_PX, *(min(side.start + by, size - side.stop - by) for side, by, size in ends)))


def _within(area: Window, patch: Patch) -> Bool[np.ndarray, "h w"]:
    """What is selected of a patch, in a window around it."""
    return np.pad(patch.coverage > 0, margins(patch.window, area))


def _logarithm(light: np.ndarray) -> Float32[np.ndarray, "h w 3"]:
    return np.log(np.maximum(light[..., :3], 0) + _SHADOW)
