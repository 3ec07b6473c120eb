"""ExportMesh: the layers of a scene as plain triangles, what every mesh writer takes."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float32, Int32, UInt8

from relens.camera import Camera
from relens.export.texture import png_bytes


@dataclass(frozen=True)
class LayerMesh:
    """One layer: a triangle mesh whose texture is the layer's canonical page.

    Convention: world frame, OpenCV axes (+x right, +y down, +z forward), metres; the writers turn them. Triangles are
    wound so that (b - a) x (c - a) points at the photo's camera. Texture coordinates: u right, v down, (0, 0) the
    page's upper left corner, (1, 1) its lower right one. Every vertex stands at a texel's centre.

    Attributes:
        name: the layer's.
        positions_m: (n, 3).
        normals: (n, 3) unit length, on the camera's side.
        uv: (n, 2) where the vertex is on the page.
        triangles: (m, 3) indices of vertices.
        page: (h, w, 4) 8-bit sRGB, straight alpha; colours run on under alpha 0, so that filtering finds no dark rim.
    """

    name: str
    positions_m: Float32[np.ndarray, "n 3"]
    normals: Float32[np.ndarray, "n 3"]
    uv: Float32[np.ndarray, "n 2"]
    triangles: Int32[np.ndarray, "m 3"]
    page: UInt8[np.ndarray, "h w 4"]

    @property
    def rgba(self) -> UInt8[np.ndarray, "n 4"]:
        """The page's colour at every vertex: 8-bit sRGB, straight alpha."""
        height, width = self.page.shape[:2]
        column, row = (self.uv * [width, height]).astype(np.intp).T
        return self.page[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)]

    @property
    def is_opaque(self) -> bool:
        """Whether no part of the page lets light through."""
        return bool(self.page[..., 3].min() == 255)

    @cached_property
    def page_png(self) -> bytes:
        """The page as a PNG file, encoded once for all writers."""
        return png_bytes(self.page)


@dataclass(frozen=True)
class ExportMesh:
    """The layers front to back, and the photo's camera.

    Attributes:
        camera: the photo's, at the origin.
        layers: those with anything to see.
        notes: what the user should know: what was left out or simplified, a line each.
    """

    camera: Camera
    layers: tuple[LayerMesh, ...]
    notes: tuple[str, ...] = ()

    @property
    def vertex_count(self) -> int:
        """Vertices of all layers together."""
        return sum(len(layer.positions_m) for layer in self.layers)

    @property
    def triangle_count(self) -> int:
        """Triangles of all layers together."""
        return sum(len(layer.triangles) for layer in self.layers)
