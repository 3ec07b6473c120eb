"""Writes planes.json beside it: planes as relens packs them, for the viewer's tests."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np

from relens.viewer.plane import encoded

FILE = Path(__file__).with_suffix(".json")
# Width and height: one number, one row, one column, odd sides.
_SIZES = [(1, 1), (9, 1), (1, 7), (13, 11)]


def content() -> dict[str, list[Any]]:
    """All planes, each with its bytes; the same at every call."""
    rng = np.random.RandomState(8)  # numpy promises its numbers for ever
    planes = []
    for kind in (np.uint8, np.uint16):
        most = np.iinfo(kind).max
        for width, height in _SIZES:
            row, column = np.mgrid[0:height, 0:width]
            noise = rng.randint(0, most + 1, (height, width))
            jumps = np.where((row + column) % 2, most, 0)
            smooth = most // 2 + 3 * column - 5 * row
            planes += [_plane(codes.astype(kind)) for codes in (noise, jumps, smooth)]
    return {"planes": planes}


def _plane(codes: np.ndarray) -> dict[str, Any]:
    height, width = codes.shape
    return {
        "bits": 8 * codes.itemsize, "width": width, "height": height, "codes": codes.ravel().tolist(),
        "bytes": base64.b64encode(encoded(codes)).decode(),
    }  # fmt: skip


if __name__ == "__main__":
    cases = ",\n".join(map(json.dumps, content()["planes"]))
    FILE.write_text(f'{{"planes": [\n{cases}\n]}}\n', encoding="utf-8")
