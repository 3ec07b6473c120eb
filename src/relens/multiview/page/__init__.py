"""The canonical page of many photos: one image in which their appearance lives, and the map from points to texels."""

from relens.multiview.page.fit_page import fit_page
from relens.multiview.page.page_fit import PageFit
from relens.multiview.page.render_page import render_page
from relens.multiview.page.settings import PageSettings
from relens.multiview.page.textured import textured

__all__ = ["PageFit", "PageSettings", "fit_page", "render_page", "textured"]
