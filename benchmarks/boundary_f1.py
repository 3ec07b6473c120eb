"""Boundary accuracy of depth as the Depth Pro paper (Bochkovskii et al., arXiv 2410.02073) and its code define it.

The code is depth_pro/eval/boundary_metrics.py in github.com/apple/ml-depth-pro; the scores here equal its own. A pixel
occludes its neighbour when it is nearer by more than a ratio t. Scores are means over ten ratios from 1.05 to 1.25,
weighted by t - so they depend on no scale, but on every pixel's place: an edge off by one pixel counts as missed.
"""

import numpy as np

# 5 to 25 %, the greater the heavier.
_RATIOS = np.linspace(1.05, 1.25, 10)
_WEIGHTS = _RATIOS / _RATIOS.sum()
# Apple's evaluation calls everything from this alpha up the subject.
_ALPHA = 0.1


def boundary_f1(predicted: np.ndarray, truth: np.ndarray) -> float:
    """F1 of the occlusions between neighbours of two inverse depths, both (h, w) of any scale.

    Pixels where either is NaN (unknown) take no part.
    """
    score = 0.0
    for ratio, weight in zip(_RATIOS, _WEIGHTS, strict=True):
        both = precision = recall = 0.0
        for got, wanted in zip(_ratios(predicted), _ratios(truth), strict=True):
            comparable = ~(np.isnan(got) | np.isnan(wanted))
            found, true = (got > ratio) & comparable, (wanted > ratio) & comparable
            both = np.count_nonzero(found & true)
            precision += 0.25 * both / max(np.count_nonzero(found), 1)
            recall += 0.25 * both / max(np.count_nonzero(true), 1)
        if precision + recall > 0:
            score += weight * 2 * precision * recall / (precision + recall)
    return float(score)


def boundary_recall(predicted: np.ndarray, alpha: np.ndarray) -> float:
    """The part of a matte's outline (h, w) along which inverse depth (h, w) falls from the inside to the outside.

    A ramp counts once, where it is steepest, so that a soft edge is not found by being everywhere.
    """
    inside = alpha > _ALPHA
    outline = (
        inside[:, :-1] & ~inside[:, 1:],
        inside[:-1] & ~inside[1:],
        inside[:, 1:] & ~inside[:, :-1],
        inside[1:] & ~inside[:-1],
    )
    score = 0.0
    for ratio, weight in zip(_RATIOS, _WEIGHTS, strict=True):
        recall = 0.0
        for along_rows, steps, line in zip((True, False, True, False), _ratios(predicted), outline, strict=True):
            found = _steepest(steps, ratio) if along_rows else _steepest(steps.T, ratio).T
            recall += 0.25 * np.count_nonzero(found & line) / max(np.count_nonzero(line), 1)
        score += weight * recall
    return float(score)


def _ratios(inverse: np.ndarray) -> tuple[np.ndarray, ...]:
    """How much nearer each pixel is than its right, lower, left and upper neighbour, as Apple's code orders them."""
    floored = np.maximum(np.asarray(inverse, np.float64), 1e-6)
    left, right, top, bottom = floored[:, :-1], floored[:, 1:], floored[:-1], floored[1:]
    return left / right, top / bottom, right / left, bottom / top


def _steepest(steps: np.ndarray, ratio: float) -> np.ndarray:
    """The first greatest step of every run, along a row, of steps over the ratio."""
    found = np.zeros(steps.shape, bool)
    over = steps > ratio
    starts = over & ~np.pad(over, ((0, 0), (1, 0)))[:, :-1]
    run = np.cumsum(starts.ravel()).reshape(over.shape)
    rows, columns = np.nonzero(over)
    if rows.size == 0:
        return found
    # Sorted by run, then by falling step; the sort is stable, so the first of equals stays first.
    order = np.lexsort((-steps[rows, columns], run[rows, columns]))
    _, first = np.unique(run[rows, columns][order], return_index=True)
    best = order[first]
    found[rows[best], columns[best]] = True
    return found
