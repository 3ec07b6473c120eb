"""GridLayout: trilinear grids of several finenesses over one box, in one row of numbers."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class GridLayout:
    """Which node of which level lies where.

    Convention: places are in units of the box's longest side, from its least corner; cells are cubes; nodes are at
    their corners, z fastest.

    Attributes:
        extent: of the box along x, y, z; the longest is 1.
        finest: cells along the longest side, for each level.
    """

    extent: tuple[float, float, float]
    finest: tuple[int, ...]

    @cached_property
    def cells(self) -> tuple[tuple[int, int, int], ...]:
        """Cells of each level along x, y, z: as many as cover the box."""
        return tuple(
            tuple(max(1, math.ceil(count * side - 1e-6)) for side in self.extent)  # type: ignore[misc]
            for count in self.finest
        )

    @cached_property
    def scale(self) -> tuple[float, ...]:
        """Cells of each level in a unit."""
        return tuple(float(count) for count in self.finest)

    @cached_property
    def first(self) -> tuple[int, ...]:
        """The number of each level's first node."""
        counts = [self.nodes(level) for level in range(len(self.finest))]
        return tuple(int(sum(counts[:level])) for level in range(len(counts)))

    @property
    def count(self) -> int:
        """Nodes of all levels."""
        return sum(self.nodes(level) for level in range(len(self.finest)))

    def shape(self, level: int) -> tuple[int, int, int]:
        """Nodes of a level along x, y, z."""
        x, y, z = self.cells[level]
        return x + 1, y + 1, z + 1

    def nodes(self, level: int) -> int:
        """Nodes of a level."""
        return math.prod(self.shape(level))

    def strides(self, level: int) -> tuple[int, int, int]:
        """How far apart neighbours along x, y, z are in the row."""
        _, y, z = self.shape(level)
        return y * z, z, 1

    @cached_property
    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """`first`, `cells` and `scale` as the compiled kernels take them."""
        return np.array(self.first), np.array(self.cells), np.array(self.scale, np.float32)
