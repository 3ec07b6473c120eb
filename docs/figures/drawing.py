"""Drawing: an SVG file that is readable on light and dark pages, since it brings its own paper.

Coordinates are pixels from the upper left. Colours are names of `_LIGHT` and `_DARK`; which of both is shown is the
reader's preference, as the browser tells it. Text is text, so that it can be searched and scaled.
"""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

_LIGHT = {
    "paper": "#fbfaf7", "ink": "#22262b", "soft": "#6b7280", "grid": "#dedbd3", "fill": "#efece4", "blue": "#1f6fb2",
    "orange": "#c9601a", "green": "#2b8a5a", "red": "#c2334d", "violet": "#7a4fb5", "grey": "#8b8f96",
}  # fmt: skip
_DARK = {
    "paper": "#1b1e24", "ink": "#e8e6e1", "soft": "#9aa3af", "grid": "#363b44", "fill": "#262b33", "blue": "#6db3f2",
    "orange": "#f09a5b", "green": "#66c592", "red": "#f0768b", "violet": "#b695ec", "grey": "#7d838c",
}  # fmt: skip
_FONT = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
Point = tuple[float, float]


class Drawing:
    """An SVG drawing that grows shape by shape."""

    def __init__(self, width_px: float, height_px: float, description: str) -> None:
        self.width_px, self.height_px, self._description = width_px, height_px, description
        self._parts: list[str] = []
        self._clips = 0

    def line(
        self, points: Iterable[Point], colour: str = "ink", width: float = 1.5, dash: str = "", clip: str = "",
        opacity: float = 1,
    ) -> None:  # fmt: skip
        """A polyline through points."""
        path = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
        self._add(
            f'<path d="{path}" fill="none" class="s-{colour}" stroke-width="{width:g}" stroke-linejoin="round" '
            f'stroke-linecap="round"{_optional(dash, clip, opacity)}/>'
        )

    def area(self, points: Iterable[Point], colour: str = "fill", opacity: float = 1, clip: str = "") -> None:
        """A filled polygon."""
        path = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + "Z"
        self._add(f'<path d="{path}" class="f-{colour}"{_optional("", clip, opacity)}/>')

    def rectangle(self, x: float, y: float, width: float, height: float, colour: str, opacity: float = 1) -> None:
        """A filled rectangle."""
        self.area([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], colour, opacity)

    def dot(self, x: float, y: float, radius: float = 3, colour: str = "ink", clip: str = "") -> None:
        """A filled circle."""
        self._add(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:g}" class="f-{colour}"{_optional("", clip, 1)}/>')

    def ring(self, x: float, y: float, radius: float, colour: str = "ink", width: float = 1.5) -> None:
        """A circle's outline."""
        self._add(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}" fill="none" class="s-{colour}" '
                  f'stroke-width="{width:g}"/>')  # fmt: skip

    def text(
        self, x: float, y: float, words: str, colour: str = "ink", size: float = 13, anchor: str = "start",
        bold: bool = False, turned: bool = False,
    ) -> None:  # fmt: skip
        """Words with their baseline at y; anchor: start, middle or end."""
        turn = f' transform="rotate(-90 {x:g} {y:g})"' if turned else ""
        weight = ' font-weight="600"' if bold else ""
        self._add(
            f'<text x="{x:.1f}" y="{y:.1f}" class="f-{colour}" font-size="{size:g}" text-anchor="{anchor}"'
            f"{weight}{turn}>{escape(words)}</text>"
        )

    def arrow(self, start: Point, end: Point, colour: str = "ink", both: bool = False, width: float = 1.5) -> None:
        """A straight arrow."""
        self.line([start, end], colour, width)
        for tip, tail in [(end, start), (start, end)][: 1 + both]:
            dx, dy = tip[0] - tail[0], tip[1] - tail[1]
            length = (dx * dx + dy * dy) ** 0.5
            ux, uy = dx / length, dy / length
            side = [(tip[0] - 7 * ux + s * 3.2 * uy, tip[1] - 7 * uy - s * 3.2 * ux) for s in (1, -1)]
            self.area([tip, *side], colour)

    def clip(self, x: float, y: float, width: float, height: float) -> str:
        """A rectangle that later shapes can be clipped to, by the name that is returned."""
        self._clips += 1
        name = f"c{self._clips}"
        self._add(f'<clipPath id="{name}"><rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"/></clipPath>')
        return name

    def svg(self) -> str:
        """The whole file."""
        light = _classes(_LIGHT)
        dark = "@media (prefers-color-scheme: dark) {" + _classes(_DARK) + "}"
        width, height = f"{self.width_px:g}", f"{self.height_px:g}"
        size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="{_FONT}">\n'
            f"<title>{escape(self._description)}</title>\n<style>{light} {dark}</style>\n"
            '<rect width="100%" height="100%" rx="10" class="f-paper"/>\n'
        )
        return head + "\n".join(self._parts) + "\n</svg>\n"

    def save(self, path: Path) -> None:
        """Write the file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.svg(), "utf-8")

    def _add(self, part: str) -> None:
        self._parts.append(part)


def legend(drawing: Drawing, x: float, y: float, entries: Sequence[tuple[str, str, str]], step: float = 19) -> None:
    """Lines of (colour, dash, words), one below the other."""
    for number, (colour, dash, words) in enumerate(entries):
        drawing.line([(x, y + number * step - 4), (x + 24, y + number * step - 4)], colour, 2.4, dash)
        drawing.text(x + 32, y + number * step, words, "ink", 12.5)


def _optional(dash: str, clip: str, opacity: float) -> str:
    parts = [
        f' stroke-dasharray="{dash}"' if dash else "",
        f' clip-path="url(#{clip})"' if clip else "",
        f' opacity="{opacity:g}"' if opacity != 1 else "",
    ]
    return "".join(parts)


def _classes(colours: dict[str, str]) -> str:
    return " ".join(f".f-{name}{{fill:{code}}} .s-{name}{{stroke:{code}}}" for name, code in colours.items())
