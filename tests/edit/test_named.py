"""Touch-ups by name: each survives being written as JSON, and as a command's flags, as an equal value."""

import json
import math
import os
import shlex
import types
from dataclasses import asdict, fields, is_dataclass, replace
from pathlib import Path
from typing import Union, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unchecked import any_type, unchecked

from relens.cli.main import main
from relens.cli.touch_up import TouchUp
from relens.edit import Background, Clone, Decal, Expose, Paint, Remove, Text, Where
from relens.edit.named import EDITS, edit_of, flags_of, name_of, places_of, values_of
from relens.errors import ValueRangeError

FLOATS = st.floats(-1e300, allow_nan=False)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["None", "-50 %", "--to", "a\nb", "'", '"', ""]
)
NAMES = st.text("ab .-_é", min_size=1, max_size=6)


def values(kind):
    """Values of a field's type, whether they make sense together or not."""
    if is_dataclass(kind):
        return st.builds(kind, **{name: values(hint) for name, hint in get_type_hints(kind).items()})
    if get_origin(kind) in (Union, types.UnionType):
        return st.one_of(*map(values, get_args(kind)))
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        several = st.lists(values(inner[0]), max_size=3).map(tuple)
        return several if Ellipsis in inner else st.tuples(*map(values, inner))
    paths = st.lists(NAMES, min_size=1, max_size=3).map(lambda names: Path(*names))
    known = {float: FLOATS, bool: st.booleans(), str: TEXTS, Path: paths, types.NoneType: st.none()}
    return known[kind]


@st.composite
def edits(draw):
    # The check of a tuple picks an element with Python's own random numbers, which a strategy must not use.
    with unchecked():
        return draw(values(draw(st.sampled_from(list(EDITS.values())))))


def rooted(value):
    """The edit with whole paths."""
    if is_dataclass(value):
        return replace(any_type(value), **{part.name: rooted(getattr(value, part.name)) for part in fields(value)})
    return Path(os.path.abspath(value)) if isinstance(value, Path) else value


def test_every_touch_up_has_its_command():
    import relens.edit as room

    kinds = [kind for kind in vars(room).values() if is_dataclass(kind) and isinstance(kind, type)]
    touch_ups = {kind for kind in kinds if "where" in {part.name for part in fields(kind)}}
    assert set(EDITS.values()) == touch_ups
    assert {"paint", "smooth-skin", "remove"} < set(EDITS)


@pytest.mark.parametrize("kind", EDITS.values(), ids=EDITS)
def test_fields_share_the_command_line_with_those_of_where(kind):
    own = {part.name for part in fields(kind)} - {"where"}
    assert not own & {part.name for part in fields(Where)}
    assert not own & {part.name for part in fields(TouchUp)}


@given(edits())
def test_every_touch_up_survives_being_written_down(edit):
    written = values_of(edit)
    assert edit_of(name_of(edit), json.loads(json.dumps(written))) == rooted(edit)
    assert values_of(edit_of(name_of(edit), written)) == written


@settings(max_examples=60)
@given(edits())
def test_its_line_makes_it_again(edit):
    made = []
    line = " ".join([name_of(edit), "me.relens", *flags_of(rooted(edit))])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TouchUp, "run", lambda command: made.append(command))
        assert main(["edit", *shlex.split(line)]) == 0
    assert made == [TouchUp(Path("me.relens"), rooted(edit))]


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (Paint("#c04020"), "--to '#c04020'"),
        (Paint("#c04020", 0.5, -1.25, Where(subject=True)), "--to '#c04020' --opacity 0.5 --stops=-1.25 --subject"),
        (Expose(0.1 + 0.2), "--stops 0.30000000000000004"),
        (Expose(neutral_px=(1100, 2800.5)), "--neutral-px 1100 2800.5"),
        (Remove(True, Where(brush_px=((1, 2), (-3, 4.5)))), "--anew --brush-px 1 2 -3 4.5"),
        (Background(Path("/a b.png")), "--image '/a b.png'"),
        (Background(Path("/b.png"), math.inf, Where()), "--image /b.png --distance-m inf --no-subject"),
        (Text("-50 %", (1, 2), 0.1), "--text='-50 %' --at-px 1 2 --height-m 0.1"),
    ],
    ids=lambda value: None if isinstance(value, str) else name_of(value),
)
def test_a_line_says_what_is_not_the_default(edit, line):
    assert " ".join(flags_of(edit)) == line


def test_names():
    assert [name_of(edit) for edit in (Paint("#ffffff"), Remove())] == ["paint", "remove"]

    def sepia(scene):
        return scene

    class Grain:
        def __call__(self, scene):
            return scene

    assert [name_of(edit) for edit in (sepia, lambda scene: scene, Grain())] == ["sepia", "lambda", "Grain"]
    assert values_of(sepia) is None and values_of(Grain()) is None


