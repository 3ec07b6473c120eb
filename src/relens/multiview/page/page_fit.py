"""PageFit: a fitted page, and the map from points to its texels."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Float64

from relens.multiview.page.field import TexelField
from relens.multiview.page.settings import PageSettings


@dataclass(frozen=True)
class PageFit:
    """A fitted page.

    Attributes:
        field: the map from points to texels.
        page: (h, w, 4) linear light, premultiplied; alpha is 0 where no photo saw anything, else 1.
        settings: of the fit.
        psnr_db: of the fitted photos, all together, of sRGB-encoded values.
        held_out_psnr_db: of the photos that were held out; None without any.
    """

    field: TexelField
    page: Float32[np.ndarray, "h w 4"]
    settings: PageSettings
    psnr_db: float
    held_out_psnr_db: float | None = None

    def texels(self, points_m: Float[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 2"]:
        """Column and row on the page, in texels; see `TexelField.texels`."""
        return self.field.texels(points_m)
