"""Stylise: a style's function, applied to whole pages, so that it holds in every view and every blur."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from jaxtyping import Float32

from relens.edit.change import Patch, changed
from relens.edit.selection import Selection, Where, select
from relens.edit.window import bounds
from relens.errors import ValueRangeError
from relens.photo import srgb_decode, srgb_encode
from relens.ranges import number
from relens.scene import Layer, Scene

# (h, w, 3) float32, red, green, blue in display sRGB, 0 to 1; the same in and out.
Style = Callable[[np.ndarray], np.ndarray]

# Filters overshoot by roundings; more is a mistake.
_ROUNDING = 1e-3


@dataclass(frozen=True)
class Stylise:
    """Repaint pages in a style: any function from picture to picture.

    Attributes:
        style: the function as "package.module:function"; it takes and returns an (h, w, 3) float32 array, display sRGB
            from 0 to 1.
        strength: 0 to 1; what was there keeps the rest.
        where: what to repaint; what is hidden of it goes along, so that other views are in style.
    """

    style: str
    strength: float = 1.0
    where: Where = field(default_factory=Where)

    def __call__(self, scene: Scene) -> Scene:
        """The scene in style. Raises ValueRangeError where there is no such function, and as `stylised` does."""
        return stylised(scene, found_style(self.style), self.where, self.strength)


def stylised(scene: Scene, style: Style, where: Where | None = None, strength: float = 1.0) -> Scene:
    """The scene with a style applied to every page that has something selected.

    style: from a picture to one of the same size, (h, w, 3) float32, display sRGB from 0 to 1. It is called once for
    each page, on all that the page has; beyond, the picture runs on smoothly. It may write to its argument.
    where, strength: as in `Stylise`. What is brighter than white keeps its ratio to white.
    Raises ValueRangeError for a picture that is not as it has to be, and as `select` does. What the style raises
    passes.
    """
    strength = number("strength", strength, "0 to 1", 0, 1)
    selection = select(scene, where or Where())
    if strength == 0:
        return scene
    by_strength = {name: part * np.float32(strength) for name, part in selection.coverage.items()}

    def styled(patch: Patch) -> np.ndarray:
        page = _in_style(patch.layer, style)
        rows, columns = bounds(patch.layer.rgba[..., 3])
        top, left = patch.window[0].start - rows.start, patch.window[1].start - columns.start
        new = page[top : top + patch.alpha.shape[0], left : left + patch.alpha.shape[1]]
        return new * _over_white(patch.colour)

    return changed(scene, Selection(selection.window, by_strength), styled)


def found_style(style: str) -> Style:
    """The function that "package.module:function" names. What its module raises on import passes.

    Raises ValueRangeError for what is no such name, a module that is not there, and no function of it.
    """
    from importlib import import_module

    module_name, _, name = style.partition(":")
    if not all(part.isidentifier() for part in (*module_name.split("."), name)):
        raise ValueRangeError("style", repr(style), "package.module:function, e.g. my_styles:posterise")
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        # A module that is there but lacks another one says so itself.
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        advice = f"a module on the import path; there is no {error.name}, so add its folder to PYTHONPATH"
        raise ValueRangeError("style", repr(style), advice) from None
    found = getattr(module, name, None)
    if not callable(found):
        problem = "that is no function" if hasattr(module, name) else "there is none of that name"
        raise ValueRangeError("style", repr(style), f"a function of {module_name}; {problem}")
    return cast(Style, found)


def _in_style(layer: Layer, style: Style) -> Float32[np.ndarray, "h w 3"]:
    """All of a layer's page in style, linear light, white at most: the window that holds its alpha."""
    from relens.depth.fill import push_pull

    rgba = layer.rgba[bounds(layer.rgba[..., 3])]
    present = rgba[..., 3] > 0
    colour = rgba[..., :3] / np.where(present, rgba[..., 3], 1)[..., None]
    colour /= _over_white(colour)
    picture = srgb_encode(np.maximum(colour, 0, out=colour))
    if not present.all():
        picture = push_pull(picture, present.astype(np.float32))
    return srgb_decode(_checked(style(picture), picture.shape))


def _over_white(colour: Float32[np.ndarray, "h w 3"]) -> Float32[np.ndarray, "h w 1"]:
    """How much brighter than white a colour is, at least 1."""
    red, green, blue = np.moveaxis(colour, 2, 0)
    return np.maximum(np.maximum(red, green), np.maximum(blue, 1))[..., None]


def _checked(new: object, shape: tuple[int, ...]) -> np.ndarray:
    """What a style returned, if it is a picture."""
    if not isinstance(new, np.ndarray):
        raise ValueRangeError("style", f"a result of type {type(new).__name__}", "a numpy array")
    if not np.issubdtype(new.dtype, np.floating):
        raise ValueRangeError("style", f"a result of {new.dtype}", "float32 from 0 to 1; divide 8-bit values by 255")
    if new.shape != shape:
        raise ValueRangeError("style", f"a result of shape {new.shape}", f"{shape}, as the picture that it got")
    least, most = float(new.min()), float(new.max())
    if not (least >= -_ROUNDING and most <= 1 + _ROUNDING):
        values = f"a result from {least:g} to {most:g}"
        raise ValueRangeError("style", values, "display sRGB from 0 to 1, all finite; clip or scale it")
    return np.clip(new, 0, 1)
