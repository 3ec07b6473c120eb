"""Only kernels that are first called inside are compiled with superwords, and numba's setting is put back."""

import numba
import numpy as np
import pytest
from numba.core import config

from relens.render.cpu_superwords import superwords


def _kernel():
    # A function of its own, so that nothing is compiled yet.
    @numba.njit
    def doubled(values, out):
        out[0], out[1] = 2 * values[0], 2 * values[1]
        out[2], out[3] = 2 * values[2], 2 * values[3]

    return doubled


def test_a_kernel_first_called_inside_is_compiled_so():
    kernel, out = _kernel(), np.zeros(4, np.float32)
    with superwords(kernel):
        assert config.SLP_VECTORIZE == 1
        kernel(np.arange(4, dtype=np.float32), out)
    np.testing.assert_array_equal(out, [0, 2, 4, 6])
    assert config.SLP_VECTORIZE == 0
    with superwords(kernel):
        assert config.SLP_VECTORIZE == 0


def test_the_setting_is_put_back():
    with pytest.raises(RuntimeError), superwords(_kernel()):
        raise RuntimeError
    assert config.SLP_VECTORIZE == 0


def test_without_compiling_nothing_is_set():
    with superwords(print):
        assert config.SLP_VECTORIZE == 0
