"""Depth Pro: metric depth and focal length from one photo by a network of 952 million parameters.

Source: Bochkovskii et al., "Depth Pro: Sharp Monocular Metric Depth in Less Than a Second", arXiv 2410.02073.
"""

from relens.depth.depth_pro.apple_way import DepthProApple
from relens.depth.depth_pro.transformers_way import DepthPro

__all__ = ["DepthPro", "DepthProApple"]
