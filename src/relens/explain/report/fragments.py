"""Small pieces of the page that several sections share."""

from collections.abc import Iterable

from relens.explain.report.findings import RayFigure
from relens.explain.report.maps import ValueMap
from relens.explain.report.say import escaped


def picture(source: str, alt: str, kind: str = "") -> str:
    """An image element. source: a data URI."""
    named = f' class="{kind}"' if kind else ""
    return f'<img{named} src="{source}" alt="{escaped(alt)}">'


def labelled(label: str, content: str) -> str:
    """A picture under its name."""
    return f'<div><span class="label">{escaped(label)}</span>{content}</div>'


def figure(content: str, caption: str, kind: str = "one") -> str:
    """A figure; the caption is HTML."""
    return f'<figure><div class="{kind}">{content}</div><figcaption>{caption}</figcaption></figure>'


def paragraphs(*texts: str) -> str:
    """Paragraphs of HTML."""
    return "".join(f"<p>{text}</p>" for text in texts if text)


def facts(rows: Iterable[tuple[str, str, str]]) -> str:
    """Name, value and small print of a few numbers."""
    cells = (
        f"<div><dt>{escaped(name)}</dt><dd>{escaped(value)}"
        f"{f'<small>{escaped(small)}</small>' if small else ''}</dd></div>"
        for name, value, small in rows
    )
    return f'<dl class="facts">{"".join(cells)}</dl>'


def scale(shown: ValueMap, low: str, high: str) -> str:
    """The colours of a map between the values at their ends."""
    step = 100 / len(shown.colours)
    bars = "".join(
        # Each reaches under the next, so that no gap shows between them.
        f'<rect x="{number * step:.3f}" y="0" width="{100 - number * step:.3f}" height="10" fill="{colour}"/>'
        for number, colour in enumerate(shown.colours)
    )
    bar = f'<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{bars}</svg>'
    return f'<div class="scale"><span>{escaped(low)}</span>{bar}<span>{escaped(high)}</span></div>'


def rays(figure_: RayFigure, source: str, label: str) -> str:
    """A window of a picture with the places where rays land, 100 units wide."""
    bundle = figure_.bundle
    unit = 100 / figure_.side_px
    marks = []
    for (column, row), stopped in zip(bundle.landing_px, bundle.blocked, strict=True):
        x, y = (column - figure_.left_px) * unit, (row - figure_.top_px) * unit
        kind = "stopped" if stopped else "lands"
        marks.append(f'<circle class="{kind}" cx="{x:.3f}" cy="{y:.3f}" r="0.9"/>')
    x = (bundle.point.column_px - figure_.left_px) * unit
    y = (bundle.point.row_px - figure_.top_px) * unit
    radius = bundle.point.coc_px / 2 * unit
    if radius > 1.5:
        marks.insert(0, f'<circle class="circle" cx="{x:.3f}" cy="{y:.3f}" r="{radius:.3f}"/>')
    else:
        half = unit / 2
        marks.insert(
            0, f'<rect class="pixel" x="{x - half:.3f}" y="{y - half:.3f}" width="{unit:.3f}" height="{unit:.3f}"/>'
        )
    return (
        f'<svg class="rays" viewBox="0 0 100 100" role="img" aria-label="{escaped(label)}">'
        f'<image href="{source}" width="100" height="100"/>{"".join(marks)}</svg>'
    )


def table(head: Iterable[tuple[str, bool]], rows: Iterable[Iterable[str]]) -> str:
    """A table; a column is one of numbers where its head says so. Cells are HTML."""
    columns = list(head)
    top = "".join(f'<th scope="col"{_number(is_number)}>{escaped(name)}</th>' for name, is_number in columns)
    body = "".join(
        f"<tr>{''.join(f'<td{_number(columns[at][1])}>{cell}</td>' for at, cell in enumerate(row))}</tr>"
        for row in rows
    )
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _number(is_number: bool) -> str:
    return ' class="number"' if is_number else ""


def heading(number: str, title: str) -> str:
    """A stage's number and name."""
    return f"<h3><span>{number}</span>{escaped(title)}</h3>"
