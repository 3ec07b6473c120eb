"""Close: the rearmost layer continued wherever a scene, with something taken off it, would be seen through."""

from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float32

from relens.canonical.photo_view import Window
from relens.edit.sight import sight
from relens.edit.window import grown, margins
from relens.errors import ValueRangeError
from relens.scene import Layer, Scene

# A scene is open where it is less opaque than before by more than roundings.
_OPEN = np.float32(1e-4)
# Surfaces are continued from so much around, at least.
_LEAST_ROOM_PX = 128
# Colours beside soft edges of what was taken off, and at the ends of hidden layers, are mixed so far.
_MIXED_PX = 6
# What stands nearer than what was taken off, by more than this in inverse depth, is not continued behind it.
_NEARER = 1.1
# What is continued underneath something lies so much farther.
_BENEATH = 1e-3
# Finer than this is texture, which is copied; what is broader is light, which goes on smoothly.
_LIGHT_PX = 24
# What is smooth is told by a grid so coarse.
_CELL_PX = 4


def closed(
    before: Scene, after: Scene, window: Window, taken: Float32[np.ndarray, "h w"], soft: Bool[np.ndarray, "h w"]
) -> Scene:
    """The scene after something was taken off within a window, with its last layer continued where that left a hole.

    taken: (h, w) in the window, the inverse depth of what was taken off, NaN elsewhere. soft: where it shared texels
    with what is behind; colours there and close by are continued, too, for they are mixed with its own.

    Continued is what the photo now shows around, but for what stands nearer than what was taken off: its depth as a
    plane and a membrane, its light as a membrane with the texture of `relens.lift.inpaint`. Under the ends of what is
    left around a hole it goes on as far as the border is wide, which is as far as the widest view can look.
    Raises ValueRangeError where nothing is left to continue.
    """
    from relens.lift.rear import nearest

    shape, room_px = before.layers[0].inverse_depth.shape, max(before.border_px, _LEAST_ROOM_PX)
    inner, window = window, grown(window, 2 * room_px, shape)
    was, now = sight(before, window), sight(after, window)
    opaque, clear = (np.minimum(was.rgba[..., 3], 1), np.maximum(1 - now.rgba[..., 3], 0))
    hole = opaque + clear - 1 > _OPEN
    spoilt = hole | np.pad(soft, margins(inner, window))
    if not spoilt.any():
        return after
    taken = np.pad(taken, margins(inner, window), constant_values=np.nan)
    behind = now.inverse_depth <= _NEARER * taken.ravel()[nearest(~np.isnan(taken))[1]]
    distance_px = nearest(spoilt)[0]
    mixed = (distance_px <= _MIXED_PX) & ~hole
    known = ~hole & ~mixed & behind & (clear <= 0.5) & (distance_px <= room_px)
    if not known.any():
        raise ValueRangeError("selection", "all there is", "something that is left, to be continued behind it")
    rear = after.layers[-1]
    alpha = rear.rgba[window][..., 3]
    beneath = (nearest(hole)[0] <= before.border_px) & (alpha < opaque) & ~hole if hole.any() else hole
    mixed &= behind
    colour = _coloured(now.rgba, known, (hole | mixed | beneath) & ~known)
    depth = np.where(known, now.inverse_depth, _deep(now.inverse_depth, known))
    depth[beneath] *= np.float32(1 - _BENEATH)

    # Where the hole is, what is left before it and the last layer are together as opaque as before.
    least = np.where(hole, 1 - (1 - opaque) * (1 - alpha) / np.maximum(clear, _OPEN), opaque)
    added = np.where(hole | beneath, np.maximum(least - alpha, 0), 0)
    layers = []
    for layer in after.layers:
        painted = mixed & (now.share[layer.name] > 0) if layer.name in now.share else mixed & False
        more = added if layer is rear and added.any() else None
        layers.append(_renewed(layer, window, colour, depth, painted, more))
    return replace(after, layers=tuple(layers))


def _renewed(
    layer: Layer,
    window: Window,
    colour: Float32[np.ndarray, "h w 3"],
    depth: Float32[np.ndarray, "h w"],
    painted: Bool[np.ndarray, "h w"],
    added: Float32[np.ndarray, "h w"] | None,
) -> Layer:
    """The layer with straight colours where it is painted, and with those colours and a depth where alpha is added."""
    if not painted.any() and added is None:
        return layer
    page, inverse_depth = layer.rgba.copy(), layer.inverse_depth
    part = page[window]
    part[painted, :3] = colour[painted] * part[painted, 3:]
    if added is not None:
        inverse_depth = inverse_depth.copy()
        more = added > 0
        share = added[more] / (part[more, 3] + added[more])
        part[more, :3] += colour[more] * added[more, None]
        part[more, 3] += added[more]
        old = np.nan_to_num(inverse_depth[window][more])
        inverse_depth[window][more] = old + share * (depth[more] - old)
    return replace(layer, rgba=page, inverse_depth=inverse_depth)


def _deep(depth: Float32[np.ndarray, "h w"], known: Bool[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """Inverse depth run on from where it is known: as a plane, as far as that explains it, and a membrane."""
    from relens.lift.planes import planes

    plane = planes(np.where(known, depth, 0), known.astype(np.int32), np.ones(known.shape, np.int32))
    rest = _membrane((depth - plane)[..., None], known)[0][..., 0]
    return np.clip(plane + rest, depth[known].min(), depth[known].max())


def _coloured(
    view: Float32[np.ndarray, "h w 4"], known: Bool[np.ndarray, "h w"], wanted: Bool[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w 3"]:
    """Straight colours run on from where they are known: the light smoothly, the texture as copies."""
    from relens.lift.inpaint import inpaint

    colour = np.maximum(view[..., :3], 0) / np.maximum(view[..., 3:], _OPEN)
    smooth, broad = (np.maximum(light, _OPEN) for light in _membrane(colour, known))
    texture = np.where(known[..., None], colour / broad, np.float32(1))
    texture = inpaint(texture, known.astype(np.int32), wanted.astype(np.int32))
    return np.where(known[..., None], colour, smooth * texture)


def _membrane(
    values: Float32[np.ndarray, "h w c"], known: Bool[np.ndarray, "h w"]
) -> tuple[Float32[np.ndarray, "h w c"], Float32[np.ndarray, "h w c"]]:
    """The smooth continuation of what is known, on a coarse grid, and what is broad of it."""
    import cv2

    from relens.depth.fill import push_pull

    height, width = known.shape

    def small(plane: np.ndarray) -> np.ndarray:
        plane = cv2.copyMakeBorder(plane, 0, -height % _CELL_PX, 0, -width % _CELL_PX, cv2.BORDER_REPLICATE)
        size = plane.shape[1] // _CELL_PX, plane.shape[0] // _CELL_PX
        return cv2.resize(plane, size, interpolation=cv2.INTER_AREA)

    def full(plane: np.ndarray) -> np.ndarray:
        plane = cv2.resize(plane, None, fx=_CELL_PX, fy=_CELL_PX, interpolation=cv2.INTER_LINEAR)
        return plane[:height, :width].reshape(values.shape)

    weight = small(known.astype(np.float32))
    total = small(np.where(known[..., None], values, np.float32(0))).reshape(*weight.shape, -1)
    filled = push_pull(total / np.maximum(weight, _OPEN)[..., None], weight)
    return full(filled), full(cv2.GaussianBlur(filled, (0, 0), _LIGHT_PX / _CELL_PX))
