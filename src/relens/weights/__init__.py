"""Downloaded network weights: what there is, where it lies, fetched with resume, verified, removed.

    local_files(name) -> Path | None              the folder with the complete set; no network, no torch
    can_fetch(name) -> tuple[bool, str]           whether the hub has it for us now; the size or the reason; at most 3 s
    fetch(name, progress, announce) -> Path       the folder; downloads what is missing, resumes, verifies
    verify(name, progress) -> tuple[Verified]     hashes the files here; a corrupt one raises FileError
    remove(name) -> int                           bytes freed
    state(name) -> State                          here, not here, or where an interrupted download stands

Names: "depth-pro" (config.json and model.safetensors, for transformers) and "depth-pro-apple" (depth_pro.pt).
Nothing heavy is imported by this room.
"""

from relens.weights.fetch import Announcement, fetch
from relens.weights.local import State, local_files, state
from relens.weights.offer import can_fetch
from relens.weights.registry import WEIGHTS, Weights, card
from relens.weights.remove import remove
from relens.weights.verify import Verified, verify
from relens.weights.words import bytes_text

__all__ = [
    "WEIGHTS",
    "Announcement",
    "State",
    "Verified",
    "Weights",
    "bytes_text",
    "can_fetch",
    "card",
    "fetch",
    "local_files",
    "remove",
    "state",
    "verify",
]
