"""The viewer and a scene as one HTML file, which needs no server and no network."""

import base64
import hashlib
import html
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relens.atomic import atomic_file
from relens.errors import RelensError
from relens.lens import Lens
from relens.progress import Progress, silent
from relens.scene import Scene
from relens.viewer.baked_moves import baked_moves
from relens.viewer.built_page import built_page
from relens.viewer.edit_state import EditState
from relens.viewer.levels import Level, Levels
from relens.viewer.pack import packed
from relens.viewer.safe_volume import safe_volume
from relens.viewer.scene_info import scene_info
from relens.viewer.source_image import source_webp

# Of the largest level that is taken by itself: what a mail and a phone bear.
_MEGAPIXELS = 2.2
_SCRIPT = re.compile(r'<script\b[^>]*?\bsrc="([^"]+)"[^>]*>\s*</script>')
_STYLE = re.compile(r'<link\b(?=[^>]*\brel="stylesheet")[^>]*?\bhref="([^"]+)"[^>]*>')
_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_HEAD, _BODY_END = re.compile(r"<head\b[^>]*>"), "</body>"
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {styles}; img-src blob: data:; base-uri 'none'; "
    "form-action 'none'"
)


@dataclass(frozen=True)
class HtmlFile:
    """What was written: the level that the file holds, its size, and a line for what it lacks."""

    level: Level
    size_bytes: int
    notes: tuple[str, ...]


def write_html(
    scene: Scene,
    path: str | os.PathLike[str],
    *,
    name: str,
    level: int | None = None,
    lens: Lens | None = None,
    page: Path | None = None,
    progress: Progress = silent,
) -> HtmlFile:
    """Write the viewer with the scene as one file, whole or not at all.

    Args:
        scene: what it shows.
        path: the file.
        name: of the scene, for people.
        level: halved so many times; when left out, the largest level with at most 2.2 megapixels.
        lens: what ready-made moves are made for; an 85 mm f/1.4 when left out.
        page: the folder of the built page; the installed one when left out.
        progress: told how far the work is.

    Raises FileError where it cannot be written or the source photo is damaged, ValueRangeError for a level that the
    scene does not have, and RelensError without a built page.
    """
    page, levels = page or built_page(), Levels(scene)
    at = levels.within(_MEGAPIXELS) if level is None else levels.size(level)
    lens = lens or Lens(85, 1.4)
    moves, notes = baked_moves(scene, lens, progress)
    progress("safe volume", 0.0)
    safe = safe_volume(scene, lens)
    progress("write", 0.0)
    info = scene_info(levels, name, EditState())
    # It has no other level and no other move.
    info["levels"] = [each for each in info["levels"] if each["level"] == at.level]
    info["moves"] = [move["name"] for move in moves]
    info["exported"] = {"level": at.level, "safe": safe.record(), "moves": list(moves)}
    blocks = {"relens-pack": packed(levels, at.level, EditState())}
    if scene.source is not None:
        blocks["relens-source"] = source_webp(levels, at.level)
    text = page_of(page, name, info, blocks).encode()
    with atomic_file(path) as temporary:
        temporary.write_bytes(text)
    return HtmlFile(at, len(text), notes)


def page_of(page: Path, name: str, info: dict[str, Any], blocks: dict[str, bytes]) -> str:
    """The built page with its script and style inside, and what it is to show.

    page: the folder of index.html. info: becomes JSON in the element relens-info. blocks: become base64 in elements of
    these ids.
    Raises RelensError for a folder that lacks a file or whose index.html is none of a built page.
    """
    text = _read(page / "index.html")
    scripts, styles = _SCRIPT.findall(text), _STYLE.findall(text)
    if len(scripts) != 1 or not _HEAD.search(text) or _BODY_END not in text:
        raise RelensError(f"{page / 'index.html'}: is no built page with one script; run: make viewer")
    script = _inlined_script(_read(page / scripts[0]))
    sheets = [_read(page / style).replace("</style", r"<\/style") for style in styles]
    data = "".join(_block(id_, "text/plain", base64.b64encode(block).decode()) for id_, block in blocks.items())
    # In JSON a "<" is only ever within text.
    data = _block("relens-info", "application/json", json.dumps(info, allow_nan=False).replace("<", r"\u003c")) + data
    policy = _POLICY.format(scripts=_hashes([script]), styles=_hashes(sheets) or "'none'")
    sheet = iter(sheets)
    text = _STYLE.sub(lambda _: f"<style>{next(sheet)}</style>", text)
    text = _SCRIPT.sub(lambda _: f'<script type="module">{script}</script>', text, count=1)
    text = _TITLE.sub(lambda _: f"<title>{html.escape(name)} · relens</title>", text, count=1)
    head, body = text.rpartition(_BODY_END)[::2]
    head = _HEAD.sub(
        lambda found: f'{found[0]}<meta http-equiv="Content-Security-Policy" content="{policy}">', head, count=1
    )
    return f"{head}{data}{_BODY_END}{body}"


def _read(file: Path) -> str:
    try:
        # As a browser has it, which hashes line ends as one character.
        return file.read_text("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise RelensError(f"{file}: is missing from the built page; run: make viewer") from error


def _inlined_script(script: str) -> str:
    """The script without what would end its element, or hide its end; within strings it means the same."""
    return re.sub(r"</(?=script)", r"<\\/", script, flags=re.IGNORECASE).replace("<!--", r"<\!--")


def _block(id_: str, kind: str, content: str) -> str:
    return f'<script type="{kind}" id="{id_}">{content}</script>\n'


def _hashes(contents: Sequence[str]) -> str:
    """What a Content-Security-Policy calls inline scripts and styles."""
    digests = (hashlib.sha256(content.encode()).digest() for content in contents)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
