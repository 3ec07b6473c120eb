"""Evidence: what depth and features say about a pixel's side, as log-odds."""

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from relens.matte.states import BACKGROUND, FOREGROUND, dilated

# No single source says more than this, and this is clear.
_MOST, _CLEAR = 3.0, 2.0
# A side's depth is a mean over this many reaches, and at least as uncertain as this (standard deviation of log-depth).
_AROUND_REACHES, _LEAST_SPREAD = 6.0, 0.02


def depth_evidence(
    inverse_depth: Float32[np.ndarray, "h w"],
    uncertainty: Float32[np.ndarray, "h w"] | None,
    states: UInt8[np.ndarray, "h w"],
    reach_px: float,
) -> tuple[Float32[np.ndarray, "h w"], Bool[np.ndarray, "h w"]]:
    """Log-odds that pixels lie as deep as the foreground around them, not the background; and where they clearly can't.

    Zero where depth is unknown, too unsure to tell, or the sides are equally far. Depth edges are soft: clear is what
    is clear all around, as far as the reach.

    inverse_depth: 1/m, NaN where unknown. uncertainty: one standard deviation of log-depth.
    """
    known = np.isfinite(inverse_depth)
    value = np.where(known, inverse_depth, 0).astype(np.float32)
    spread = np.full(value.shape, np.float32(_LEAST_SPREAD)) if uncertainty is None else uncertainty
    spread = np.maximum(np.where(known & np.isfinite(spread), spread, 1), _LEAST_SPREAD)
    sides = [_around(value, known & (states == side), _AROUND_REACHES * reach_px) for side in (FOREGROUND, BACKGROUND)]
    likely = []
    for mean, variance in sides:
        total = variance + (spread * np.maximum(value, mean)) ** 2 + 1e-12
        likely.append(-0.5 * ((value - mean) ** 2 / total + np.log(total)))
    odds = np.where(known & np.isfinite(likely[0] - likely[1]), likely[0] - likely[1], 0)
    evidence = np.clip(odds, -_MOST, _MOST).astype(np.float32)
    return evidence, ~dilated(evidence > -_CLEAR, round(reach_px))


def feature_evidence(
    features: Float32[np.ndarray, "h w c"], states: UInt8[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w"]:
    """Log-odds of the foreground by linear discrimination: both sides share one covariance of features."""
    front, rear = features[states == FOREGROUND], features[states == BACKGROUND]
    channels = features.shape[2]
    if min(len(front), len(rear)) <= channels:
        return np.zeros(states.shape, np.float32)
    means = front.mean(axis=0), rear.mean(axis=0)
    rest = np.concatenate([front - means[0], rear - means[1]]).astype(np.float64)
    covariance = rest.T @ rest / len(rest)
    covariance += (1e-3 * np.trace(covariance) / channels + 1e-12) * np.eye(channels)
    slope = np.linalg.solve(covariance, means[0] - means[1])
    odds = (features - (means[0] + means[1]) / 2) @ slope
    return np.clip(odds, -_MOST, _MOST).astype(np.float32)


def _around(
    value: Float32[np.ndarray, "h w"], there: Bool[np.ndarray, "h w"], spread_px: float
) -> tuple[Float32[np.ndarray, "h w"], Float32[np.ndarray, "h w"]]:
    """Mean and variance of the values nearby that are there; NaN where none is."""
    import cv2

    weight = there.astype(np.float32)
    sums = [cv2.GaussianBlur(plane, (0, 0), spread_px) for plane in (weight, weight * value, weight * value**2)]
    enough = sums[0] > 1e-4
    mean = np.divide(sums[1], sums[0], out=np.full_like(value, np.nan), where=enough)
    second = np.divide(sums[2], sums[0], out=np.full_like(value, np.nan), where=enough)
    return mean, np.maximum(second - mean**2, 0)
