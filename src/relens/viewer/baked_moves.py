"""The ready-made moves as the page plays them: camera paths made for a scene and a lens."""

from typing import Any

from relens.errors import ValueRangeError
from relens.lens import Lens
from relens.path.moves import MOVES, move_of
from relens.path.write_path import path_content
from relens.progress import Progress, silent
from relens.scene import Scene

# All of them have keyframes, and so a timeline.
MOVE_NAMES = tuple(MOVES)


def move_record(name: str, scene: Scene, lens: Lens) -> dict[str, Any]:
    """The path of a ready-made move, as its file would say it (`relens.path.path_file`).

    Raises ValueRangeError for an unknown name, and where so little is safe in the scene that nothing would move.
    """
    return path_content(move_of(name, {})(scene, lens))


def baked_moves(
    scene: Scene, lens: Lens, progress: Progress = silent
) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
    """Name and path of every move that the scene allows, and a line for each that it does not."""
    moves, notes = [], []
    for number, name in enumerate(MOVE_NAMES):
        progress("moves", number / len(MOVE_NAMES))
        try:
            moves.append({"name": name, "path": move_record(name, scene, lens)})
        except ValueRangeError as error:
            notes.append(f"without the move {name}: {error}")
    return tuple(moves), tuple(notes)
