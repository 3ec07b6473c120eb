"""The reference of the command line, made from the parsers that read it: a page for every command."""

import re
import warnings
from collections.abc import Iterator
from typing import Any

import tyro

from relens.cli.edit import Edit
from relens.cli.main import _COMMANDS

_FOLDER = "reference/cli"
# As relens.cli.main has it.
_CONFIG = (tyro.conf.FlagCreatePairsOff, tyro.conf.DisallowNone)


def nav() -> list[dict[str, str]]:
    """The lines of the nav, one a command."""
    return [{f"relens {name}": f"{_FOLDER}/{name}.md"} for name in sorted(_COMMANDS)]


def pages() -> dict[str, str]:
    """Every page's Markdown, by its path under docs/."""
    parsers = {name: parser(name) for name in sorted(_COMMANDS)}
    made = {f"{_FOLDER}/{name}.md": _page(f"relens {name}", of_command) for name, of_command in parsers.items()}
    made[f"{_FOLDER}/index.md"] = _index(parsers)
    return made


def parser(name: str) -> Any:
    """The parser of a command, the one that reads its words."""
    command: Any = Edit.with_actions() if name == "edit" else _COMMANDS[name]
    with warnings.catch_warnings():
        # tyro will take it away some day; its successor shows only the text.
        warnings.simplefilter("ignore", DeprecationWarning)
        return tyro.extras.get_parser(command, prog=f"relens {name}", config=_CONFIG)


def _index(parsers: dict[str, Any]) -> str:
    lines = [
        "# Command line",
        "Made from the commands themselves: what stands here is what `relens COMMAND --help` says. A mistake gets one "
        "line that says what to do, and exit status 2; Ctrl-C is 130.",
        "| command | what it does |\n|---|---|",
    ]
    rows = [f"| [`relens {name}`]({name}.md) | {_first_line(of)} |" for name, of in parsers.items()]
    return "\n\n".join(lines) + "\n" + "\n".join(rows) + "\n"


def _page(title: str, of_command: Any) -> str:
    return f"# {title}\n\n" + "\n\n".join(_parts(title, of_command, 2)) + "\n"


def _parts(title: str, of_command: Any, level: int) -> Iterator[str]:
    text, _, examples = (of_command.description or "").partition("\nTry:\n")
    yield _escaped(text.strip())
    if examples:
        yield "```sh\n" + "\n".join(line.strip() for line in examples.strip().splitlines()) + "\n```"
    for group in of_command._action_groups:
        # tyro has an argparse of its own, so its actions are told by what they have.
        actions = [action for action in group._group_actions if "--help" not in action.option_strings]
        for action in actions:
            if isinstance(action.choices, dict):
                for name, below in action.choices.items():
                    yield f"{'#' * level} {title} {name}"
                    yield from _parts(f"{title} {name}", below, level + 1)
        rows = [_row(action) for action in actions if not isinstance(action.choices, dict)]
        if rows:
            yield f"**{_group_name(group.title)}**" + (f": {_escaped(group.description)}" if group.description else "")
            table = "| flag | what it is | left out |\n|---|---|---|\n" + "\n".join(rows)
            yield f'<div class="flags" markdown>\n\n{table}\n\n</div>'


def _row(action: Any) -> str:
    name = action.metavar if isinstance(action.metavar, str) else ""
    flags = ", ".join(f"`{flag}`" for flag in action.option_strings)
    value = f" `{name}`" if name and flags else f"`{name}`" if name else ""
    text = " ".join((action.help or "").split())
    default = re.search(r"\s*\(((?:default: .*)|(?:required.*)|(?:repeatable.*)|(?:or .*))\)$", text)
    said = default[1] if default else ""
    what = text[: default.start()] if default else text
    return f"| {_cell(flags + value)} | {_cell(_escaped(what))} | {_cell(_escaped(said))} |"


def _group_name(title: str | None) -> str:
    """`options.lens options` is what tyro calls the flags of the lens."""
    words = (title or "").removesuffix(" options").split(".")[-1].replace("-", " ")
    return {"positional arguments": "What it works on", "options": "Options"}.get(words, words.capitalize())


def _first_line(of_command: Any) -> str:
    return _cell(_escaped((of_command.description or "").strip().splitlines()[0]))


def _escaped(text: str) -> str:
    """Plain help text as Markdown: what stands in backticks stays code, nothing else is mark-up."""
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(piece if piece.startswith("`") else re.sub(r"([*_<>\[\]#$])", r"\\\1", piece) for piece in pieces)


def _cell(text: str) -> str:
    """A cell of a table; what stands in backticks may hold a bar as it is."""
    pieces = re.split(r"(`[^`]*`)", text.replace("\n", " "))
    return "".join(piece if piece.startswith("`") else piece.replace("|", "\\|") for piece in pieces)
