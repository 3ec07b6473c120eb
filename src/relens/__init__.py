"""relens: choose the lens after the shot.

The public face: every name loads on first use, so `import relens` costs next to nothing (docs/architecture.md).
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from relens.compiled import let_numba_keep_kernels

if TYPE_CHECKING:
    from relens.aperture import Aperture as Aperture
    from relens.camera import Camera as Camera
    from relens.camera import Intrinsics as Intrinsics
    from relens.depth import Depth as Depth
    from relens.depth import find_depth as find_depth
    from relens.depth import read_depth as read_depth
    from relens.errors import RelensError as RelensError
    from relens.lens import Lens as Lens
    from relens.lift import lift as lift
    from relens.photo import Photo as Photo
    from relens.photo import read_photo as read_photo
    from relens.render.choose import open_engine as open_engine
    from relens.render.picture import Picture as Picture
    from relens.render.progressive import progressive as progressive
    from relens.render.shoot import shoot as shoot
    from relens.render.write_picture import write_picture as write_picture
    from relens.scene import Layer as Layer
    from relens.scene import Scene as Scene
    from relens.scene_folder import load_scene as load_scene

    __version__: str

_HOME = {
    "Aperture": "relens.aperture",
    "Camera": "relens.camera",
    "Depth": "relens.depth",
    "Intrinsics": "relens.camera",
    "Layer": "relens.scene",
    "Lens": "relens.lens",
    "Photo": "relens.photo",
    "Picture": "relens.render.picture",
    "RelensError": "relens.errors",
    "Scene": "relens.scene",
    "find_depth": "relens.depth",
    "lift": "relens.lift",
    "load_scene": "relens.scene_folder",
    "open_engine": "relens.render.choose",
    "progressive": "relens.render.progressive",
    "read_depth": "relens.depth",
    "read_photo": "relens.photo",
    "shoot": "relens.render.shoot",
    "write_picture": "relens.render.write_picture",
}

__all__ = [*_HOME, "__version__"]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("relens")
    if name not in _HOME:
        raise AttributeError(f"module 'relens' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Face(ModuleType):
    """Keeps public names public: importing the room `relens.lift` must not hide the function `relens.lift`."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face
# Before anything loads numba.
let_numba_keep_kernels()
