"""Seen: what the photo shows in a window of its page."""

import numpy as np
from jaxtyping import Float32

from relens.canonical.photo_view import Window, shown
from relens.scene import Scene


def seen(scene: Scene, window: Window) -> Float32[np.ndarray, "h w 4"]:
    """What the photo's pinhole sees in a window (rows, columns): linear light, premultiplied."""
    from relens.canonical.photo_kernels import add_shown

    pages = {layer.name: layer.rgba for layer in scene.layers}
    page = np.zeros((window[0].stop - window[0].start, window[1].stop - window[1].start, 4), np.float32)
    for name, share in shown(scene, window).items():
        add_shown(page, pages[name][window], share)
    return page
