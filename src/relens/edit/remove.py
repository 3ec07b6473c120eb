"""Remove: what is selected gone; what is behind it comes to light."""

from dataclasses import dataclass, field, replace

import numpy as np

from relens.edit.close import closed
from relens.edit.selection import Where
from relens.edit.thing import select_thing
from relens.scene import Scene

# Of what shows behind less than this, nothing is seen.
_CLEAR = 1e-3


@dataclass(frozen=True)
class Remove:
    """Remove what is selected; what is behind comes to light, continued where no layer has it.

    Attributes:
        anew: continue all that was hidden from what is around, instead of showing what the hidden layers have there.
        where: what to remove; soft edges and hidden parts of it go with it.
    """

    anew: bool = False
    where: Where = field(default_factory=Where)

    def __call__(self, scene: Scene) -> Scene:
        """The scene without it, as opaque as before: see `relens.edit.close.closed`.

        Raises ValueRangeError where nothing is left to continue, and as `select` does.
        """
        gone = select_thing(scene, self.where)
        every = np.maximum.reduce(list(gone.coverage.values()))
        taken, clear = np.full(every.shape, np.nan, np.float32), np.ones_like(every)
        for layer in scene.layers:
            if layer.name in gone.coverage:
                clear *= 1 - np.minimum(layer.rgba[gone.window][..., 3], 1)
                there = gone.coverage[layer.name] > 0
                taken[there] = np.fmax(taken[there], layer.inverse_depth[gone.window][there])
        layers = []
        for layer in scene.layers:
            part = gone.coverage.get(layer.name)
            if self.anew:
                there = layer.rgba[gone.window][..., 3] > 0
                behind = np.where(there & (layer.inverse_depth[gone.window] < taken), every, 0)
                part = behind if part is None else np.maximum(part, behind)
            if part is not None and part.any():
                page = layer.rgba.copy()
                page[gone.window] *= 1 - part[..., None]
                layer = replace(layer, rgba=page)
            layers.append(layer)
        # Where it was soft, it shared its texels' light with what is behind.
        soft = (every > 0) & (clear > _CLEAR) & (clear < 1)
        return closed(scene, replace(scene, layers=tuple(layers)), gone.window, taken, soft)
