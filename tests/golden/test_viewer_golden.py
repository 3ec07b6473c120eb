"""The numbers that the viewer's tests compare with are those that relens gives today."""

import json
from types import ModuleType
from typing import Any

import pytest
from golden_scripts import golden_script
from unchecked import unchecked


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return golden_script("lens")


def test_the_checked_in_numbers_are_todays(script: ModuleType) -> None:
    kept = json.loads(script.FILE.read_text("utf-8"))
    # Some cases are wrong on purpose, wrong types among them.
    with unchecked():
        today = json.loads(json.dumps(script.content()))
    assert list(kept) == list(today)
    for name, cases in today.items():
        assert len(kept[name]) == len(cases), name
        for index, case in enumerate(cases):
            differs = _difference(case, kept[name][index])
            assert differs is None, f"{name} {index}{differs}: run lens.py and look at what the viewer says"


def test_a_difference_is_found_wherever_it_is() -> None:
    case = {"a": [1.0, {"b": "inf"}], "c": None, "d": True}
    assert _difference(case, json.loads(json.dumps(case))) is None
    others = [{**case, "a": [1.0 + 1e-9, {"b": "inf"}]}, {**case, "a": [1.0]}, {**case, "d": 1}, {"a": 1}]
    assert all(_difference(case, other) for other in [*others, {**case, "a": [1.0, {"b": 3}]}, {**case, "c": "x"}])


def _difference(one: Any, other: Any, at: str = " ") -> str | None:
    """Where two JSON values first differ by more than another machine's last digits; None where nowhere."""
    if isinstance(one, float) and isinstance(other, float):
        return None if one == pytest.approx(other, rel=1e-11, abs=1e-12) else at
    if type(one) is not type(other):
        return at
    if isinstance(one, dict):
        if list(one) != list(other):
            return at
        return next((found for key in one if (found := _difference(one[key], other[key], f"{at}.{key}"))), None)
    if isinstance(one, list):
        if len(one) != len(other):
            return at
        pairs = enumerate(zip(one, other, strict=True))
        return next((found for index, pair in pairs if (found := _difference(*pair, f"{at}[{index}]"))), None)
    return None if one == other else at
