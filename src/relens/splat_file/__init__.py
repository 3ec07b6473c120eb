"""Gaussian splats from files."""

from relens.splat_file.ply import read_header
from relens.splat_file.read_splats import is_splat_header, read_splats

__all__ = ["is_splat_header", "read_header", "read_splats"]
