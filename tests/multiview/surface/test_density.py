import pytest

torch = pytest.importorskip("torch")
from hypothesis import given  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from relens.multiview.surface.density import (  # noqa: E402
    curvature_along,
    laplace_density,
    stretch_along,
    weights_of,
)

BETA = torch.tensor(0.01)
AT = torch.linspace(0, 2, 2001)[None]


def peaks(sdf, cosine):
    """Where the weights' peak and mean are, without and with the correction."""
    found = []
    for corrects in (False, True):
        stretch = stretch_along(sdf, cosine, curvature_along(cosine, AT, 1e3)) if corrects else 1.0
        weights = weights_of(laplace_density(sdf * stretch, BETA), AT)
        found.append((float(AT[0, weights.argmax()]), float((weights * AT).sum() / weights.sum())))
    return found


@pytest.mark.parametrize("cosine", [0.1, 0.2, 0.35, 1.0])
def test_the_weights_of_a_plane_peak_at_it_however_it_is_slanted(cosine):
    (plain, _), (corrected, mean) = peaks((1 - AT) * cosine, torch.full_like(AT, -cosine))
    assert abs(corrected - 1) < 0.5 * BETA and abs(mean - 1) < 1.5 * BETA
    if cosine < 0.3:
        assert plain < 1 - 2 * BETA  # far before it


@pytest.mark.parametrize("cosine", [0.1, 0.3, 0.7])
def test_the_weights_of_a_thin_cylinder_peak_at_it(cosine):
    radius = 0.03
    passes = radius * (1 - cosine**2) ** 0.5
    across = ((AT - 1).square() + passes**2).sqrt()
    true = 1 - radius * cosine
    (plain, plain_mean), (corrected, mean) = peaks(across - radius, (AT - 1) / across)
    assert abs(corrected - true) < 0.5 * BETA and abs(mean - true) < 0.5 * BETA
    assert abs(plain_mean - true) > 0.5 * BETA or cosine > 0.5
    assert plain < true - 0.25 * BETA or cosine > 0.5


@given(st.floats(0.05, 1), st.floats(0.01, 2), st.floats(-0.5, 0.9), st.floats(0.1, 0.9))
def test_the_stretch_is_the_way_to_the_circle(cosine, distance, bend, share):
    """Against the circle itself: the ray's first root, or where it passes nearest."""
    curvature = bend / distance
    stretch = float(
        stretch_along(*(torch.tensor([[value]], dtype=torch.float64) for value in (distance, -cosine, curvature)))
    )
    if abs(curvature) < 1e-6:
        expected = 1 / cosine
    else:
        middle, radius = 1 / curvature, 1 / curvature - distance
        under = (middle * cosine) ** 2 - middle**2 + radius**2
        if under >= 0:
            expected = min(abs(middle * cosine - under**0.5), abs(middle * cosine + under**0.5)) / distance
        else:
            clearance = middle * (1 - cosine**2) ** 0.5 - radius
            expected = ((middle * cosine) ** 2 + clearance**2) ** 0.5 / distance
    assert stretch == pytest.approx(min(expected, 12.0), rel=2e-2)


def test_curvature_of_a_cylinder():
    across = ((AT - 1).square() + 0.04**2).sqrt()
    curvature = curvature_along((AT - 1) / across, AT, 1e3)
    near = (AT[0] - 1).abs() < 0.1
    assert torch.allclose(curvature[0, near], 1 / across[0, near], rtol=2e-2)


def test_density_is_the_laplace_distribution():
    assert float(laplace_density(torch.tensor([0.0]), BETA)) == pytest.approx(50)
    assert float(laplace_density(torch.tensor([-1.0]), BETA)) == pytest.approx(100)
    assert float(laplace_density(torch.tensor([0.02]), BETA)) == pytest.approx(50 * 2.718281828**-2, rel=1e-5)


def test_weights_are_shares_of_the_light():
    weights = weights_of(torch.rand(20, 30, generator=torch.Generator().manual_seed(1)) * 3, AT[:, :30].expand(20, -1))
    assert bool((weights >= 0).all()) and bool((weights.sum(-1) <= 1).all())
    fog = weights_of(torch.full((1, 2001), 1.5), AT)
    assert float(fog.sum()) == pytest.approx(1 - 2.718281828**-3, rel=1e-3)
