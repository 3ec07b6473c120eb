"""Where faces may be: BlazeFace on the whole picture, and on overlapping parts of it for small ones.

Source: Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", arXiv 1907.05047.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from relens.face.crop import Pyramid, Square, cut
from relens.face.networks import run

_INPUT_PX = 128
_LEAST_SCORE = 0.5
_SAME_FACE = 0.3  # intersection over union
# (cells a side, anchors a cell) of the network's two grids.
_GRIDS = ((16, 2), (8, 6))
# Parts of the picture that are looked at, as shares of its shorter side; a face is found at 5 to 90 % of a part.
_PART_SHARES = (1.0, 0.5, 0.25)


@dataclass(frozen=True)
class Candidate:
    """A possible face.

    Attributes:
        score: 0 to 1.
        centre_px, side_px: of a square around it, brow to chin.
        features_px: (column, row) of the eye on the left of an upright picture, of the other, of the tip of the nose
            and of the mouth.
    """

    score: float
    centre_px: Float[np.ndarray, "2"]
    side_px: float
    features_px: Float[np.ndarray, "4 2"]

    @property
    def angle_rad(self) -> float:
        """Clockwise turn of the line between the eyes."""
        across = self.features_px[1] - self.features_px[0]
        return math.atan2(across[1], across[0])


def detect(pyramid: Pyramid, turn_rad: float = 0.0) -> list[Candidate]:
    """Candidates whose heads are turned by about `turn_rad`, the most certain first; overlapping ones are joined.

    The network knows heads within some 45 degrees of upright; the whole picture and its parts are searched.
    """
    squares = _squares(pyramid.size_px, turn_rad)
    return _joined([candidate for square in squares for candidate in _look(pyramid, square)])


def _squares(size_px: tuple[int, int], turn_rad: float) -> list[Square]:
    width, height = size_px
    squares = [Square(np.array([width / 2, height / 2]), float(max(height, width)), turn_rad)]
    for share in _PART_SHARES:
        side = share * min(height, width)
        for row in _centres(height, side):
            squares += [Square(np.array([column, row]), side, turn_rad) for column in _centres(width, side)]
    return squares


def _centres(length: float, side: float) -> np.ndarray:
    """Middles of parts that cover a length and overlap by a half."""
    count = max(1, math.ceil(2 * (length - side) / side) + 1)
    return np.linspace(side / 2, length - side / 2, count)


def _look(pyramid: Pyramid, square: Square) -> list[Candidate]:
    scores, boxes = run("face_detection_short_range", 2 * cut(pyramid, square, _INPUT_PX) - 1)
    logits = np.clip(scores[:, 0], -50, 50)
    probable = np.flatnonzero(logits > -math.log(1 / _LEAST_SCORE - 1))
    found = []
    for index in probable:
        # Centre, size and six points (eyes, nose, mouth, ears), in pixels from the anchor.
        anchor = _ANCHORS[index] * _INPUT_PX
        side = float(max(boxes[index, 2:4])) * square.side_px / _INPUT_PX
        features = square.to_picture(boxes[index, 4:12].reshape(4, 2) + anchor, _INPUT_PX)
        score = 1 / (1 + math.exp(-logits[index]))
        found.append(Candidate(score, square.to_picture(boxes[index, :2] + anchor, _INPUT_PX), side, features))
    return found


def _joined(found: list[Candidate]) -> list[Candidate]:
    """Non-maximum suppression in which those that overlap vote for the place by their scores (the paper, section 4)."""
    found = sorted(found, key=lambda candidate: -candidate.score)
    joined = []
    while found:
        best = found[0]
        same = [other for other in found if other is best or _overlap(best, other) > _SAME_FACE]
        found = [other for other in found if not any(other is one for one in same)]
        weights = np.array([one.score for one in same]) / sum(one.score for one in same)
        centre = weights @ np.array([one.centre_px for one in same])
        side = float(weights @ [one.side_px for one in same])
        features = np.tensordot(weights, np.stack([one.features_px for one in same]), axes=1)
        joined.append(Candidate(best.score, centre, side, features))
    return joined


def _overlap(one: Candidate, other: Candidate) -> float:
    low = np.maximum(one.centre_px - one.side_px / 2, other.centre_px - other.side_px / 2)
    high = np.minimum(one.centre_px + one.side_px / 2, other.centre_px + other.side_px / 2)
    shared = float(np.prod(np.maximum(high - low, 0)))
    return shared / (one.side_px**2 + other.side_px**2 - shared)


def _anchors() -> np.ndarray:
    """Middles of the grid cells, 0 to 1, once for each of their anchors."""
    grids = []
    for cells, anchors in _GRIDS:
        steps = (np.arange(cells) + 0.5) / cells
        columns, rows = np.meshgrid(steps, steps)
        grids.append(np.repeat(np.stack([columns.ravel(), rows.ravel()], axis=1), anchors, axis=0))
    return np.concatenate(grids)


_ANCHORS = _anchors()
