"""Depth: where each pixel's distance comes from, behind one carrier, brought to the photo's resolution."""

from relens.depth.depth import Depth
from relens.depth.files import read_depth
from relens.depth.find import find_depth
from relens.depth.fit import fit_depth
from relens.depth.request import DepthRequest

__all__ = ["Depth", "DepthRequest", "find_depth", "fit_depth", "read_depth"]
