"""The house in one picture: its rooms by floor, from the list that import-linter holds in pyproject.toml.

    python docs/house.py

writes docs/images/house.svg; a test says when that has to be done.
"""

import re
from pathlib import Path
from xml.sax.saxutils import escape

_ROOT = Path(__file__).parents[1]
PICTURE = _ROOT / "docs" / "images" / "house.svg"

_WIDTH_PX, _ROW_PX, _BOX_PX, _GAP_PX, _LETTER_PX = 960, 46, 32, 8, 7.7
# On the way from a photo file to a picture file.
_ON_THE_WAY = {"photo", "depth", "matte", "lift", "scene", "scene_folder", "render"}


def floors() -> list[list[str]]:
    """The rooms of each floor, from the top down."""
    text = (_ROOT / "pyproject.toml").read_text(encoding="utf-8")
    contract = text[text.index("[[tool.importlinter.contracts]]") :]
    (listed,) = re.findall(r"^layers = \[(.*?)^\]", contract, re.DOTALL | re.MULTILINE)
    return [re.split(r" [|:] ", floor) for floor in re.findall(r'"([^"]+)"', listed)]


def house_svg() -> str:
    """The picture, as SVG that needs no fonts of its own."""
    rows = floors()
    height_px = _ROW_PX * len(rows) + 60
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH_PX} {height_px}" role="img" '
        'font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13">',
        "<title>The rooms of relens by floor: a room imports only from lower floors</title>",
        f'<rect width="{_WIDTH_PX}" height="{height_px}" fill="#ffffff"/>',
    ]
    for number, rooms in enumerate(rows):
        top_px = 12 + number * _ROW_PX
        shade = "#f3f5f7" if number % 2 else "#e9edf1"
        parts.append(f'<rect x="12" y="{top_px}" width="{_WIDTH_PX - 24}" height="{_ROW_PX - 4}" fill="{shade}"/>')
        parts.append(f'<text x="22" y="{top_px + 26}" fill="#6b7785">{len(rows) - 1 - number}</text>')
        widths = [len(room) * _LETTER_PX + 20 for room in rooms]
        left_px = (_WIDTH_PX - sum(widths) - _GAP_PX * (len(rooms) - 1)) / 2
        for room, width in zip(rooms, widths, strict=True):
            fill = "#f6c667" if room in _ON_THE_WAY else "#ffffff"
            parts.append(
                f'<rect x="{left_px:.1f}" y="{top_px + 5}" width="{width:.1f}" height="{_BOX_PX}" rx="4" '
                f'fill="{fill}" stroke="#44505c"/>'
                f'<text class="room" x="{left_px + width / 2:.1f}" y="{top_px + 26}" text-anchor="middle" '
                f'fill="#1d242b">{escape(room)}</text>'
            )
            left_px += width + _GAP_PX
    legend = "a room imports only from lower floors; yellow: on the way from a photo file to a picture file"
    parts.append(
        f'<text x="{_WIDTH_PX / 2}" y="{height_px - 20}" text-anchor="middle" fill="#44505c">{legend}</text></svg>'
    )
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(house_svg(), encoding="utf-8")
