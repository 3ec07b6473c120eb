"""Extract: what is selected alone; everything else becomes transparent."""

from dataclasses import dataclass, field, replace

import numpy as np

from relens.edit.selection import Where
from relens.edit.thing import select_thing
from relens.scene import Scene


@dataclass(frozen=True)
class Extract:
    """Keep what is selected and make everything else transparent: a cut-out from any view.

    Attributes:
        where: what to keep; soft edges and hidden parts of it stay with it.
    """

    where: Where = field(default_factory=Where)

    def __call__(self, scene: Scene) -> Scene:
        """The scene with alpha left as far as it is selected; colours and depth stay. Raises as `select` does."""
        kept = select_thing(scene, self.where)
        layers = []
        for layer in scene.layers:
            alpha = layer.rgba[..., 3]
            part = kept.coverage.get(layer.name, np.zeros((0, 0), np.float32))
            # What is kept wholly keeps its bits, and nothing is copied for it.
            whole = part.size and np.count_nonzero(part == 1) == np.count_nonzero(alpha)
            if not whole and alpha.any():
                page = np.zeros_like(layer.rgba)
                if part.size:
                    np.multiply(layer.rgba[kept.window], part[..., None], out=page[kept.window])
                layer = replace(layer, rgba=page)
            layers.append(layer)
        return replace(scene, layers=tuple(layers))
