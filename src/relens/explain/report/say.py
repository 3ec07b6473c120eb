"""Numbers in words: how a report writes them."""

import html
import math

from relens.explain.read_outs import metres

__all__ = ["centimetres", "escaped", "f_stop", "length", "metres", "percent", "pixels"]


def escaped(text: object) -> str:
    """Text as HTML shows it, in elements and attributes."""
    return html.escape(str(text), quote=True)


def length(distance_m: float) -> str:
    """A distance for people, in the unit that suits it: 3.5 mm, 4.2 cm, 0.334 m, infinity."""
    if not math.isfinite(distance_m):
        return "infinity"
    if distance_m < 0.01:
        return f"{distance_m * 1e3:.1f} mm"
    return f"{distance_m * 100:.1f} cm" if distance_m < 0.1 else metres(distance_m)


def pixels(value_px: float) -> str:
    """Pixels with the digits that count."""
    if not math.isfinite(value_px):
        return "unbounded"
    return (
        f"{value_px:.0f} px" if value_px >= 20 else f"{value_px:.1f} px" if value_px >= 0.95 else f"{value_px:.2g} px"
    )


def percent(share: float) -> str:
    """A share of one as per cent with the digits that count."""
    if share > 0 and share < 0.0001:
        return f"{share:.4%}"
    return f"{share:.0%}" if share >= 0.095 else f"{share:.1%}" if share >= 0.0095 or share == 0 else f"{share:.2%}"


def f_stop(f_number: float) -> str:
    """As it stands on the ring."""
    return f"f/{f_number:g}"


def centimetres(value_cm: float) -> str:
    """A depth of field."""
    return (
        "unbounded" if not math.isfinite(value_cm) else f"{value_cm:.2f} cm" if value_cm < 10 else f"{value_cm:.0f} cm"
    )
