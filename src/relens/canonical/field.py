"""The projection field: on which page and texel a point of the scene lies, and where a texel lies in the scene.

After AGAP (arXiv 2312.06657): a pseudo canonical camera, and offsets where it cannot see everything. For one
photo the canonical camera is the photo's own, a layer takes in what hides behind another, and there are no offsets.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Int64

from relens.canonical.homogeneous import into_photo, out_of_photo
from relens.canonical.offsets import Offsets
from relens.errors import ValueRangeError
from relens.scene import Scene

# Pages as near to a point as this, 1/m, are equally near: what is left is rounding.
_SAME_PER_M = 1e-6
# Points worked on at a time, so that what is between stays small.
_AT_ONCE = 1 << 16


@dataclass(frozen=True)
class Texels:
    """Where on the pages points lie.

    Attributes:
        page: (n,) index of the layer in `scene.layers`; -1 where no page has anything there.
        column_px, row_px: (n,) in the photo's pixels, negative in the border; NaN for points behind the camera.
        gap_per_m: (n,) how much nearer to the camera than the page's surface the point is, as a difference of inverse
            depths, 1/m: 0 on it, negative behind it, NaN where there is no page.
    """

    page: Int64[np.ndarray, " n"]
    column_px: Float64[np.ndarray, " n"]
    row_px: Float64[np.ndarray, " n"]
    gap_per_m: Float64[np.ndarray, " n"]


@dataclass(frozen=True)
class ProjectionField:
    """The way from points to texels and back.

    Convention: points are (n, 3) metres in the world, or (n, 4) homogeneous (x, y, z, w): the point (x, y, z) / w, and
    with w = 0 what lies infinitely far in the direction (x, y, z), as skies do. Texels are counted in the photo's
    pixels, the first texel's centre at (0.5, 0.5), negative in the border.

    Attributes:
        scene: whose pages they are; its camera is the canonical one.
        offsets: how far texels lie from where that camera sees their points; None for not at all.
    """

    scene: Scene
    offsets: Offsets | None = None

    def texels(self, points_m: Float[np.ndarray, "n _"]) -> Texels:
        """The page whose surface passes nearest to each point, by inverse depth, and the texel there.

        Between texels, surfaces run bilinearly; only what has some alpha there counts. Of pages that are equally near,
        it is the one that shows most: the first of the layers, unless it is so soft that more shows of another.
        Raises ValueRangeError for an array of another shape.
        """
        places = into_photo(points_m, self.scene.camera.intrinsics)
        if self.offsets is not None:
            places[:, :2] += self.offsets.at(places)
        column_px, row_px, inverse_depth = places.T
        page, gap = np.full(len(places), -1), np.full(len(places), np.nan)
        for start in range(0, len(places), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            page[part], gap[part] = self._nearest(column_px[part], row_px[part], inverse_depth[part])
        return Texels(page, column_px.copy(), row_px.copy(), gap)

    def points_m(
        self,
        page: str | int | Int64[np.ndarray, " n"],
        column_px: Float[np.ndarray, " n"],
        row_px: Float[np.ndarray, " n"],
    ) -> Float64[np.ndarray, "n 4"]:
        """The points that lie on texels of a page, homogeneous: metres and w = 1, or a direction and w = 0.

        NaN where the page has no surface. A surface runs on beyond its silhouette, where its alpha is 0.

        page: a layer's name or index, or an index for each texel; -1 is no page.
        Raises ValueRangeError for an unknown page, or columns and rows that differ in number.
        """
        column_px, row_px = np.asarray(column_px, np.float64), np.asarray(row_px, np.float64)
        if column_px.ndim != 1 or column_px.shape != row_px.shape:
            raise ValueRangeError("column_px, row_px", (column_px.shape, row_px.shape), "as many rows as columns")
        pages = self._pages(page, len(column_px))
        inverse_depth = np.full(len(column_px), np.nan)
        for number in range(len(self.scene.layers)):
            here = pages == number
            inverse_depth[here], _ = self._surface(number, column_px[here], row_px[here])
        places = np.stack([column_px, row_px, inverse_depth], axis=1)
        if self.offsets is not None:
            places = self.offsets.undone(places)
        return out_of_photo(places, self.scene.camera.intrinsics)

    def _nearest(
        self, column_px: np.ndarray, row_px: np.ndarray, inverse_depth: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Page, or -1, and gap, or NaN."""
        surfaces = [self._surface(number, column_px, row_px) for number in range(len(self.scene.layers))]
        gaps = np.stack([inverse_depth - depth for depth, _ in surfaces])
        alphas = np.stack([alpha for _, alpha in surfaces])
        away = np.where((alphas > 0) & ~np.isnan(gaps), np.abs(gaps), np.inf)
        tied = np.isfinite(away) & (away <= away.min(axis=0) + _SAME_PER_M)
        cover = np.where(tied, np.minimum(alphas, 1), 0)
        # How much of each shows past those before it.
        shows = cover * np.cumprod(np.concatenate([np.ones_like(cover[:1]), 1 - cover[:-1]]), axis=0)
        page = np.where(tied.any(axis=0), shows.argmax(axis=0), -1)
        return page, np.where(page < 0, np.nan, np.take_along_axis(gaps, np.maximum(page, 0)[None], axis=0)[0])

    def _surface(self, number: int, column_px: np.ndarray, row_px: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Inverse depth, NaN where there is none, and alpha of a layer at texels."""
        from relens.canonical.field_kernel import surface_at

        layer, border_px = self.scene.layers[number], self.scene.border_px
        depth, alpha = np.empty(len(column_px)), np.empty(len(column_px))
        surface_at(layer.rgba[..., 3], layer.inverse_depth, column_px + border_px, row_px + border_px, depth, alpha)
        return depth, alpha

    def _pages(self, page: str | int | np.ndarray, count: int) -> np.ndarray:
        names = [layer.name for layer in self.scene.layers]
        if isinstance(page, str):
            if page not in names:
                raise ValueRangeError("page", repr(page), f"one of {', '.join(names)}")
            page = names.index(page)
        pages = np.asarray(page)
        if pages.dtype.kind not in "iu" or pages.shape not in ((), (count,)):
            raise ValueRangeError("page", pages, f"a layer's name or index, or {count} indices")
        if pages.size and not (pages.min() >= -1 and pages.max() < len(names)):
            raise ValueRangeError("page", f"{pages.min()} to {pages.max()}", f"-1 (none) to {len(names) - 1}")
        return np.broadcast_to(pages, count)


def projection_field(scene: Scene) -> ProjectionField:
    """The field of a scene of one photo: the photo's own camera, without offsets."""
    return ProjectionField(scene)
