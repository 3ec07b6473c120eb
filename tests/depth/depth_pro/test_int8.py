import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from relens.depth.depth_pro.int8 import quantised  # noqa: E402


def _quantised(linear):
    with torch.inference_mode():
        weight = torch.nn.Parameter(quantised(linear, linear.weight), requires_grad=False)
        linear.weight = weight
    return linear


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.floats(1e-3, 1e3), st.booleans())
def test_rounding_is_all_that_is_lost(seed: int, size: float, with_bias: bool) -> None:
    generator = torch.Generator().manual_seed(seed)
    linear = torch.nn.Linear(32, 24, bias=with_bias)
    torch.nn.init.normal_(linear.weight, generator=generator)
    inputs = size * torch.randn(2, 17, 32, generator=generator)
    with torch.inference_mode():
        exact = linear(inputs)
        weight = linear.weight.clone()
        got = _quantised(linear)(inputs)
    # Half a step of each factor, times the greatest of the other, for each of 32 terms.
    input_step = inputs.abs().amax(-1, keepdim=True) / 127
    weight_step = weight.abs().amax(1) / 127
    bound = 32 * (0.5 * input_step * weight.abs().amax(1) + 0.5 * weight_step * inputs.abs().amax(-1, keepdim=True))
    assert linear.weight.dtype == torch.int8
    assert got.shape == exact.shape
    assert ((got - exact).abs() <= 1.05 * bound).all()
    assert (got - exact).norm() < 0.05 * exact.norm()


def test_tokens_of_nought_and_weights_of_nought_stay_so() -> None:
    linear = torch.nn.Linear(16, 8, bias=False)
    with torch.inference_mode():
        linear.weight[3] = 0
        got = _quantised(linear)(torch.stack((torch.zeros(16), torch.ones(16))))
    assert (got[0] == 0).all()
    assert (got[:, 3] == 0).all()
    assert np.isfinite(got.numpy()).all()
