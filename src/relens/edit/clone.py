"""Clone: what is elsewhere in the photo, copied over what is selected."""

from dataclasses import dataclass, field

import numpy as np

from relens.edit.change import Patch, changed
from relens.edit.selection import Where, select
from relens.edit.stamp import stamped, step_to
from relens.scene import Scene


@dataclass(frozen=True)
class Clone:
    """Copy what is elsewhere in the photo over what is selected, as a clone stamp does.

    Attributes:
        from_px: column and row of the photo where the copy starts; it lands on the brush's first point, or else on the
            middle of what is selected, and the rest beside it.
        where: what to copy over.
    """

    from_px: tuple[float, float]
    where: Where = field(default_factory=Where)

    def __call__(self, scene: Scene) -> Scene:
        """The scene with the copy, which is of the scene as it was, never of the copy itself.

        Each layer is copied from its own page, or where that has nothing from what the photo shows.
        Raises ValueRangeError for a source off the pages, and as `select` does.
        """
        selection = select(scene, self.where)
        step = step_to(scene, selection, self.where, self.from_px)

        def cloned(patch: Patch) -> np.ndarray:
            return stamped(scene, patch.layer, patch.window, step, (patch.coverage > 0) & (patch.alpha > 0))

        return changed(scene, selection, cloned)
