"""SceneDigest: a name for what a scene holds, the same before it is saved and after it is loaded."""

import hashlib
import threading
import weakref
from dataclasses import astuple
from typing import Any

import numpy as np

from relens.scene import Layer, Scene
from relens.scene_folder.page import encode_page

_BYTES = 16


class SceneDigests:
    """Digests of scenes, each layer's made once. Threads share it."""

    def __init__(self) -> None:
        self._making = threading.Lock()
        # An edit makes new pages of the layers that it touches; the others stay the same objects.
        self._known: dict[int, tuple[weakref.ref[Layer], bytes]] = {}

    def digest(self, scene: Scene) -> str:
        """Of all that a picture depends on, colours as the folder keeps them: 16 bits and a gain."""
        with self._making:
            self._known = {key: known for key, known in self._known.items() if known[0]() is not None}
            found = hashlib.blake2b(digest_size=_BYTES)
            # Where the numbers of the camera are from makes no picture different.
            found.update(repr((astuple(scene.camera.intrinsics)[:-1], scene.border_px)).encode())
            for layer in scene.layers:
                found.update(self._of_layer(layer))
            return found.hexdigest()

    def _of_layer(self, layer: Layer) -> bytes:
        known = self._known.get(id(layer))
        if known is None or known[0]() is not layer:
            known = weakref.ref(layer), _layer_digest(layer)
            self._known[id(layer)] = known
        return known[1]


def _layer_digest(layer: Layer) -> bytes:
    codes, gain = encode_page(layer.rgba)
    about = f"{layer.name} {layer.inverse_depth.shape} {gain.hex()}"
    made: Any = hashlib.blake2b(about.encode(), digest_size=_BYTES)
    for page in (codes, layer.inverse_depth):
        made.update(np.ascontiguousarray(page))
    return made.digest()
