"""Scene: the layered world that every camera photographs."""

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32

from relens.camera import Camera
from relens.errors import ValueRangeError
from relens.photo import SourceFile
from relens.ranges import whole

if TYPE_CHECKING:
    from relens.canonical import Pages

# A scene's pages hold this many pixels at most: 4 GiB of light each in memory.
MOST_PAGE_PIXELS = 1 << 28


@dataclass(frozen=True)
class Layer:
    """One surface over the photo's pixel grid, widened by the scene's border.

    Convention: element [row, column] is the surface seen at the photo's pixel (column - border, row - border).

    Attributes:
        name: the page's name in the scene folder: lower-case letters, digits and dashes, at most 64.
        rgba: (h, w, 4) linear light, premultiplied by alpha. Alpha is fractional where the surface covers a part.
        inverse_depth: (h, w) 1/m; 0 is infinity; NaN where the layer has no surface. It runs on smoothly beyond the
            silhouette (where alpha is 0), so that edges resample without flying pixels.

    Raises ValueRangeError for arrays that differ in size, are not finite, or have alpha where there is no surface.
    """

    name: str
    rgba: Float32[np.ndarray, "h w 4"]
    inverse_depth: Float32[np.ndarray, "h w"]

    def __post_init__(self) -> None:
        if not 1 <= len(self.name) <= 64 or not set(self.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-"):
            raise ValueRangeError("layer name", repr(self.name), "1 to 64 lower-case letters, digits and dashes")
        object.__setattr__(self, "rgba", np.asarray(self.rgba, np.float32))
        object.__setattr__(self, "inverse_depth", np.asarray(self.inverse_depth, np.float32))
        if self.rgba.ndim != 3 or self.rgba.shape[2] != 4 or self.rgba.shape[:2] != self.inverse_depth.shape:
            sizes = f"{self.rgba.shape} and {self.inverse_depth.shape}"
            raise ValueRangeError(f"layer {self.name}", sizes, "rgba (h, w, 4) and inverse depth (h, w) of one size")
        if self.inverse_depth.size == 0:
            raise ValueRangeError(f"layer {self.name}", self.inverse_depth.shape, "at least one pixel")
        # Sums carry NaN and infinity along, and cost no temporary the size of the page.
        if not np.isfinite(self.rgba.sum(dtype=np.float64)):
            raise ValueRangeError(f"layer {self.name}", "rgba", "finite values only")
        alpha = self.rgba[..., 3]
        if alpha.min() < 0 or alpha.max() > 1 + 1e-5:
            raise ValueRangeError(f"layer {self.name}", f"alpha {alpha.min():g} to {alpha.max():g}", "0 to 1")
        bad = ~(self.inverse_depth >= 0)
        if (bad & ~np.isnan(self.inverse_depth)).any() or np.isinf(self.inverse_depth).any():
            raise ValueRangeError(f"layer {self.name}", "inverse depth", "0 (infinity) or more, finite, or NaN")
        if (bad & (alpha > 0)).any():
            raise ValueRangeError(f"layer {self.name}", "inverse depth NaN under alpha > 0", "a depth wherever visible")


@dataclass(frozen=True)
class Scene:
    """A photograph lifted into layers: what lenses and cameras photograph again.

    Attributes:
        camera: the photo's own camera, at the origin of the world.
        layers: front to back in the main; where they interleave, every ray sorts them by depth for itself.
        border_px: overscan on each side of the photo's grid that every layer's arrays include.
        source: the encoded photo.
        depth_source: what made the geometry, for people.
        uncertainty: (h, w) of the photo's own grid, without the border: one standard deviation of log-depth, of what
            the photo shows there; NaN where unknown, None where the depth's source does not know. No light depends on
            it.

    Raises ValueRangeError when there is no layer, names repeat, sizes do not fit the camera and border, or an
    uncertainty is negative or infinite.
    """

    camera: Camera
    layers: tuple[Layer, ...]
    border_px: int = 0
    source: SourceFile | None = None
    depth_source: str = "unknown"
    uncertainty: Float32[np.ndarray, "h w"] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))
        object.__setattr__(self, "border_px", whole("border_px", self.border_px, "whole pixels, 0 or more", low=0))
        k = self.camera.intrinsics
        expected = (k.height_px + 2 * self.border_px, k.width_px + 2 * self.border_px)
        if not self.layers:
            raise ValueRangeError("layers", 0, "at least one layer")
        if not np.array_equal(self.camera.camera_to_world, np.eye(4)):
            raise ValueRangeError("scene.camera", "a moved pose", "the identity: the world frame is the photo's camera")
        if len({layer.name for layer in self.layers}) != len(self.layers):
            raise ValueRangeError("layers", [layer.name for layer in self.layers], "names that differ")
        for layer in self.layers:
            if layer.inverse_depth.shape != expected:
                raise ValueRangeError(
                    f"layer {layer.name}", layer.inverse_depth.shape, f"{expected} (photo and border)"
                )
        if self.uncertainty is not None:
            object.__setattr__(self, "uncertainty", np.asarray(self.uncertainty, np.float32))
            if self.uncertainty.shape != (k.height_px, k.width_px):
                raise ValueRangeError("uncertainty", self.uncertainty.shape, f"{(k.height_px, k.width_px)} (the photo)")
            if (self.uncertainty < 0).any() or np.isinf(self.uncertainty).any():
                raise ValueRangeError("uncertainty", "a value below 0 or infinite", "0 or more, finite, or NaN")

    def with_layer(self, layer: Layer) -> "Scene":
        """The scene with the layer of the same name replaced."""
        if layer.name not in {known.name for known in self.layers}:
            raise ValueRangeError("layer", layer.name, f"one of {[known.name for known in self.layers]}")
        return replace(self, layers=tuple(layer if known.name == layer.name else known for known in self.layers))

    @property
    def canonical(self) -> "Pages":
        """The canonical pages by name; see `relens.canonical.Pages`."""
        from relens.canonical import Pages

        return Pages(self)

    def with_page(self, name: str, rgba: Float32[np.ndarray, "h w 4"]) -> "Scene":
        """The scene with another canonical page; see `relens.canonical.with_page`."""
        from relens.canonical import with_page

        return with_page(self, name, rgba)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the scene folder atomically; see `relens.scene_folder.save_scene`."""
        from relens.scene_folder import save_scene

        save_scene(self, path)
