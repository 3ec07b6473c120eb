import numpy as np
import pytest

torch = pytest.importorskip("torch")
from posed_scene import posed_set  # noqa: E402

from relens.multiview.surface.guide import Guide  # noqa: E402
from relens.multiview.surface.ray_bank import RayBank  # noqa: E402


@pytest.fixture(scope="module")
def bank():
    return RayBank.of(posed_set(count=3, width_px=24), torch.device("cpu"))


def learned(bank):
    guide = Guide(bank, 0.4)
    pixel = torch.arange(0, bank.pixels // 2)
    guide.learn(pixel, (torch.div(pixel, 24 * 4, rounding_mode="floor") % 3 == 0).float() + 0.01)
    return guide


def test_rays_go_through_their_pixels(bank):
    photos = posed_set(count=3, width_px=24).fitted
    pixel = torch.tensor([0, 30, 24 * 18 + 5, 3 * 24 * 18 - 1])
    eyes, ways, cosine = bank.rays(pixel)
    for index, number in enumerate(pixel.tolist()):
        camera = photos[number // (24 * 18)].camera
        inside = number % (24 * 18)
        at = camera.project(eyes[index : index + 1].double().numpy() + 3 * ways[index : index + 1].double().numpy())[0]
        assert at[:2] == pytest.approx([inside % 24 + 0.5, inside // 24 + 0.5], abs=1e-4)
        assert 1 / at[2] == pytest.approx(3 * float(cosine[index]), rel=1e-5)


def test_chances_are_a_distribution_with_a_uniform_share(bank):
    chances = learned(bank).chances()
    assert float(chances.sum()) == pytest.approx(1, abs=1e-5)
    assert float(chances.min()) >= 0.4 / bank.pixels


def test_weighted_means_are_unbiased(bank):
    """A mean over guided rays is that over all pixels: within 4 standard errors, so 1 fit in 16,000 would fail."""
    guide, generator = learned(bank), torch.Generator().manual_seed(0)
    thing = 0.1 * torch.sin(torch.arange(bank.pixels) * 0.37) + guide.chances() * bank.pixels
    pixel, weight = guide.draw(200_000, True, generator)
    sample = (thing[pixel] * weight).double()
    error = float(sample.std()) / np.sqrt(len(sample))
    assert abs(float(sample.mean() - thing.double().mean())) < 4 * error
    assert abs(float(thing[pixel].double().mean() - thing.double().mean())) > 8 * error  # unweighted it is biased
    assert float(weight.max()) <= 1 / 0.4 + 1e-3


def test_draws_follow_the_chances(bank):
    """Chi square of 200,000 draws: a quantile of 0.9999 by Wilson and Hilferty's cube."""
    guide = learned(bank)
    pixel, _ = guide.draw(200_000, True, torch.Generator().manual_seed(3))
    expected = guide.chances().double() * 200_000
    counts = torch.bincount(pixel, minlength=bank.pixels).double()
    chi2, freedom = float(((counts - expected).square() / expected).sum()), bank.pixels - 1
    assert chi2 < freedom * (1 - 2 / (9 * freedom) + 3.72 * np.sqrt(2 / (9 * freedom))) ** 3


def test_unsure_pixels_get_more_rays(bank):
    guide = Guide(bank, 0.5)
    guide.learn(torch.arange(bank.pixels), torch.full((bank.pixels,), 0.01))
    for _ in range(20):
        guide.learn(torch.tensor([100]), torch.tensor([1.0]))
    chances = guide.chances()
    assert float(chances[100]) > 20 * float(chances.median())
    pixel, weight = guide.draw(5, False, torch.Generator().manual_seed(0))
    assert torch.equal(weight, torch.ones(5)) and len(pixel) == 5
