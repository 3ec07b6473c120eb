"""Unpack: the pack as arrays again, as the page reads it; tests and other programs look at packs with it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8

from relens.viewer.box import Box
from relens.viewer.colour_page import ColourPage, light_of
from relens.viewer.container import chunk_of, parted
from relens.viewer.plane import decoded
from relens.viewer.uncertainty import MOST_SIGMA


@dataclass(frozen=True)
class UnpackedLayer:
    """A window of a layer's page.

    Attributes:
        box: on the photo's grid at the pack's level.
        light: (h, w, 3) straight linear light.
        alpha: (h, w) 0 to 1.
        inverse_depth: (h, w) 1/m; None where a patch leaves it as it was.
    """

    name: str
    subject: bool
    box: Box
    light: Float32[np.ndarray, "h w 3"]
    alpha: Float32[np.ndarray, "h w"]
    inverse_depth: Float32[np.ndarray, "h w"] | None


@dataclass(frozen=True)
class Unpacked:
    """A pack.

    Attributes:
        content: its JSON.
        layers: front to back.
        uncertainty: (h, w) standard deviation of log-depth, 0.5 for that or more; None where unknown.
    """

    content: dict[str, Any]
    layers: tuple[UnpackedLayer, ...]
    uncertainty: Float32[np.ndarray, "h w"] | None


def unpacked(data: bytes) -> Unpacked:
    """Read a pack. Raises RelensError for bytes that are none, cut off or damaged."""
    content, chunks = parted(data)
    layers = tuple(_layer(record, chunks) for record in content["layers"])
    uncertainty = None
    if content["uncertainty"] is not None:
        size = content["uncertainty_width"], content["uncertainty_height"]
        codes = decoded(chunk_of(chunks, content["uncertainty"]), *size, 8)
        uncertainty = codes * np.float32(MOST_SIGMA / 255)
    return Unpacked(content, layers, uncertainty)


def _layer(record: dict[str, Any], chunks: memoryview) -> UnpackedLayer:
    left, top, width, height = (record[name] for name in ("left", "top", "width", "height"))

    def plane(name: str, bits: int) -> np.ndarray | None:
        return None if record[name] is None else decoded(chunk_of(chunks, record[name]), width, height, bits)

    alpha: UInt8[np.ndarray, "h w"] | None = plane("alpha", 8)
    depth = plane("depth", 16)
    assert alpha is not None
    page = ColourPage(chunk_of(chunks, record["colour"]), plane("gain", 8), record["gain_stops"], alpha)
    return UnpackedLayer(
        record["name"],
        record["subject"],
        Box(left, top, left + width, top + height),
        light_of(page),
        alpha / np.float32(255),
        None if depth is None else (record["depth_far"] + depth * record["depth_step"]).astype(np.float32),
    )
