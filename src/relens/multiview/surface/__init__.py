"""A surface fitted to posed photos: a signed distance field on grids, after DebSDF (arXiv 2308.15536)."""

from relens.multiview.surface.fit_surface import fit_surface
from relens.multiview.surface.mesh_of import mesh_of
from relens.multiview.surface.settings import SurfaceSettings
from relens.multiview.surface.surface_fit import SurfaceFit
from relens.multiview.surface.visible_points import visible_points

__all__ = ["SurfaceFit", "SurfaceSettings", "fit_surface", "mesh_of", "visible_points"]
