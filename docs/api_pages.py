"""The reference of the Python API: a page for the public face and one for every room that a user meets."""

from importlib import import_module

import relens

_FOLDER = "reference/api"
# Rooms by the names that their __init__ makes public; the docstrings say the rest.
_ROOMS = {
    "relens.edit": "Editing the canonical pages",
    "relens.path": "Camera paths",
    "relens.path.moves": "Ready-made moves",
    "relens.film": "Films",
    "relens.render": "Rendering",
    "relens.matte": "Mattes",
    "relens.depth": "Depth",
    "relens.photo": "Photographs",
    "relens.canonical": "The canonical texture",
    "relens.export": "Geometry for other programs",
    "relens.capture": "Scenes from models and splats",
    "relens.multiview": "Many photos",
    "relens.farm": "Many machines",
}
# Files whose public names a user meets, where the room's __init__ names none of them.
_FILES = {
    "relens.render": ("relens.render.retake", "relens.render.stacks", "relens.render.focus"),
    "relens.matte": ("relens.matte.matte", "relens.matte.refiner"),
    "relens.photo": ("relens.photo.highlights", "relens.photo.rectify"),
    "relens.depth": ("relens.depth.backend",),
    "relens.multiview": ("relens.multiview.fit",),
    "relens.farm": ("relens.farm.spread",),
}


def nav() -> list[dict[str, str]]:
    """The lines of the nav, one a room."""
    return [{room: f"{_FOLDER}/{room}.md"} for room in ("relens", *_ROOMS)]


def pages() -> dict[str, str]:
    """Every page's Markdown, by its path under docs/."""
    face = [name for name in relens.__all__ if not name.startswith("__")]
    made = {f"{_FOLDER}/relens.md": _page("relens", "relens", face)}
    for room in _ROOMS:
        made[f"{_FOLDER}/{room}.md"] = _page(room, room, list(getattr(import_module(room), "__all__", ())))
    rows = [f"| [`{room}`]({room}.md) | {what} |" for room, what in _ROOMS.items()]
    made[f"{_FOLDER}/index.md"] = (
        "# Python\n\nMade from the docstrings. Frames, units and the meaning of every number stand in "
        "[conventions](../../conventions.md); what a user can mend raises a subclass of `relens.RelensError`.\n\n"
        "| | |\n|---|---|\n| [`relens`](relens.md) | the public face: from a photo to a picture |\n"
        + "\n".join(rows)
        + "\n"
    )
    return made


def _page(title: str, room: str, names: list[str]) -> str:
    doc = (import_module(room).__doc__ or "").strip()
    public = [name for name in names if room != "relens" and name in relens.__all__]
    parts = [f"# {title}", doc]
    if public:
        shared = ", ".join(f"[`{name}`][{_home('relens', name)}]" for name in public)
        parts.append(f"On the page of [`relens`](relens.md): {shared}.")
    parts += [f"::: {_home(room, name)}" for name in names if name not in public]
    for file in _FILES.get(room, ()):
        parts += [f"::: {file}\n    options:\n      show_root_full_path: true"]
    return "\n\n".join(parts) + "\n"


def _home(room: str, name: str) -> str:
    """Where a name is defined: some rooms have a function of the room's own name."""
    thing = getattr(import_module(room), name)
    module, qualified = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
    if isinstance(module, str) and module.startswith("relens") and qualified:
        return f"{module}.{qualified}"
    return f"{room}.{name}"
