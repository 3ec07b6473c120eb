"""Mesh: triangles with colour, for models that were never a photograph."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32

from relens.errors import ValueRangeError

# What stands this far away, or farther, is at infinity: 1/z is then under every blur and parallax that can be seen.
INFINITY_M = 1e5


@dataclass(frozen=True)
class MeshPart:
    """Triangles of one material. Both sides are seen; texture and vertex colours are given off as they are, unlit.

    Convention: world frame, OpenCV axes (+x right, +y down, +z forward), metres. Texture coordinates: u right, v down,
    (0, 0) the texture's upper left corner, (1, 1) its lower right one, so texel (column i, row j) of (h, w) has its
    centre at u = (i + 0.5) / w, v = (j + 0.5) / h.

    Attributes:
        vertices_m: (n, 3).
        triangles: (m, 3) indices of vertices. Degenerate ones (no area) are dropped.
        uv: (m, 3, 2) texture coordinates of each triangle's corners; with a texture only.
        texture: (h, w, 4) linear light, premultiplied by alpha; read bilinearly.
        repeat: the texture repeats outside 0 to 1; else its edges are held.
        rgba: (n, 4) the vertices' colours, interpolated, or (4,) one for all; linear light, premultiplied by alpha.

    A part of one colour, or of none (clay, a grey), is lit from the camera, so that its form is seen.

    Raises ValueRangeError for arrays that do not fit each other, numbers that are not finite, alpha outside 0 to 1, or
    when no triangle is left.
    """

    vertices_m: Float32[np.ndarray, "n 3"]
    triangles: Int32[np.ndarray, "m 3"]
    uv: Float32[np.ndarray, "m 3 2"] | None = None
    texture: Float32[np.ndarray, "h w 4"] | None = None
    repeat: bool = False
    rgba: Float32[np.ndarray, "*n 4"] | None = None

    def __post_init__(self) -> None:
        vertices_m, triangles = self.vertices_m, self.triangles
        if vertices_m.ndim != 2 or vertices_m.shape[1] != 3 or triangles.ndim != 2 or triangles.shape[1] != 3:
            raise ValueRangeError("mesh", f"{vertices_m.shape}, {triangles.shape}", "vertices (n, 3), triangles (m, 3)")
        if not len(vertices_m) or not len(triangles):
            raise ValueRangeError("mesh", f"{len(vertices_m)} vertices, {len(triangles)} triangles", "at least one")
        _require_finite("vertices_m", vertices_m)
        if triangles.min() < 0 or triangles.max() >= len(vertices_m):
            found = f"{triangles.min()} to {triangles.max()}"
            raise ValueRangeError("triangles", found, f"indices of the {len(vertices_m)} vertices, 0 and up")
        self._check_colour()
        kept = _with_area(vertices_m, triangles)
        if not kept.any():
            raise ValueRangeError("triangles", f"{len(triangles)} without area", "at least one with area")
        if not kept.all():
            object.__setattr__(self, "triangles", triangles[kept])
            if self.uv is not None:
                object.__setattr__(self, "uv", self.uv[kept])

    def _check_colour(self) -> None:
        if (self.texture is None) != (self.uv is None):
            raise ValueRangeError(
                "texture", "without uv" if self.uv is None else "missing", "texture and uv, or neither"
            )
        if self.texture is not None and self.rgba is not None:
            raise ValueRangeError("mesh", "texture and rgba", "one of them")
        if self.uv is not None:
            if self.uv.shape != (len(self.triangles), 3, 2):
                raise ValueRangeError("uv", self.uv.shape, f"({len(self.triangles)}, 3, 2), one for each corner")
            _require_finite("uv", self.uv)
        for name, colours in (("texture", self.texture), ("rgba", self.rgba)):
            if colours is not None:
                if colours.size == 0 or colours.shape[-1] != 4:
                    raise ValueRangeError(name, colours.shape, "RGBA")
                _require_finite(name, colours)
                alpha = colours[..., 3]
                if alpha.min() < 0 or alpha.max() > 1 + 1e-5:
                    raise ValueRangeError(name, f"alpha {alpha.min():g} to {alpha.max():g}", "0 to 1")
        if self.rgba is not None and self.rgba.shape not in ((4,), (len(self.vertices_m), 4)):
            raise ValueRangeError("rgba", self.rgba.shape, f"(4,) or ({len(self.vertices_m)}, 4), one for each vertex")


@dataclass(frozen=True)
class Mesh:
    """A model: what the `mesh` engine photographs.

    Attributes:
        parts: one or more.
        notes: what the user should know about how it was read, a line each.

    Raises ValueRangeError without parts.
    """

    parts: tuple[MeshPart, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", tuple(self.parts))
        if not self.parts:
            raise ValueRangeError("mesh", "no parts", "at least one")

    @property
    def triangle_count(self) -> int:
        """Triangles of all parts together."""
        return sum(len(part.triangles) for part in self.parts)

    @property
    def bounds_m(self) -> Float32[np.ndarray, "2 3"]:
        """Least and greatest x, y, z of all triangles."""
        used = [part.vertices_m[part.triangles.ravel()] for part in self.parts]
        least = np.min([corners.min(axis=0) for corners in used], axis=0)
        return np.stack([least, np.max([corners.max(axis=0) for corners in used], axis=0)])


def _require_finite(name: str, values: np.ndarray) -> None:
    # A sum carries NaN and infinity along, and costs no temporary the size of the array.
    if not np.isfinite(values.sum(dtype=np.float64)):
        raise ValueRangeError(name, "NaN or infinite", "finite numbers only")


def _with_area(vertices_m: Float32[np.ndarray, "n 3"], triangles: Int32[np.ndarray, "m 3"]) -> np.ndarray:
    """Which triangles span an area, bool (m,)."""
    a, b, c = (vertices_m[triangles[:, corner]].astype(np.float64) for corner in range(3))
    return np.asarray(np.cross(b - a, c - a).any(axis=1))
