"""Reach: how far from the photo's viewpoint rays may start, which says what they may see."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reach:
    """The widest view that a scene is lifted for.

    Attributes:
        radius_m: pupil radius plus camera move.
        fx_px: the photo's focal length.
    """

    radius_m: float
    fx_px: float

    @property
    def parallax_px(self) -> float:
        """The widest view's parallax per unit of inverse depth, in px·m (design section 4: fx·u·(1/z − 1/F))."""
        return self.fx_px * self.radius_m
