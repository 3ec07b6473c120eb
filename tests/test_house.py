"""The pictures and papers at the front door say what the house is."""

import importlib.util
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]


def _house():
    spec = importlib.util.spec_from_file_location("house", _ROOT / "docs" / "house.py")
    assert spec is not None and spec.loader is not None
    house = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(house)
    return house


def test_the_picture_has_every_room_on_its_floor():
    package = _ROOT / "src" / "relens"
    there = {path.stem for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    floors = _house().floors()
    assert {room for floor in floors for room in floor} == there - {"__init__"}
    drawn = _house().PICTURE.read_text(encoding="utf-8")
    heights = re.findall(r'class="room" x="[\d.]+" y="(\d+)"[^>]*>(\w+)<', drawn)
    rows = {}
    for height, room in heights:
        rows.setdefault(int(height), []).append(room)
    assert [rows[height] for height in sorted(rows)] == floors, "run python docs/house.py"
    assert drawn == _house().house_svg(), "run python docs/house.py"


def test_no_room_leaves_the_picture():
    boxes = re.findall(r'<rect x="([\d.]+)" y="\d+" width="([\d.]+)"', _house().house_svg())
    assert boxes and all(float(left) >= 12 and float(left) + float(width) <= 948 for left, width in boxes)


def test_the_changelog_begins_with_this_version():
    text = (_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    entries = re.findall(r"^## \[([^\]]+)\] - (Unreleased|\d{4}-\d\d-\d\d)$", text, re.MULTILINE)
    assert entries[0][0] == version("relens")
    numbers = [tuple(int(part) for part in entry.split(".")) for entry, _ in entries]
    assert all(len(number) == 3 for number in numbers) and numbers == sorted(set(numbers), reverse=True)
    pyproject = (_ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.findall(r'^version = "(.+)"$', pyproject, re.MULTILINE) == [entries[0][0]]


def test_the_version_is_told_without_loading_anything_slow():
    code = (
        "import sys; from relens.cli.main import main; status = main(['--version']); print(*sys.modules); exit(status)"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.splitlines()
    assert told[0] == f"relens {version('relens')}"
    assert not set(told[1].split()) & {"numpy", "pydantic", "PIL", "yaml", "cv2", "numba", "scipy", "torch"}


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "CHANGELOG.md", "docs/compatibility.md"])
def test_links_and_files_that_are_named_are_there(page):
    text = (_ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if not link.startswith("http")]
    for link in links:
        assert ((_ROOT / page).parent / link).exists(), link
    named = re.findall(r"`((?:src|tests|docs|examples|scenes|configs|benchmarks)/[\w./-]*)`", text)
    for name in named:
        assert (_ROOT / name).exists(), name
    for name in re.findall(r"`(relens/[\w/]+\.py)`", text):
        assert (_ROOT / "src" / name).exists(), name
