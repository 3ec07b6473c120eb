"""Thing: a selection taken to a thing's own outline: with its soft edge, and what of it the photo does not show."""

import numpy as np
from jaxtyping import Bool, Float32

from relens.canonical.photo_view import shown
from relens.edit.selection import LEAST_SHARE, Selection, Where, fulfilling, is_subject
from relens.edit.window import grown, margins
from relens.scene import Layer, Scene

# How far beyond a selection a soft edge, as of hair, may reach.
_SOFT_PX = 128
# Outlines of masks, clicks and strokes miss those of things by so much.
_EDGE_PX = 6
# What shows at least so much shows wholly.
_SOLID = 0.999
# A click's selection that misses an outline takes less than this part of what shows of the thing beside.
_MEANT = 0.05


def select_thing(scene: Scene, where: Where) -> Selection:
    """What is selected, taken to the outlines of things, strokes of a brush, too. Raises as `select` does.

    Where a page is named, it is that page's texels just as `select` has them.
    """
    selection = fulfilling(scene, where)
    return selection if where.layer else to_outlines(scene, selection, is_click=where.click_px is not None)


def to_outlines(scene: Scene, selection: Selection, *, is_click: bool) -> Selection:
    """A selection with the outlines and the hidden parts of the things that it is of.

    The subject's layers are one thing, every other layer is a thing of its own. A thing's edge, and what the
    photo hides of it, are selected at least as much as the nearest texel that is well within what shows of it; what is
    selected of it only as a fringe around another thing is left out. is_click: so is a thing of which little is, beside
    the one that most is of.
    """
    # As far as the border is wide, lenses and moved cameras look behind things.
    window = grown(selection.window, max(_SOFT_PX, scene.border_px), scene.layers[0].inverse_depth.shape)
    visible = shown(scene, window)
    found = []
    for layers in _things(scene):
        parts = [selection.coverage[layer.name] for layer in layers if layer.name in selection.coverage]
        if parts:
            part = np.pad(np.maximum.reduce(parts), margins(selection.window, window))
            share = sum((visible[layer.name] for layer in layers if layer.name in visible), np.zeros_like(part))
            # Of what shows nowhere there is no outline to see: it stays as it is selected.
            seen = share >= LEAST_SHARE
            found.append((layers, share, np.where(seen, part, 0) if seen.any() else part))
    if is_click:
        most = max(part.sum() for _, _, part in found)
        found = [
            (layers, share, part) for layers, share, part in found if part.sum() >= min(most, _MEANT * share.sum())
        ]
    coverage = {}
    for layers, share, part in found:
        others = np.zeros(part.shape, bool)
        for _, shows, other in found:
            if other is not part:
                others |= (other > 0) & (shows >= LEAST_SHARE)
        own = _outlined(share, np.where(_fringe(share, part, others), 0, part))
        for layer in layers:
            there = np.where(layer.rgba[window][..., 3] > 0, own, 0)
            if there.any():
                coverage[layer.name] = there
    return Selection(window, coverage)


def _fringe(
    share: Float32[np.ndarray, "h w"], part: Float32[np.ndarray, "h w"], others: Bool[np.ndarray, "h w"]
) -> Bool[np.ndarray, "h w"]:
    """What is selected of a thing only as a narrow strip between its unselected rest and another thing's selection."""
    if not others.any():
        return others
    selected = part > 0
    broad = _away_px(_away_px(~selected) > _EDGE_PX) <= _EDGE_PX + 1
    rest = (share >= LEAST_SHARE) & ~selected
    return selected & ~broad & (_away_px(rest) <= 2 * _EDGE_PX) & (_away_px(others) <= 2 * _EDGE_PX)


def _outlined(share: Float32[np.ndarray, "h w"], part: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """The part, run on from well within what shows of a thing to its edges and to what is hidden of it."""
    from relens.lift.rear import nearest

    for within in (_away_px(share < _SOLID) > _EDGE_PX, share >= _SOLID, share >= LEAST_SHARE):
        if within.any():
            return np.maximum(part, part.ravel()[nearest(within)[1]])
    return part


def _away_px(mask: Bool[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """How far each texel is from a mask."""
    import cv2

    if not mask.any():
        return np.full(mask.shape, np.inf, np.float32)
    return np.asarray(cv2.distanceTransform((~mask).view(np.uint8), cv2.DIST_L2, 5), np.float32)


def _things(scene: Scene) -> list[list[Layer]]:
    things: dict[str, list[Layer]] = {}
    for layer in scene.layers:
        things.setdefault("subject" if is_subject(layer) else layer.name, []).append(layer)
    return list(things.values())