def test_kinds_of_numbers_and_names_that_python_takes_for_the_same():
    with unchecked():
        loose = Decal(any_type("a.png"), any_type([np.float32(1.5), 2]), any_type(np.float64(0.25)))
        strict = Decal(Path("a.png"), (1.5, 2.0), 0.25)
    assert values_of(loose) == values_of(strict)
    assert values_of(strict)["image"] == os.path.abspath("a.png")


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: Paint(any_type(None)), r"paint\.to=None"),
        (lambda: Expose(any_type("1")), r"expose\.stops='1'"),
        (lambda: Clone(any_type(np.array([1.0, 2.0]))), r"clone\.from_px="),
        (lambda: Decal(Path("caf\udce9.png"), (1, 2), 1), r"edit='/.*caf\\udce9\.png'.*rename the file"),
    ],
    ids=["none", "text", "array", "no characters"],
)
def test_what_cannot_be_written_down_is_named(make, named):
    with unchecked(), pytest.raises(ValueRangeError, match=named) as caught:
        values_of(make())
    assert len(str(caught.value).splitlines()) == 1


WHITE = {"to": "#ffffff"}
WRONG = [
    ("glow", {}, r"edit='glow': expected one of background, clone"),
    ("Paint", WHITE, r"edit='Paint'"),
    ("g" * 10_000, WHITE, r"edit='ggg"),
    ("paint", {}, r"paint\.to=nothing.*field required"),
    ("paint", {"to": 0xFFFFFF}, r"paint\.to=16777215"),
    ("paint", {"to": None}, r"paint\.to=None"),
    ("paint", WHITE | {"hue": 1}, r"paint='hue': expected no values but opacity, stops, to, where"),
    ("paint", WHITE | {"layer": "back"}, r"paint='layer'"),
    ("paint", WHITE | {"opacity": "0.5"}, r"paint\.opacity='0.5'"),
    ("paint", WHITE | {"opacity": True}, r"paint\.opacity=True"),
    ("paint", WHITE | {"opacity": [1.0]}, r"paint\.opacity=\[1.0\]"),
    ("paint", WHITE | {"opacity": "1" * 10_000}, r"paint\.opacity='111"),
    ("paint", WHITE | {"where": None}, r"paint\.where=None"),
    ("paint", WHITE | {"where": []}, r"paint\.where=\[\]"),
    ("paint", WHITE | {"where": "subject"}, r"paint\.where='subject'"),
    ("paint", WHITE | {"where": {"to": "#ffffff"}}, r"paint\.where='to': expected no values but brush_px"),
    ("paint", WHITE | {"where": {"subject": 1}}, r"paint\.where\.subject=1"),
    ("paint", WHITE | {"where": {"click_px": [1]}}, r"paint\.where\.click_px"),
    ("paint", WHITE | {"where": {"click_px": [1, 2, 3]}}, r"paint\.where\.click_px=\[1, 2, 3\]"),
    ("paint", WHITE | {"where": {"brush_px": [1, 2]}}, r"paint\.where\.brush_px\.0=1"),
    ("paint", WHITE | {"where": {"brush_px": [[1, [2]]]}}, r"paint\.where\.brush_px\.0\.1=\[2\]"),
    ("paint", WHITE | {"where": {"mask": 3}}, r"paint\.where\.mask=3"),
    ("decal", {"image": "a.png", "at_px": [1, 2]}, r"decal\.width_m=nothing"),
    ("expose", {"neutral_px": {"x": 1, "y": 2}}, r"expose\.neutral_px="),
]


@pytest.mark.parametrize(("name", "given", "named"), WRONG, ids=[row[2] for row in WRONG])
def test_what_is_wrong_in_a_record_is_named_in_a_line(name, given, named):
    with pytest.raises(ValueRangeError, match=named) as caught:
        edit_of(name, given)
    assert len(str(caught.value).splitlines()) == 1 and len(str(caught.value)) < 300


@given(st.sampled_from(list(EDITS)), st.data())
def test_any_json_is_an_edit_or_an_error_in_a_line(name, data):
    plain = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3)
    anything = st.recursive(plain, lambda part: st.lists(part, max_size=3) | st.dictionaries(TEXTS, part, max_size=2))
    known = [part.name for part in fields(EDITS[name])]
    given = data.draw(st.dictionaries(st.sampled_from(known) | TEXTS, anything, max_size=4))
    try:
        assert type(edit_of(name, given)) is EDITS[name]
    except ValueRangeError as error:
        assert str(error).startswith(name) and len(str(error).splitlines()) == 1


def test_places_are_where_in_the_photo_something_is():
    assert places_of(Paint("#ffffff", where=Where(layer="back", subject=True, depth_m=(1, 2), colour="#ffffff"))) == []
    assert places_of(Paint("#ffffff", where=Where(radius_px=3, feather_px=2))) == []
    for where in (Where(click_px=(0, 0)), Where(brush_px=((1, 2),)), Where(mask=Path("a.png"))):
        (name,) = places_of(Remove(where=where))
        assert asdict(where)[name]
    assert places_of(Clone((3, 4))) == ["from_px"]
    assert places_of(Expose(neutral_px=(3, 4), where=Where(click_px=(1, 2)))) == ["neutral_px", "click_px"]
    assert places_of(Decal(Path("a"), (3, 4), 1.0)) == places_of(Text("a", (3, 4), 1.0)) == ["at_px"]
