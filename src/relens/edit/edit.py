"""Edit: what every touch-up is: a few numbers and names that make one scene of another."""

from typing import Protocol, runtime_checkable

from relens.edit.selection import Where
from relens.scene import Scene


@runtime_checkable
class Edit(Protocol):
    """A frozen dataclass of plain values, so that it is a command's flags and a line of a scene's history as well.

    Called, it is a pure function: the scene it is given keeps every bit, and so does what it does not touch. Layers
    stay the same in number, name and order.
    """

    @property
    def where(self) -> Where:
        """What it touches."""
        ...

    def __call__(self, scene: Scene) -> Scene:
        """The edited scene. Raises RelensError for what cannot be done."""
        ...
