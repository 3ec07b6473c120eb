"""Move: what every ready-made move is: a few numbers and names that make a camera path of a scene."""

from typing import Protocol, runtime_checkable

from relens.lens import Lens
from relens.path.camera_path import CameraPath
from relens.scene import Scene


@runtime_checkable
class Move(Protocol):
    """A frozen dataclass of plain values, so that it is a YAML file as well.

    How far the camera goes is None until somebody says it: then it is four fifths of what the scene shows without
    holes through the lens, and no more than looks good (`relens.path.moves.amount`). What is said is obeyed;
    `relens.path.safe.warnings_of` tells where that goes too far. A move that ends starts and stops gently; a loop runs
    on as smoothly at its seam as anywhere.
    """

    def __call__(self, scene: Scene, lens: Lens) -> CameraPath:
        """The path, for a lens whose pupil says how far its rays reach. Raises ValueRangeError."""
        ...
