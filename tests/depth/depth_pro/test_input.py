import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from relens.depth.depth_pro.input import network_input  # noqa: E402
from relens.photo import srgb_decode  # noqa: E402


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_equals_what_the_published_ways_do_to_eight_bits(height: int, width: int, seed: int) -> None:
    eight_bits = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    # Apple: ToTensor, Normalize(0.5, 0.5), interpolate. The port: the same, with its rescaling by 1/255.
    normalised = (torch.from_numpy(eight_bits).permute(2, 0, 1)[None].float() / 255 - 0.5) / 0.5
    expected = torch.nn.functional.interpolate(normalised, size=(24, 24), mode="bilinear", align_corners=False)[0]
    given_photo = srgb_decode((eight_bits / 255).astype(np.float32))
    np.testing.assert_allclose(network_input(given_photo, 24), expected.numpy(), rtol=0, atol=2.4e-7)


def test_colours_that_no_file_of_eight_bits_can_hold_are_clipped() -> None:
    photo = np.array([[[-0.5, 0.0, 1.0], [4.0, 1e-9, 0.9999999]]], np.float32)
    got = network_input(photo, 2)
    assert (got.min(), got.max()) == (-1.0, 1.0)
    np.testing.assert_array_equal(got[:, 0], [[-1, 1], [-1, -1], [1, 1]])


def test_the_aspect_is_squashed_and_nothing_is_cropped() -> None:
    ramp = np.broadcast_to(np.linspace(0, 1, 64, dtype=np.float32)[None, :, None], (16, 64, 3)).copy()
    got = network_input(ramp, 32)
    assert got.shape == (3, 32, 32)
    assert got[0, 0, 0] < -0.8
    assert got[0, 0, -1] > 0.95
    np.testing.assert_allclose(got[:, 0], got[:, -1], atol=1e-6)
