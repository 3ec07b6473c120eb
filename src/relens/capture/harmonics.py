"""Spherical harmonics: the colour of splats from where they are seen."""

import numpy as np
from jaxtyping import Float, Float32, Float64


def colour_towards(sh: Float32[np.ndarray, "n k 3"], direction: Float64[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    """Colours of splats, 0.5 + harmonics and no less than 0, seen along unit directions from eye to splat.

    Convention: the real basis with the Condon-Shortley phase (the sign of x and y terms), as splats are trained.
    Source: Sloan, "Stupid Spherical Harmonics Tricks", 2008, appendix A2; Kerbl et al. 2023.
    """
    return np.maximum(0.5 + np.einsum("nk,nkc->nc", _basis(direction, sh.shape[1]), sh), 0)


def _basis(direction: Float64[np.ndarray, "n 3"], count: int) -> Float64[np.ndarray, "n k"]:
    x, y, z = direction.T
    basis = [np.full_like(x, np.sqrt(1 / (4 * np.pi)))]
    if count > 1:
        c = np.sqrt(3 / (4 * np.pi))
        basis += [-c * y, c * z, -c * x]
    if count > 4:
        c = np.sqrt(15 / (4 * np.pi))
        basis += [c * x * y, -c * y * z, np.sqrt(5 / (16 * np.pi)) * (3 * z * z - 1), -c * x * z,
                  c / 2 * (x * x - y * y)]  # fmt: skip
    if count > 9:
        a, b, c = np.sqrt(35 / (32 * np.pi)), np.sqrt(105 / (4 * np.pi)), np.sqrt(21 / (32 * np.pi))
        basis += [-a * y * (3 * x * x - y * y), b * x * y * z, -c * y * (5 * z * z - 1),
                  np.sqrt(7 / (16 * np.pi)) * z * (5 * z * z - 3), -c * x * (5 * z * z - 1),
                  b / 2 * z * (x * x - y * y), -a * x * (x * x - 3 * y * y)]  # fmt: skip
    return np.stack(basis, axis=1)
