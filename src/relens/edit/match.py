"""Match: the place near a hole whose surroundings are most like the hole's own."""

import math

import numpy as np
from jaxtyping import Bool, Float32

from relens.edit.stamp import Step
from relens.edit.window import bounds, grown

# Larger holes are searched for at reduced scale, at which they are so wide.
_SEARCHED_PX = 48
# The ring around a hole that has to match, in hole widths and at least; and how far the search goes, likewise.
_RING, _LEAST_RING_PX = 0.25, 3
_REACH, _LEAST_REACH_PX = 4.0, 96
# At the end of the search's reach a place has to match so much better than one beside the hole.
_FAR = 2.0


def width_px(hole: Bool[np.ndarray, "h w"]) -> int:
    """The longer side of what holds the hole."""
    return max(line.stop - line.start for line in bounds(hole))


def reach_px(hole_px: int) -> int:
    """How far from a hole of such a width `best_step` looks."""
    return math.ceil(max(_REACH * hole_px, _LEAST_REACH_PX))


def best_step(
    values: Float32[np.ndarray, "h w c"], usable: Bool[np.ndarray, "h w"], hole: Bool[np.ndarray, "h w"]
) -> Step | None:
    """Rows and columns from the hole to what is most like its surroundings, and as even inside; None where none is.

    values: such that differences count alike everywhere. usable: where they are known and may be copied from; what the
    hole covers never is.
    """
    import cv2

    hole_px = width_px(hole)
    scale = math.ceil(hole_px / _SEARCHED_PX)
    usable = usable & ~hole
    if scale == 1:
        return _best(values, usable, hole, (0, 0), reach_px(hole_px))
    height, width = (size // scale for size in hole.shape)

    def small(plane: np.ndarray) -> np.ndarray:
        whole = np.ascontiguousarray(plane[: height * scale, : width * scale], np.float32)
        return cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)

    known, inside = small(usable) > 0.999, small(hole) > 0
    coarse = _best(small(values), known, inside, (0, 0), reach_px(hole_px) // scale)
    # The last pixels of the step are told at full scale.
    return coarse and _best(values, usable, hole, (coarse[0] * scale, coarse[1] * scale), scale)


def _best(
    values: Float32[np.ndarray, "h w c"],
    usable: Bool[np.ndarray, "h w"],
    hole: Bool[np.ndarray, "h w"],
    middle: Step,
    radius_px: int,
) -> Step | None:
    """The best step within a radius of the middle one."""
    import cv2

    ring_px = max(_LEAST_RING_PX, round(_RING * width_px(hole)))
    rows, columns = box = grown(bounds(hole), ring_px, hole.shape)
    wide = cv2.dilate(hole[box].astype(np.uint8), np.ones((2 * ring_px + 1,) * 2, np.uint8)) > 0
    ring, inside = (wide & usable[box]).astype(np.float32), hole[box].astype(np.float32)
    if not ring.any():
        return None
    down, right = (slice(line.start + by, line.stop + by) for line, by in zip(box, middle, strict=True))
    area = grown((down, right), radius_px, hole.shape)
    if any(a.stop - a.start < b.stop - b.start for a, b in zip(area, box, strict=True)):
        return None
    # Told from the ring's mean: sums of squares keep their digits near 0.
    mean = values[box][ring > 0].mean(axis=0)
    around, template = np.where(usable[area][..., None], values[area] - mean, 0), values[box] - mean

    def sums(plane: np.ndarray, weight: np.ndarray) -> np.ndarray:
        return cv2.matchTemplate(np.ascontiguousarray(plane, np.float32), weight, cv2.TM_CCORR)

    unlike = cv2.matchTemplate(around, template, cv2.TM_SQDIFF, mask=np.dstack([ring] * values.shape[2])) / ring.sum()
    # Inside, a place has to be as even as the ring is: another spot may stand there, or an eye.
    planes = [np.ascontiguousarray(plane) for plane in np.moveaxis(around, -1, 0)]
    means = [sums(plane, inside) / inside.sum() for plane in planes]
    variance = sum(sums(p * p, inside) / inside.sum() - mean**2 for p, mean in zip(planes, means, strict=True))
    uneven = sum(mean**2 for mean in means) + abs(variance - template[ring > 0].var(axis=0).sum())
    row, column = np.mgrid[: unlike.shape[0], : unlike.shape[1]]
    row, column = row + area[0].start - rows.start, column + area[1].start - columns.start
    cost = (unlike + uneven) * (1 + (_FAR - 1) * np.hypot(row, column) / reach_px(width_px(hole)))
    lost = sums(~usable[area], np.maximum(ring, inside)) > 0.5
    if lost.all():
        return None
    at = np.unravel_index(np.argmin(np.where(lost, np.inf, cost)), cost.shape)
    return int(row[at]), int(column[at])
