"""The page of the gallery, written from docs/gallery.yaml: each picture beside the commands that make it."""

from html import escape
from pathlib import Path
from typing import Any

import yaml

GALLERY = Path(__file__).with_name("gallery.yaml")


def image_name(picture: dict[str, Any], at: int) -> str:
    """The reduced file of a picture's result number `at`, in docs/images/gallery."""
    number = f"-{at + 1}" if len(picture["show"]) > 1 else ""
    suffix = Path(picture["show"][at]).suffix
    return f"{picture['name']}{number}{suffix if suffix in ('.webp', '.gif') else '.jpg'}"


def gallery_markdown(image_folder: str, has_report: bool) -> str:
    """All pictures of the gallery as Markdown.

    Args:
        image_folder: where the page finds them.
        has_report: whether the report that `make gallery` makes of the sample portrait lies beside the page.
    """
    gallery = yaml.safe_load(GALLERY.read_text(encoding="utf-8"))
    parts = [_commands(gallery["prepare"])]
    for picture in gallery["pictures"]:
        images = "\n".join(
            f'<a href="{image_folder}/{image_name(picture, at)}"><img src="{image_folder}/{image_name(picture, at)}" '
            f'alt="{escape(picture["title"])}" loading="lazy"></a>'
            for at in range(len(picture["show"]))
        )
        parts += [
            f"## {picture['title']} {{ #{picture['name']} }}",
            f'<div class="gallery-row" style="--pictures: {len(picture["show"])}">\n{images}\n</div>',
            picture["caption"],
            _commands(picture["run"]),
        ]
    report = gallery["report"]
    link = '<a href="report.html">Read the report of the sample portrait.</a> ' if has_report else ""
    parts += [f"## {report['title']} {{ #report }}", link + report["caption"], _commands(report["run"])]
    return "\n\n".join(parts) + "\n"


def _commands(commands: list[str]) -> str:
    return "```sh\n" + "\n".join(commands) + "\n```"
