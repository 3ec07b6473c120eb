"""Export: the geometry of a scene for other programs."""

from relens.export.export_mesh import ExportMesh, LayerMesh
from relens.export.glb import write_glb
from relens.export.grid import Limits
from relens.export.layer_meshes import layer_meshes
from relens.export.obj import write_obj
from relens.export.ply import write_ply, write_points
from relens.export.points import PointCloud, scene_points
from relens.export.usdz import write_usdz

__all__ = [
    "ExportMesh",
    "LayerMesh",
    "Limits",
    "PointCloud",
    "layer_meshes",
    "scene_points",
    "write_glb",
    "write_obj",
    "write_ply",
    "write_points",
    "write_usdz",
]
