"""Models from files."""

from relens.mesh_file.read_mesh import read_mesh

__all__ = ["read_mesh"]
