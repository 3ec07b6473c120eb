"""rigid gives back any rigid transform, and the nearest rotation to a rounded one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.errors import ValueRangeError
from relens.path.rigid import rigid
from relens.rotation import exp_so3

NUMBERS = st.floats(-3, 3)


def pose(vector, eye):
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = exp_so3(np.array(vector)), eye
    return matrix


@given(st.tuples(*[NUMBERS] * 3), st.tuples(*[NUMBERS] * 3))
def test_rounded_to_five_digits_it_stays_a_rotation(vector, eye):
    exact = pose(vector, eye)
    for rows in (4, 3):
        found = rigid("pose", np.round(exact[:rows], 5).tolist())
        np.testing.assert_allclose(found[:3, :3] @ found[:3, :3].T, np.eye(3), atol=1e-12)
        np.testing.assert_allclose(found, exact, atol=2e-5)


@given(st.tuples(*[NUMBERS] * 3), st.sampled_from([0.5, 0.999, 1.001, -1.0]))
def test_what_scales_or_mirrors_is_refused(vector, scale):
    matrix = pose(vector, (0, 0, 0))
    matrix[:3, :3] *= scale
    with pytest.raises(ValueRangeError, match=r"pose=scaled, skewed or mirrored: expected an orthonormal"):
        rigid("pose", matrix.ravel().tolist())


def test_the_last_row_is_0_0_0_1():
    matrix = np.eye(4)
    matrix[3, 0] = 0.1
    with pytest.raises(ValueRangeError, match=r"pose last row=\[0\.1, 0\.0, 0\.0, 1\.0\]"):
        rigid("pose", matrix)
