"""Estimate: what an engine has gathered, and how sure it is."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Int32

# Rec. 709 luminance.
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
# Parts of a block of samples whose means are compared to tell the error of the whole.
REPLICATES = 4


@dataclass(frozen=True)
class Estimate:
    """The mean over lens samples, pixel by pixel.

    Attributes:
        rgba: (h, w, 4) mean radiance and coverage, linear light, premultiplied.
        count: (h, w) lens samples that each pixel got; 0 where it was left out.
        variance: (h, w) variance of the mean's luminance, from replicates: the block's four consecutive quarters, each
            spread over the whole pupil, are compared. Together they are spread better still, so it errs on the safe
            side.
    """

    rgba: Float32[np.ndarray, "h w 4"]
    count: Int32[np.ndarray, "h w"]
    variance: Float32[np.ndarray, "h w"]


def merged(one: Estimate, other: Estimate) -> Estimate:
    """Both estimates as one: means weighted by their samples, variances of independent means added."""
    count = one.count + other.count
    share = np.divide(other.count, count, out=np.zeros(count.shape, np.float32), where=count > 0)
    rgba = one.rgba + (other.rgba - one.rgba) * share[..., None]
    # What an estimate that took no sample says of its error does not count, infinite as it may be.
    of_one = np.where(one.count > 0, one.variance, np.float32(0)) * np.square(1 - share)
    of_other = np.where(other.count > 0, other.variance, np.float32(0)) * np.square(share)
    variance = np.where(count > 0, of_one + of_other, np.float32(np.inf))
    return Estimate(rgba, count, variance)


def estimate_of(light: Float[np.ndarray, "r h w 4"], weight: Float[np.ndarray, "r h w 4"], count: int) -> Estimate:
    """The estimate from sums of weighted light and of weights, one of each for every replicate.

    The mean is taken over the part of the pupil that a pixel sees. The variance is infinite where no two replicates
    can be compared.
    """
    mean = light.sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-12)
    with np.errstate(invalid="ignore", divide="ignore"):
        luminance = (light[..., :3] / weight[..., :3]) @ LUMINANCE
    replicates = np.isfinite(luminance).sum(axis=0)
    variance = np.full(replicates.shape, np.inf)
    several = replicates > 1
    variance[several] = np.nanvar(luminance[:, several], axis=0, ddof=1) / replicates[several]
    return Estimate(mean.astype(np.float32), np.full(variance.shape, count, np.int32), variance.astype(np.float32))
