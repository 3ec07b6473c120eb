"""PageLayout: where on the page's texels lie the places that the canonical camera sees."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Int64

from relens.errors import ValueRangeError

# Texels around each part, for bicubic reads and small offsets.
MARGIN_PX = 4
_MOST_PIXELS = 1 << 28


@dataclass(frozen=True)
class PageLayout:
    """The page: a front part, all that the canonical camera sees, and under it parts for what hides behind others.

    Convention: texel (column i, row j) has its centre at (i + 0.5, j + 0.5).

    Attributes:
        width_px, front_px: size of the front part.
        texels_per_unit: texels for 1 of the canonical camera's x and y.
        low_x, low_y: the canonical camera's x and y at the page's upper left corner.
        goes_round: the page's right edge continues at its left one.
        hidden_px: of each hidden part, what rows of the front part it has too: the first, and how many.

    Raises ValueRangeError for sizes and numbers that are none.
    """

    width_px: int
    front_px: int
    texels_per_unit: float
    low_x: float
    low_y: float
    goes_round: bool = False
    hidden_px: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if min(self.width_px, self.front_px) < 1 or self.width_px * self.height_px > _MOST_PIXELS:
            size = f"{self.width_px} x {self.height_px}"
            raise ValueRangeError("page", size, f"1 to {_MOST_PIXELS} texels")
        if not all(low >= 0 and rows > 0 and low + rows <= self.front_px for low, rows in self.hidden_px):
            raise ValueRangeError("hidden_px", self.hidden_px, "rows of the front part")
        numbers = (self.texels_per_unit, self.low_x, self.low_y)
        if not (np.isfinite(numbers).all() and self.texels_per_unit > 0):
            raise ValueRangeError("layout", numbers, "finite numbers, texels_per_unit above 0")

    @property
    def height_px(self) -> int:
        """Rows of the whole page."""
        return self.front_px + sum(rows for _, rows in self.hidden_px)

    @property
    def part_rows(self) -> Int64[np.ndarray, "parts 3"]:
        """Of each part, the front one first: its first row on the front part, that behind its last, and rows to add."""
        rows, start = [(0, self.front_px, 0)], self.front_px
        for low, count in self.hidden_px:
            rows.append((low, low + count, start - low))
            start += count
        return np.array(rows, np.int64)

    def front(self, x: Float[np.ndarray, "*n"], y: Float[np.ndarray, "*n"]) -> Float64[np.ndarray, "*n 2"]:
        """Column and row on the front part; the column is not brought round."""
        column = (np.asarray(x, np.float64) - self.low_x) * self.texels_per_unit
        row = (np.asarray(y, np.float64) - self.low_y) * self.texels_per_unit
        return np.stack([column, row], axis=-1)

    def on_page(self, texels: Float64[np.ndarray, "n 2"], part: Int64[np.ndarray, " n"]) -> Float64[np.ndarray, "n 2"]:
        """Texels of the front part, brought to the part where they belong and held inside it."""
        column, row = texels[:, 0], texels[:, 1]
        if not self.goes_round:
            column = np.clip(column, 0.5, self.width_px - 0.5)
        low, high, down = self.part_rows[part].T
        row = np.clip(row, low + 0.5, high - 0.5) + down
        return np.stack([column, row], axis=1)
