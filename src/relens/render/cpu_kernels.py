"""The compiled kernels of the CPU engine, loaded with their cache in its place."""

from relens.render.kernel_cache import cached_by_source

with cached_by_source():
    from relens.render.cpu_bounds import block_bounds
    from relens.render.cpu_pinhole import pinhole_depth
    from relens.render.cpu_tiles import TILE_PX, render_tiles

__all__ = ["TILE_PX", "block_bounds", "pinhole_depth", "render_tiles"]
