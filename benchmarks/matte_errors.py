"""Errors of a matte against the truth, as the alpha matting benchmark counts them."""

import cv2
import numpy as np

# The benchmark's: the width of the gradient's Gaussian, connectivity's levels, and what it forgives.
_SPREAD_PX, _LEVELS, _FORGIVEN = 1.4, 10, 0.15


def matte_errors(alpha: np.ndarray, truth: np.ndarray, where: np.ndarray) -> dict[str, float]:
    """SAD, gradient and connectivity errors in thousands, MAD in thousandths, of the pixels `where`.

    Source: Rhemann et al., "A Perceptually Motivated Online Benchmark for Image Matting", CVPR 2009, section 4.
    """
    off = np.abs(alpha - truth)[where].astype(np.float64)
    return {
        "SAD": float(off.sum() / 1e3),
        "MAD": float(off.mean() * 1e3),
        "grad": float(((_gradient(alpha) - _gradient(truth))[where] ** 2).sum(dtype=np.float64) / 1e3),
        "conn": float(_disconnection(alpha, truth)[where].sum(dtype=np.float64) / 1e3),
    }


def _gradient(alpha: np.ndarray) -> np.ndarray:
    """The magnitude of the gradient of a Gaussian, its taps' squares summing to 1 as the benchmark has them."""
    reach = int(np.ceil(_SPREAD_PX * np.sqrt(-2 * np.log(np.sqrt(2 * np.pi) * _SPREAD_PX * 1e-2))))
    at = np.arange(-reach, reach + 1)
    bell = np.exp(-(at**2) / (2 * _SPREAD_PX**2)) / (_SPREAD_PX * np.sqrt(2 * np.pi))
    slope = -at * bell / _SPREAD_PX**2
    bell, slope = bell / np.linalg.norm(bell), slope / np.linalg.norm(slope)
    across = cv2.sepFilter2D(alpha, cv2.CV_32F, slope, bell, borderType=cv2.BORDER_REPLICATE)
    down = cv2.sepFilter2D(alpha, cv2.CV_32F, bell, slope, borderType=cv2.BORDER_REPLICATE)
    return np.hypot(across, down)


def _disconnection(alpha: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The difference of how connected each pixel is with what is fully opaque in both."""
    level = np.full(alpha.shape, -1.0, np.float32)
    for step in range(1, _LEVELS + 1):
        both = (np.minimum(alpha, truth) >= step / _LEVELS).astype(np.uint8)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(both, connectivity=4)
        areas = stats[1:, cv2.CC_STAT_AREA]
        largest = labels == 1 + int(areas.argmax()) if len(areas) else np.zeros(alpha.shape, bool)
        level[~largest & (level < 0)] = (step - 1) / _LEVELS
    level[level < 0] = 1

    def connected(plane: np.ndarray) -> np.ndarray:
        beyond = plane - level
        return 1 - beyond * (beyond >= _FORGIVEN)

    return np.abs(connected(alpha) - connected(truth))
