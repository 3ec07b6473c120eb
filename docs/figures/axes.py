"""Axes: numbers to places on a drawing, linear or logarithmic, with ticks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from drawing import Drawing, Point

Ticks = Sequence[tuple[float, str]]


@dataclass(frozen=True)
class Axis:
    """A range of numbers, low and high, and how it is spread; ticks are (value, words)."""

    low: float
    high: float
    scale: Literal["linear", "log"] = "linear"
    ticks: Ticks = ()
    title: str = ""

    def share(self, value: np.ndarray | float) -> np.ndarray:
        """0 at low to 1 at high."""
        if self.scale == "log":
            return (np.log(np.maximum(value, 1e-300)) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return (np.asarray(value, float) - self.low) / (self.high - self.low)


class Axes:
    """A plot in a rectangle of a drawing."""

    def __init__(
        self, drawing: Drawing, box: tuple[float, float, float, float], x: Axis, y: Axis, title: str = ""
    ) -> None:
        self.drawing, self.x, self.y = drawing, x, y
        self.left, self.top, self.width, self.height = box
        bottom, right = self.top + self.height, self.left + self.width
        for value, words in x.ticks:
            at = self.at(value, y.low)[0]
            drawing.line([(at, self.top), (at, bottom)], "grid", 1)
            drawing.text(at, bottom + 18, words, "soft", 12, "middle")
        for value, words in y.ticks:
            at = self.at(x.low, value)[1]
            drawing.line([(self.left, at), (right, at)], "grid", 1)
            drawing.text(self.left - 8, at + 4, words, "soft", 12, "end")
        drawing.line([(self.left, self.top), (self.left, bottom), (right, bottom)], "soft", 1.2)
        drawing.text(self.left + self.width / 2, bottom + 40, x.title, "ink", 13, "middle")
        if y.title:
            drawing.text(self.left - 46, self.top + self.height / 2, y.title, "ink", 13, "middle", turned=True)
        if title:
            drawing.text(self.left, self.top - 14, title, "ink", 14, bold=True)
        self.clip = drawing.clip(self.left, self.top - 1, self.width + 1, self.height + 2)

    def at(self, x: float, y: float) -> Point:
        """The place of a pair of numbers."""
        across, up = float(self.x.share(x)), float(self.y.share(y))
        return self.left + across * self.width, self.top + (1 - up) * self.height

    def curve(
        self, xs: np.ndarray, ys: np.ndarray, colour: str, width: float = 2.2, dash: str = "", opacity: float = 1
    ) -> None:
        """A curve, cut at the plot's edges."""
        places = [self.at(x, y) for x, y in zip(xs, ys, strict=True)]
        # What is far outside would only make the file larger.
        far = 4 * (self.width + self.height)
        places = [(min(max(x, -far), far), min(max(y, -far), far)) for x, y in places]
        self.drawing.line(places, colour, width, dash, self.clip, opacity)

    def band(self, xs: np.ndarray, low: np.ndarray, high: np.ndarray, colour: str, opacity: float = 0.18) -> None:
        """What lies between two curves."""
        there = [self.at(x, y) for x, y in zip(xs, low, strict=True)]
        back = [self.at(x, y) for x, y in zip(xs[::-1], high[::-1], strict=True)]
        self.drawing.area(there + back, colour, opacity, self.clip)

    def dots(self, xs: np.ndarray, ys: np.ndarray, colour: str, radius: float = 3) -> None:
        """One dot for each pair."""
        for x, y in zip(xs, ys, strict=True):
            self.drawing.dot(*self.at(x, y), radius, colour, self.clip)
