"""The planes and picks that the viewer's tests compare with are those that relens gives today."""

import base64
import json
from typing import Any

import numpy as np
import pytest
from golden_scripts import golden_script

from relens.viewer.plane import decoded


@pytest.mark.parametrize("name", ["planes", "picks"])
def test_the_checked_in_numbers_are_todays(name: str) -> None:
    script = golden_script(name)
    kept = json.loads(script.FILE.read_text("utf-8"))
    today = json.loads(json.dumps(script.content()))
    assert _close(_unpacked(today), _unpacked(kept)), f"run {name}.py and look at what the viewer says"


@pytest.mark.parametrize("bits", [8, 16])
def test_a_changed_plane_is_found(bits: int) -> None:
    content = golden_script("planes").content()
    other = json.loads(json.dumps(content))
    plane = next(each for each in other["planes"] if each["bits"] == bits and each["width"] > 1)
    plane["codes"][-1] ^= 1
    assert not _close(_unpacked(content), _unpacked(other))


def _unpacked(content: dict[str, Any]) -> dict[str, Any]:
    """Planes as the numbers in them: deflaters may differ in their bytes."""
    planes = [{**plane, "bytes": _codes(plane)} for plane in content.get("planes", [])]
    return {**content, "planes": planes}


def _codes(plane: dict[str, Any]) -> list[int]:
    data = base64.b64decode(plane["bytes"])
    return np.ravel(decoded(data, plane["width"], plane["height"], plane["bits"])).tolist()


def _close(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same but for another machine's last digits."""
    if isinstance(one, float) and isinstance(other, float | int):
        return one == pytest.approx(other, rel=2e-4, abs=1e-11)
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(_close(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_close, one, other))
    return one == other
