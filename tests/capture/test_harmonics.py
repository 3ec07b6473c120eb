import numpy as np
import pytest

from relens.capture.harmonics import colour_towards


def _sphere(count=200_000):
    """Directions that share the sphere out evenly."""
    at = np.arange(count) + 0.5
    z, turn = 1 - 2 * at / count, at * np.pi * (3 - np.sqrt(5))
    return np.column_stack([np.sqrt(1 - z * z) * np.cos(turn), np.sqrt(1 - z * z) * np.sin(turn), z])


def test_the_basis_is_orthonormal():
    direction = _sphere(20_000)
    basis = np.empty((len(direction), 16))
    for number in range(16):
        sh = np.zeros((len(direction), 16, 3), np.float32)
        sh[:, number] = 1e-2  # small, that nothing falls below 0
        basis[:, number] = (colour_towards(sh, direction)[:, 0] - 0.5) / 1e-2
    product = basis.T @ basis * (4 * np.pi / len(direction))
    np.testing.assert_allclose(product, np.eye(16), atol=2e-3)


# As trained splats have it: coefficients 1, 2, 3 weigh -y, z, -x of the direction from the eye to the splat.
@pytest.mark.parametrize(("number", "axis", "sign"), [(1, 1, -1), (2, 2, 1), (3, 0, -1)])
def test_degree_one_grows_along_its_axis(number, axis, sign):
    sh = np.zeros((2, 4, 3), np.float32)
    sh[:, number] = 0.5
    direction = np.eye(3)[[axis, axis]] * [[1], [-1]]
    ahead, back = colour_towards(sh, direction)[:, 0]
    assert ahead - 0.5 == pytest.approx(sign * 0.5 * np.sqrt(3 / (4 * np.pi)), abs=1e-6)
    assert ahead + back == pytest.approx(1, abs=1e-6)


# The reference's signs where a term is at its most: degree 2 and 3 along chosen directions.
@pytest.mark.parametrize(
    ("number", "direction", "expected"),
    [
        (4, (1, 1, 0), 1.0925484305920792 * 0.5),
        (5, (0, 1, 1), -1.0925484305920792 * 0.5),
        (6, (0, 0, 1), 0.31539156525252005 * 2),
        (7, (1, 0, 1), -1.0925484305920792 * 0.5),
        (8, (1, 0, 0), 0.5462742152960396),
        (9, (0, 1, 0), 0.5900435899266435),
        (10, (1, 1, 1), 2.890611442640554 / 3**1.5),
        (11, (0, 1, 1), -0.4570457994644658 * 1.5 * 0.5**0.5),
        (12, (0, 0, 1), 0.3731763325901154 * 2),
        (13, (1, 0, 1), -0.4570457994644658 * 1.5 * 0.5**0.5),
        (14, (1, 0, 1), 1.445305721320277 * 0.5**1.5),
        (15, (1, 0, 0), -0.5900435899266435),
    ],
)
def test_higher_degrees_have_the_reference_signs(number, direction, expected):
    sh = np.zeros((1, 16, 3), np.float32)
    sh[:, number] = 0.25
    towards = np.array([direction], float) / np.linalg.norm(direction)
    assert colour_towards(sh, towards)[0, 0] == pytest.approx(0.5 + 0.25 * expected, abs=1e-6)


def test_colours_never_fall_below_black():
    assert colour_towards(np.full((1, 1, 3), -9, np.float32), np.array([[0, 0, 1.0]])).min() == 0
