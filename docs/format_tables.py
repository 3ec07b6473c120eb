"""Tables of file formats, made from the models that read the files and from the docstrings beside them.

In a page, `<!-- fields MODULE.MODEL -->` becomes a table of a pydantic model's fields, `<!-- docstring MODULE.NAME -->`
the body of a docstring (without its first line and what it raises), `<!-- presets FOLDER -->` a list of preset files.
"""

import inspect
import re
from importlib import import_module
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml

_MARK = re.compile(r"<!-- (fields|docstring|presets) ([\w./-]+) -->")
_ROOT = Path(__file__).parents[1]
# What the fields of scene.json mean, where their names do not say it; a new field needs its line.
_MEANINGS = {
    "format": "always this",
    "version": "of the format; other versions are migrated where they can be, else refused in one line",
    "written_by": "the relens that wrote it",
    "camera": "the photo's pinhole, below",
    "border_px": "how far every page reaches past the photo, on each side",
    "layers": "front to back, below",
    "depth_source": "where the depth came from",
    "source": "name of the photo in the folder `source`; for the camera, how the intrinsics are known",
    "uncertainty": "whether the folder holds `uncertainty.exr`; written only where it is true",
    "fx_px": "focal length over the width of a pixel",
    "fy_px": "focal length over the height of a pixel",
    "cx_px": "column of the principal point; pixel i has its middle at i + 0.5",
    "cy_px": "row of the principal point",
    "width_px": "of the photo, without the border",
    "height_px": "of the photo, without the border",
    "name": "lower-case letters, digits and dashes; the name of the layer's files",
    "gain": "linear light in the page times this is scene light; above 1 where the layer holds highlights above 1",
}


def filled(markdown: str) -> str:
    """A page's Markdown with its tables in their places."""
    made = {"fields": _fields, "docstring": _docstring, "presets": _presets}
    return _MARK.sub(lambda mark: made[mark[1]](mark[2]), markdown)


def _fields(path: str) -> str:
    model: Any = _named(path)
    rows = ["| field | type | meaning |", "|---|---|---|"]
    for name, field in model.model_fields.items():
        needed = (
            ""
            if field.is_required()
            else f", left out: `{field.default!r}`"
            if field.default is not None
            else ", may be left out"
        )
        rows.append(f"| `{name}` | {_kind(field.annotation)}{needed} | {_MEANINGS[name]} |")
    return "\n".join(rows)


def _docstring(path: str) -> str:
    paragraphs = (inspect.getdoc(_named(path)) or "").split("\n\n")
    return "\n\n".join(part for part in paragraphs[1:] if not part.startswith(("Raises", "Source")))


def _presets(folder: str) -> str:
    """Each preset by its name, with the first sentence of the comment that it begins with."""
    rows = ["| preset | |", "|---|---|"]
    for file in sorted((_ROOT / folder).glob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        yaml.safe_load(text)
        comment = " ".join(line.lstrip("# ") for line in text.split("\n") if line.startswith("#"))
        first = re.split(r"(?<=[a-z0-9)])[.:;] ", comment)[0].rstrip(".")
        rows.append(f"| `{file.stem}` | {first} |")
    return "\n".join(rows)


def _named(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def _kind(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(arguments[0])
    if origin is Literal:
        return " or ".join(f"`{value!r}`" for value in arguments)
    if origin is list:
        return f"list of {_kind(arguments[0])}"
    if origin in (UnionType, Union):
        return " or ".join(_kind(each) for each in arguments if each is not type(None))
    names = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false"}
    return names.get(annotation.__name__, f"`{annotation.__name__}`")
