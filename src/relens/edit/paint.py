"""Paint: one colour laid over what is selected."""

from dataclasses import dataclass, field

import numpy as np

from relens.edit.change import Patch, changed
from relens.edit.selection import Where, linear_colour, select
from relens.ranges import number
from relens.scene import Scene


@dataclass(frozen=True)
class Paint:
    """Lay one colour over what is selected, as a brush does.

    Attributes:
        to: "#rrggbb" in sRGB.
        opacity: 0 to 1; what is under the paint keeps the rest.
        stops: how much brighter than the colour the paint is; lamps are painted with some.
        where: what to paint.
    """

    to: str
    opacity: float = 1.0
    stops: float = 0.0
    where: Where = field(default_factory=Where)

    def __call__(self, scene: Scene) -> Scene:
        """The painted scene. Raises ValueRangeError for numbers out of range, and as `select` does."""
        opacity = np.float32(number("opacity", self.opacity, "0 to 1", 0, 1))
        stops = number("stops", self.stops, "-20 to 20", -20, 20)
        paint = linear_colour(self.to, "to") * np.float32(2**stops)

        def painted(patch: Patch) -> np.ndarray:
            if opacity == 1:
                return np.broadcast_to(paint, patch.colour.shape)
            return patch.colour + opacity * (paint - patch.colour)

        return changed(scene, select(scene, self.where), painted)
