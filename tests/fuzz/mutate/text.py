"""Changes of text: numbers, words and lines of JSON, YAML, XML, OBJ and headers."""

import json
import re
from random import Random
from typing import Any

from fuzz.target import ChangeBytes

_NUMBERS = ("0", "-1", "1e308", "-1e308", "1e400", "nan", "inf", "-inf", "NaN", "Infinity", "1e-320", "0.5", "65536",
            "4294967296", "9" * 30, "9" * 5000, "-0.0", "1" + "0" * 400)  # fmt: skip
_WORDS = ("null", "true", "[]", "{}", '""', "''", "~", "*a", "&a", "!!python/name:os.system", "\t", "\0", "\ufeff",
          "../../x", "/dev/null", "subject", "[1, 2]", "- ", ": ", "x" * 2000, "é", "\ud800", "[" * 400, "{a: " * 50,
          "<a>", "&lt;", "'", '"', "%", "\\u0000", "\\ud800")  # fmt: skip
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?")
_VALUES: tuple[Any, ...] = (None, True, False, 0, -1, 1, 2, 3, 10**6, 1 << 40, 10**400, -(10**400), 1e308, 5e-324, -0.0,
                            float("nan"), float("inf"), "", "x", "../x", "a\0b", "\ud800", "9" * 5000, [], {}, [[]],
                            [0] * 16, [1, 0, 0, 0] * 4, {"a": 1}, [None], "subject", "1,2", "inf")  # fmt: skip


def change_text(data: bytes, random: Random, change: ChangeBytes) -> bytes:
    """Change a number, a word, a span or a line."""
    if random.random() < 0.2:
        return change(data)
    text = data.decode("utf-8", "surrogateescape")
    way = random.randrange(5)
    if way == 0 and (found := list(_NUMBER.finditer(text))):
        place = random.choice(found)
        text = text[: place.start()] + random.choice(_NUMBERS) + text[place.end() :]
    elif way == 1:
        at = random.randint(0, len(text))
        text = text[:at] + random.choice(_WORDS) + text[at + random.choice([0, 0, 1, 4]) :]
    elif way == 2:
        at = random.randint(0, len(text))
        text = text[:at] + text[at + random.randint(1, 1 + len(text) // 8) :]
    else:
        lines = text.splitlines(keepends=True) or [""]
        one, other = random.randrange(len(lines)), random.randrange(len(lines))
        if way == 3:
            lines.insert(other, lines[one])
        else:
            lines[one], lines[other] = lines[other], lines[one]
        text = "".join(lines)
    return text.encode("utf-8", "surrogatepass" if "\ud800" in text else "surrogateescape")


def change_json(data: bytes, random: Random, change: ChangeBytes) -> bytes:
    """Change a value of JSON, or its text."""
    if random.random() < 0.4:
        return change_text(data, random, change)
    try:
        content = json.loads(data)
        places = [(parent, key) for parent, key in _places(content, 0) if parent is not None]
        if not places:
            return change_text(data, random, change)
        parent, key = random.choice(places)
        way = random.randrange(4)
        if way == 0:
            del parent[key]
        elif way == 1 and isinstance(parent, list):
            parent.insert(key, parent[key])
        elif way == 1:
            parent[random.choice(["", "x", *parent])] = parent[key]
        else:
            parent[key] = random.choice(_VALUES)
        return json.dumps(content).encode()
    except (ValueError, RecursionError):
        return change_text(data, random, change)


def _places(content: Any, depth: int):
    keys = range(len(content)) if isinstance(content, list) else list(content) if isinstance(content, dict) else ()
    for key in keys:
        yield content, key
        if depth < 20:
            yield from _places(content[key], depth + 1)
