"""What is written is what is read, by the rules of YAML 1.2 for plain values, and every value has its line."""

import json
import math
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from relens.path.plain_yaml import PlainYamlError, read_plain_yaml

# PyYAML leaves text like 0E0 bare, which YAML 1.2 and JSON read as a number.
texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"), max_size=8
).filter(lambda text: not re.fullmatch(r"[-+.\d]*[eE][-+]?\d+", text))
scalars = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | texts
values = st.recursive(
    scalars, lambda part: st.lists(part, max_size=4) | st.dictionaries(texts, part, max_size=4), max_leaves=12
)


@given(values, st.sampled_from([None, True, False]))
def test_what_pyyaml_writes_is_read_as_it_was(value, flow):
    assert read_plain_yaml(yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)) == value


@given(values.filter(lambda value: "Infinity" not in json.dumps(value)), st.sampled_from([None, 1]))
def test_json_is_yaml(value, indent):
    assert read_plain_yaml(json.dumps(value, indent=indent, ensure_ascii=False)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e3", 1000.0), ("-1.5E-2", -0.015), (".5", 0.5), ("2.", 2.0), ("+3", 3), ("007", 7), ("-.inf", -math.inf),
        ("yes", True), ("Off", False), ("~", None), ("", None), ("a:", {"a": None}), ("1:30", "1:30"),
        ("1_000", "1_000"), ("2020-01-01", "2020-01-01"), ("1200,800", "1200,800"), ("1.2m", "1.2m"), ("inf", "inf"),
        ("nan", "nan"), ("'1'", "1"), ('"yes"', "yes"), ("0x10", "0x10"), ("1" * 5000, math.inf), ("5: 6", {"5": 6}),
        ("-", [None]),
        ("- a\n- b: [1, {c: d}]\n", ["a", {"b": [1, {"c": "d"}]}]), ("---\n1\n", 1),
    ],
)  # fmt: skip
def test_values(text, value):
    found = read_plain_yaml(text)
    assert found == value and type(found) is type(value)


def test_not_a_number():
    assert math.isnan(read_plain_yaml(".nan"))


def test_every_value_and_key_has_its_line():
    lines = {}
    read_plain_yaml("# words\na: 1\nb:\n  - x: [1,\n       2]\n  - 3\n", lines)
    assert lines == {
        (): 2, ("a",): 2, ("b",): 3, ("b", 0): 4, ("b", 0, "x"): 4, ("b", 0, "x", 0): 4, ("b", 0, "x", 1): 5,
        ("b", 1): 6,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: 1\nb: 2\na: 3", 3, "has the key a twice"),
        ("1: 1\n'1': 2", 2, "has the key 1 twice"),
        ("a: [1, 2\nb: 3", 2, "is not YAML"),
        ("a: 1\n\tb: 2", 2, "is not YAML"),
        ("a: b: c", 1, "is not YAML: mapping values are not allowed"),
        ("a:\n- &x 1\n- *x", 2, "has the mark &x"),
        ("a:\n- *x", 2, "has the alias *x"),
        ("a: !!python/object/apply:os.getcwd []", 1, "has the mark tag:yaml.org,2002:python"),
        ("a\n---\nb", 2, "has a second document"),
        ("a: 1\n? [1, 2]\n: 3", 2, "has a list or a mapping as a key"),
        ("a:\n  " + "[" * 100 + "]" * 100, 2, "is nested more than 32 deep"),
        ("a: 1\nb: \0", 2, "is not"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text, line, problem):
    with pytest.raises(PlainYamlError) as caught:
        read_plain_yaml(text)
    assert problem in str(caught.value) and caught.value.line == line


@given(st.text(st.characters(codec="utf-8"), max_size=40) | st.text("-:[]{}?&*!|>'\"#%@`, \n\tab1", max_size=30))
def test_any_text_is_a_value_or_an_error(text):
    try:
        read_plain_yaml(text)
    except PlainYamlError as error:
        assert 1 <= error.line <= text.count("\n") + text.count("\r") + text.count("\x85") + 9
