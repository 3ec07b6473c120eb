"""Pages: the one place where a scene's appearance lives, as arrays that a person recognises.

Every page lies on the photo's grid with its border, so that a texel is where it is in the photo. One page is the
photo's own view, what its pinhole sees of all layers; each layer has a page of its own, what is hidden included.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32

from relens.canonical.field import ProjectionField, projection_field
from relens.canonical.photo_view import photo_view, with_photo_view
from relens.errors import ValueRangeError
from relens.scene import Scene

# The name of the photo's own view; a layer of this name would hide it.
PHOTO = "photo"


@dataclass(frozen=True)
class Pages(Mapping[str, np.ndarray]):
    """The pages of a scene by name: the photo's own view, then the layers' front to back.

    Convention: (h, w, 4) linear light, premultiplied by alpha, element [row, column] at the photo's pixel
    (column - border, row - border). Arrays are read-only; `scene.with_page` makes another scene.
    """

    scene: Scene

    def __getitem__(self, name: str) -> Float32[np.ndarray, "h w 4"]:
        for layer in self.scene.layers:
            if layer.name == name:
                page = layer.rgba.view()
                break
        else:
            if name != PHOTO:
                raise KeyError(name)
            page = photo_view(self.scene)
        page.setflags(write=False)
        return page

    def __iter__(self) -> Iterator[str]:
        names = [layer.name for layer in self.scene.layers]
        return iter(names if PHOTO in names else [PHOTO, *names])

    def __len__(self) -> int:
        return len(list(iter(self)))

    @property
    def field(self) -> ProjectionField:
        """Where on the layers' pages a point of the scene lies, and back."""
        return projection_field(self.scene)


def with_page(scene: Scene, name: str, rgba: Float32[np.ndarray, "h w 4"]) -> Scene:
    """The scene with another page; nothing is fitted again, and what did not change keeps its bits.

    A changed photo's page is shared out among the layers that show there, each by its part of the texel, so that soft
    edges stay soft; its alpha has to stay as it is. A layer's page may change in alpha, too, where the layer has a
    depth.

    name: of `Pages`. rgba: linear light, premultiplied, of the page's size.
    Raises ValueRangeError for an unknown name or an array that does not fit.
    """
    names = list(Pages(scene))
    if name not in names:
        raise ValueRangeError("page", repr(name), f"one of {', '.join(names)}")
    rgba = np.asarray(rgba, np.float32)
    expected = (*scene.layers[0].inverse_depth.shape, 4)
    if rgba.shape != expected:
        raise ValueRangeError(f"page {name}", rgba.shape, f"an array of shape {expected}: the photo with its border")
    for layer in scene.layers:
        if layer.name == name:
            # Colours beyond sRGB have negative light; what keeps them is no edit.
            if rgba.min() < 0 and ((rgba < 0) & (rgba != layer.rgba)).any():
                raise ValueRangeError(f"page {name}", "negative light or alpha", "0 or more wherever it changes")
            # A copy: who painted the page may paint on.
            return scene.with_layer(replace(layer, rgba=rgba.copy()))
    return with_photo_view(scene, rgba)
