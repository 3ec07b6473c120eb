"""Every move has a name and a file that photographers can change; what is wrong in it is told in one line."""

import json
from dataclasses import asdict, fields
from pathlib import Path

import pytest
from move_scenes import LENS, head_scene

from relens.errors import ValueRangeError
from relens.path.camera_path import CameraPath
from relens.path.moves.named import MOVES, move_of
from relens.path.path_file import read_path
from relens.path.shots import shots

FILES = Path(__file__).parents[3] / "configs" / "paths"


def test_names_are_those_of_the_issue():
    assert list(MOVES) == [
        "aperture-sweep", "breathing", "dolly-zoom", "focus-sweep", "handheld", "light-field-grid", "orbit", "push-in",
        "rack-focus", "stereo-pair",
    ]  # fmt: skip


@pytest.mark.parametrize("name", MOVES)
def test_every_move_survives_being_written_down(name):
    move = MOVES[name]()
    assert move_of(name, json.loads(json.dumps(asdict(move)))) == move == move_of(name, {})  # pyright: ignore


@pytest.mark.parametrize("name", MOVES)
def test_every_move_has_a_file_that_names_all_its_values_and_changes_none(name):
    assert read_path(name) == MOVES[name]()
    text = (FILES / f"{name}.yaml").read_text("utf-8")
    for field in fields(MOVES[name]):  # pyright: ignore[reportArgumentType]
        assert f"\n{field.name}: " in text or f"\n# {field.name}: " in text


@pytest.mark.parametrize("name", MOVES)
def test_what_a_file_leaves_commented_is_no_error_when_it_is_not(name):
    lines = (FILES / f"{name}.yaml").read_text("utf-8").splitlines()
    values = [field.name for field in fields(MOVES[name])]  # pyright: ignore[reportArgumentType]
    said = [line.removeprefix("# ") for line in lines if line.removeprefix("# ").split(":")[0] in values]
    import yaml

    content = yaml.safe_load("\n".join(said))
    assert set(content) == set(values)
    move_of(name, content)


@pytest.mark.parametrize("name", MOVES)
def test_every_move_can_be_filmed(name):
    scene = head_scene()
    path = MOVES[name]()(scene, LENS)
    assert isinstance(path, CameraPath) and path.lens is None
    assert len(shots(path, scene, lens=LENS)) > 1


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("dollyzoom", {}, r"move='dollyzoom': expected one of .*; did you mean dolly-zoom\?"),
        ("orbit", {"acros_mm": 3}, r"orbit='acros_mm': expected no values but seconds, .*; did you mean across_mm\?"),
        ("orbit", {"x": 3}, r"orbit='x': expected no values but .*about$"),
        ("orbit", {"seconds": "4"}, r"orbit\.seconds='4': expected a value of its kind"),
        ("orbit", {"seconds": True}, r"orbit\.seconds=True"),
        ("orbit", {"seconds": -1}, r"^seconds=-1"),
        ("handheld", {"seed": 1.5}, r"handheld\.seed=1\.5"),
        ("dolly-zoom", {"direction": "up"}, r"direction='up'"),
        ("push-in", {"about": "there"}, r"^about='there': expected a distance"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(name, values, told):
    with pytest.raises(ValueRangeError, match=told) as caught:
        move_of(name, values)
    assert "\n" not in str(caught.value)
