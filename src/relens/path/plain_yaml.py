"""Plain YAML: mappings, lists, text and numbers, as JSON has them, and the line on which each stands."""

import re
from typing import Any

# From the outermost mapping inwards: keys, and numbers of list entries.
Place = tuple[str | int, ...]

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_FRACTION = frozenset(".eE")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("true", "True", "yes", "Yes", "on", "On"), True),
    **dict.fromkeys(("false", "False", "no", "No", "off", "Off"), False),
    **dict.fromkeys(("", "~", "null", "Null"), None),
    **dict.fromkeys((".inf", "+.inf", ".Inf"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN"), float("nan")),
}
_DEEPEST = 32
_NO_KEY = object()


class PlainYamlError(ValueError):
    """What is wrong with a text, and on which line, counted from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


def read_plain_yaml(text: str, lines: dict[Place, int] | None = None) -> Any:
    """The value that a text stands for; JSON is YAML too.

    Made straight from the parser's events, ten times as fast as PyYAML's loaders. Numbers are those of YAML 1.2 (1e3 is
    one, 1:30 is text); there are no tags, anchors or dates, and no key twice.

    lines: is filled with the line of every value, and of every key of a mapping, by its place.

    Raises PlainYamlError.
    """
    import yaml

    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        return _value(iter(loader.get_event, None), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise PlainYamlError(mark.line + 1 if mark else 1, f"is not YAML: {error.problem or error.context}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise PlainYamlError(line, f"is not plain text: {error.reason}") from error


def _value(events: Any, lines: dict[Place, int] | None) -> Any:
    import yaml

    # From the outside inwards: what is being filled, its place (the whole text has none), the key whose value is next.
    open_: list[list[Any]] = [[[], None, _NO_KEY]]
    scalar = yaml.ScalarEvent
    for event in events:
        kind = type(event)
        if kind is scalar:
            value = event.value if event.style else _scalar(event.value)
        elif kind is yaml.MappingStartEvent:
            value = {}
        elif kind is yaml.SequenceStartEvent:
            value = []
        elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            open_.pop()
            continue
        elif kind is yaml.AliasEvent:
            raise _problem(event, f"has the alias *{event.anchor}; write the value out")
        elif kind is yaml.DocumentStartEvent and open_[0][0]:
            raise _problem(event, "has a second document; expected one")
        else:
            continue
        if event.anchor or (event.tag and event.tag != "!"):
            raise _problem(event, f"has the mark {'&' + event.anchor if event.anchor else event.tag}; expected none")
        place = _put(value, event, open_[-1], lines)
        if kind is not scalar:
            if len(open_) > _DEEPEST:
                raise _problem(event, f"is nested more than {_DEEPEST} deep")
            open_.append([value, place, _NO_KEY])
    return open_[0][0][0] if open_[0][0] else None


def _problem(event: Any, problem: str) -> PlainYamlError:
    return PlainYamlError(event.start_mark.line + 1, problem)


def _put(value: Any, event: Any, top: list[Any], lines: dict[Place, int] | None) -> Place:
    """Put a value, or the key of the next, where it belongs, and return its place."""
    filled, place, key = top
    is_mapping = isinstance(filled, dict)
    if is_mapping and key is _NO_KEY:
        # Numbers and words are keys as they are written.
        key = getattr(event, "value", None)
        if key is None:
            raise _problem(event, "has a list or a mapping as a key; expected a word")
        if key in filled:
            raise _problem(event, f"has the key {key} twice")
        top[2] = key
        if lines is not None:
            lines[(*place, key)] = event.start_mark.line + 1
        return place
    if is_mapping:
        filled[key], top[2] = value, _NO_KEY
        return (*place, key)
    inner = () if place is None else (*place, len(filled))
    filled.append(value)
    if lines is not None:
        lines[inner] = event.start_mark.line + 1
    return inner


def _scalar(text: str) -> Any:
    if text[:1] in "0123456789-+." and _NUMBER.fullmatch(text):
        # More digits than Python takes for a whole number are infinite soon enough.
        return int(text) if len(text) < 400 and not _FRACTION.intersection(text) else float(text)
    return _WORDS.get(text, text)
