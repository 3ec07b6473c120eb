"""The viewer's tests compare paths with what relens makes of them today, and relens reads the files that it writes."""

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from golden_scripts import GOLDEN, golden_script

from relens.path import read_path
from relens.path.path_file import path_of
from relens.path.plain_yaml import read_plain_yaml

_WRITTEN = json.loads((GOLDEN / "written_paths.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return golden_script("paths")


def test_the_checked_in_paths_are_todays(script: ModuleType) -> None:
    kept = json.loads(script.FILE.read_text("utf-8"))
    today = json.loads(json.dumps(script.content()))
    assert list(kept) == list(today)
    for name, cases in today.items():
        assert len(kept[name]) == len(cases), name
        for index, case in enumerate(cases):
            told = f"{name} {index}: run paths.py and look at what the viewer says"
            assert _close(case, kept[name][index]), told


def test_relens_reads_the_files_that_the_viewer_wrote(script: ModuleType, tmp_path: Path) -> None:
    records = {case["name"]: case["record"] for case in json.loads(script.FILE.read_text("utf-8"))["paths"]}
    for written in _WRITTEN:
        assert read_plain_yaml(written["text"]) == written["record"]
    named = {written["name"]: written["text"] for written in _WRITTEN if written["name"]}
    assert list(named) == list(records)
    for name, text in named.items():
        (file := tmp_path / "path.yaml").write_text(text, "utf-8")
        assert read_path(file) == path_of(records[name], tmp_path), name


def _close(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same but for another machine's last digits."""
    if isinstance(one, float) and isinstance(other, float | int):
        return one == pytest.approx(other, rel=1e-10, abs=1e-11)
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(_close(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_close, one, other))
    return one == other
