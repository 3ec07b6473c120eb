"""SurfaceFit: a fitted surface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relens.multiview.surface.settings import SurfaceSettings

if TYPE_CHECKING:
    from relens.multiview.surface.field import SurfaceField


@dataclass(frozen=True)
class SurfaceFit:
    """What `fit_surface` returns.

    Attributes:
        field: the surface, on the device that it was fitted on.
        settings: how it was fitted.
        psnr_db: of the fitted photos, sRGB-like encoded, over the last batches.
    """

    field: SurfaceField
    settings: SurfaceSettings
    psnr_db: float
