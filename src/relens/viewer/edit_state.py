"""EditState: which edits a scene has, as the page shows them."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class EditState:
    """The edits in a scene and those taken back, by name.

    Attributes:
        revision: counts up with every change, so that a page knows whether it is up to date.
        done: oldest first.
        undone: the last one first.
        saved: whether edits are written to a scene folder.
    """

    revision: int = 0
    done: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    saved: bool = False

    def record(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"revision": self.revision, "done": [*self.done], "undone": [*self.undone], "saved": self.saved}
