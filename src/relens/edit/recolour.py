"""Recolour: another colour under the same light and shadow."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float32

from relens.edit.change import Patch, changed
from relens.edit.gamut import in_gamut
from relens.edit.oklab import light_of, oklab_of
from relens.edit.selection import Selection, Where, linear_colour, select
from relens.edit.window import bounds
from relens.errors import ValueRangeError
from relens.ranges import number
from relens.scene import Scene

# Chroma (Oklab) below this may as well be noise or a tinge of the light; it says little of what is body or sheen.
_FAINT_CHROMA = 0.05
# What is lighter than the mean by these factors (2 and 4 stops of light) begins to be sheen, and is all sheen: no
# matt thing is so uneven.
_SHEEN_FROM, _SHEEN_WHOLE = 1.6, 2.5
# A mean lighter than this has highlights above white.
_LIGHTEST_MEAN = 0.8
# Darker than this (a millionth of white) there is nothing to make lighter.
_LEAST_LIGHTNESS = 0.01
_BINS = 4096
# Rows worked on at a time, so that what is between stays in the processor's cache.
_BAND_ROWS = 32


@dataclass(frozen=True)
class Recolour:
    """Give what is selected another colour; its folds, shading, texture and highlights stay.

    Attributes:
        to: "#rrggbb" in sRGB; the mean of all that is selected becomes this.
        strength: 0 to 1, how far the colours go there.
        where: what to recolour.
    """

    to: str
    strength: float = 1.0
    where: Where = field(default_factory=Where)

    def __call__(self, scene: Scene) -> Scene:
        """The recoloured scene. Raises ValueRangeError for numbers out of range and black things, and as `select` does.

        In Oklab shading moves a colour on a ray from black. So lightness is scaled, one factor for all, but that what
        would pass white rolls off towards it; and chroma by lightness, a complex number, is turned and scaled as the
        mean's is. Neutral sheen on a coloured body so stays neutral; on grey ones it is what is much lighter.
        """
        strength = np.float32(number("strength", self.strength, "0 to 1", 0, 1))
        target = oklab_of(linear_colour(self.to, "to"))
        selection = select(scene, self.where)
        if strength == 0:
            return scene
        body = _body(scene, selection)
        if body.mean_lightness < _LEAST_LIGHTNESS:
            expected = "something with light on it, for that is what stays; `paint` lays a colour over black"
            raise ValueRangeError("selection", "black", expected)
        gain = _gain(body, float(target[0]))

        def recoloured(patch: Patch) -> np.ndarray:
            new = np.empty_like(patch.colour)
            for band in _bands(len(new)):
                lab = oklab_of(patch.colour[band])
                lab += strength * (_moved(lab, body, gain, target) - lab)
                new[band] = in_gamut(light_of(lab))
            return new

        return changed(scene, selection, recoloured)


@dataclass(frozen=True)
class _Body:
    """What all that is selected is like.

    Attributes:
        mean_lightness: Oklab's.
        saturation: mean chroma by mean lightness, a + ib.
        weights: how much of it is of each lightness, in sum 1.
        lightness: the mean of each of these.
    """

    mean_lightness: float
    saturation: complex
    weights: Float32[np.ndarray, " n"]
    lightness: Float32[np.ndarray, " n"]


def _body(scene: Scene, selection: Selection) -> _Body:
    """The mean over all selected layers, each texel by its alpha and by how much of it is selected."""
    total, counts, sums = np.zeros(3), np.zeros(_BINS + 1), np.zeros(_BINS + 1)
    for layer in scene.layers:
        coverage = selection.coverage.get(layer.name)
        if coverage is None:
            continue
        box = bounds(coverage)
        for band in _bands(box[0].stop - box[0].start):
            rgba, part = layer.rgba[selection.window][box][band], coverage[box][band]
            touched = (part > 0) & (rgba[..., 3] > 0)
            rgba = rgba[touched]
            lab, weight = oklab_of(rgba[:, :3] / rgba[:, 3:]), rgba[:, 3] * part[touched]
            bins = np.clip(lab[:, 0] * _BINS, 0, _BINS).astype(np.intp)
            total += weight @ lab
            counts += np.bincount(bins, weight, _BINS + 1)
            sums += np.bincount(bins, weight * lab[:, 0], _BINS + 1)
    weight = counts.sum()
    lightness = np.maximum(sums, 0) / np.where(counts > 0, counts, 1)
    saturation = complex(total[1], total[2]) / max(total[0], np.finfo(float).tiny)
    return _Body(
        float(total[0] / weight), saturation, (counts / weight).astype(np.float32), lightness.astype(np.float32)
    )


def _gain(body: _Body, target: float) -> float:
    """What lightness is scaled by, so that its mean becomes the target's once highlights have rolled off."""
    low = target / body.mean_lightness
    if low <= 1:
        return low
    high = 1e3 * low
    for _ in range(40):
        gain = (low * high) ** 0.5
        mean = body.weights @ (body.lightness * _scale(body.lightness, gain, target))
        low, high = (gain, high) if mean < target else (low, gain)
    return low


def _scale(lightness: Float32[np.ndarray, "*n"], gain: float, target: float) -> Float32[np.ndarray, "*n"]:
    """What each lightness is scaled by: the gain in the shadows, from a knee on less, so that white stays white.

    The shoulder is a hyperbola that leaves with the gain's slope; the more gain, the deeper it begins. Where the
    target itself is nearly white, white becomes a little more.
    """
    end = min(gain, max(1.0, target / _LIGHTEST_MEAN))
    scale = np.full_like(lightness, gain)
    if gain <= 1 or end == gain:
        return scale
    start = target / gain
    knee, steep = start / gain, (gain - start) / (end - start)
    above = lightness > knee
    along = np.minimum((lightness[above] - knee) / (1 - knee), 1)
    shoulder = start + (end - start) * (steep * along / (1 + (steep - 1) * along))
    scale[above] = np.where(along < 1, shoulder / lightness[above], end)
    return scale


def _moved(
    lab: Float32[np.ndarray, "h w 3"], body: _Body, gain: float, target: Float32[np.ndarray, "3"]
) -> Float32[np.ndarray, "h w 3"]:
    lightness = lab[..., 0]
    scale = _scale(lightness, gain, float(target[0]))
    chroma = lab[..., 1] + np.complex64(1j) * lab[..., 2]
    relative = lightness / np.float32(body.mean_lightness)
    matt = np.clip((_SHEEN_WHOLE - relative) / (_SHEEN_WHOLE - _SHEEN_FROM), 0, 1)
    # Divided by the mean's, as far as that says anything: where it is faint, all that is no sheen is body.
    certain = 1 / (1 + (_FAINT_CHROMA / max(abs(body.saturation) * body.mean_lightness, 1e-9)) ** 4)
    own = np.complex64(certain / (body.saturation or 1)) * chroma + np.float32(1 - certain) * (matt * lightness)
    wanted = np.complex64(complex(target[1], target[2]) / max(float(target[0]), 1e-6))
    chroma = own * (wanted * scale)
    return np.stack([lightness * scale, np.real(chroma), np.imag(chroma)], axis=-1)


def _bands(rows: int) -> Iterator[slice]:
    return (slice(start, min(start + _BAND_ROWS, rows)) for start in range(0, rows, _BAND_ROWS))
