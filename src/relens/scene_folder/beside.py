"""What may lie in a scene's folder beside the scene: the record of its edits."""

import re
from pathlib import Path

EDITS_NAME = "edits.json"
EDITS_FOLDER = "edits"
# For a record that cannot be used.
ADVICE = f"bring back what belongs to it, or delete {EDITS_NAME} and the folder {EDITS_FOLDER} to go on without undo"

_STEP = re.compile(r"\A[1-9][0-9]{0,5}\.npz\Z")


def step_path(number: int) -> Path:
    """Where the pages of an edit are kept, relative to the scene's folder; the oldest is number 1."""
    return Path(EDITS_FOLDER, f"{number}.npz")


def belongs_to_edits(path: Path) -> bool:
    """Whether a file, relative to the scene's folder, is part of the record of its edits."""
    return path == Path(EDITS_NAME) or (path.parent == Path(EDITS_FOLDER) and bool(_STEP.match(path.name)))
