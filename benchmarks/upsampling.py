"""Well-known ways to bring depth to a photo's grid, each in a few lines, to stand beside relens."""

import cv2
import numpy as np


def nearest(inverse: np.ndarray, guide: np.ndarray) -> np.ndarray:
    """Each pixel the nearest sample."""
    return cv2.resize(inverse, guide.shape[1::-1], interpolation=cv2.INTER_NEAREST)


def bilinear(inverse: np.ndarray, guide: np.ndarray) -> np.ndarray:
    """Straight between samples."""
    return cv2.resize(inverse, guide.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def joint_bilateral(inverse: np.ndarray, guide: np.ndarray, colour_deviation: float = 0.08) -> np.ndarray:
    """Kopf et al., "Joint bilateral upsampling", 2007: means of 5x5 samples, weighted by distance and colour.

    guide: (h, w, 3), 0 to 1. A map of the guide's own size is reduced by two first.
    """
    height, width = guide.shape[:2]
    if inverse.shape == (height, width):
        inverse = cv2.resize(inverse, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    rows, columns = inverse.shape
    low_guide = cv2.resize(guide, (columns, rows), interpolation=cv2.INTER_AREA)
    y = ((np.arange(height) + 0.5) * rows / height - 0.5)[:, None]
    x = ((np.arange(width) + 0.5) * columns / width - 0.5)[None]
    total, weights = np.zeros((height, width)), np.zeros((height, width))
    for down in range(-2, 3):
        for across in range(-2, 3):
            row, column = np.rint(y).astype(int) + down, np.rint(x).astype(int) + across
            sample = np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)
            distance = (row - y) ** 2 + (column - x) ** 2
            colour = ((guide - low_guide[sample]) ** 2).sum(axis=-1)
            weight = np.exp(-distance / 2 - colour / (2 * colour_deviation**2)) + 1e-12
            total, weights = total + weight * inverse[sample], weights + weight
    return (total / weights).astype(np.float32)


def guided_filter(inverse: np.ndarray, guide: np.ndarray, ridge: float = 1e-4) -> np.ndarray:
    """He, Sun, Tang, "Guided image filtering", 2013: in every window an affine function of the guide's brightness.

    guide: (h, w, 3), 0 to 1. The window reaches twice the map's spacing, at least 4 pixels.
    """
    plane = bilinear(inverse, guide).astype(np.float64)
    grey = guide.mean(axis=-1).astype(np.float64)
    reach = max(round(2 * guide.shape[0] / inverse.shape[0]), 4)

    def mean(values: np.ndarray) -> np.ndarray:
        return cv2.boxFilter(values, -1, (2 * reach + 1, 2 * reach + 1), borderType=cv2.BORDER_REFLECT)

    mean_grey, mean_plane = mean(grey), mean(plane)
    slope = (mean(grey * plane) - mean_grey * mean_plane) / (mean(grey**2) - mean_grey**2 + ridge)
    return np.maximum(mean(slope) * grey + mean(mean_plane - slope * mean_grey), 1e-6).astype(np.float32)


METHODS = {"nearest": nearest, "bilinear": bilinear, "joint bilateral": joint_bilateral, "guided filter": guided_filter}
