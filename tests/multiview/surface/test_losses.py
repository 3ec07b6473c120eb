from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from posed_scene import posed_set  # noqa: E402

from relens.multiview.surface.losses import surface_loss  # noqa: E402
from relens.multiview.surface.settings import SurfaceSettings  # noqa: E402
from relens.multiview.surface.training import Training  # noqa: E402

SETTINGS = SurfaceSettings(
    steps=10, rays=64, coarse_samples=32, fine_samples=16, sdf_cells=(16, 32), colour_cells=(8,), uncertainty_cells=(8,)
)
PRIORS = ("depth", "normal")


@pytest.fixture(scope="module")
def training():
    return Training(posed_set(count=3, width_px=24), SETTINGS, torch.device("cpu"))


def rendered(training, settings, doubt, step=9):
    """A batch whose rays are unsure where `doubt` says, after the start."""
    field = training.field
    pixel = torch.arange(settings.rays) * 17
    origins, ways, cosine = training.bank.rays(pixel)
    out = field.render(origins, ways, settings, step)
    out = replace(out, depth_uncertainty=doubt, normal_uncertainty=10 * doubt)
    target = training.bank.target(pixel, cosine, torch.ones(settings.rays))
    return out, target


def test_unsure_pixels_give_geometry_no_gradient(training):
    doubt = torch.full((64,), 0.01, requires_grad=True)
    sure, target = rendered(training, SETTINGS, doubt)
    target = replace(target, inverse_depth=target.inverse_depth * 1.3)
    terms = surface_loss(sure, target, training.field, SETTINGS, 9)
    trained = torch.autograd.grad(terms["depth"], sure.distance, retain_graph=True)[0]
    assert int((trained[:32] != 0).sum()) > 20, "the first half trains geometry"
    assert bool((trained[32:] == 0).all()), "the second half holds it"

    unsure, _ = rendered(training, SETTINGS, torch.full((64,), 0.2))
    terms = surface_loss(unsure, target, training.field, SETTINGS, 9)
    for name in PRIORS:
        assert float(terms[name]) == 0
    starting = surface_loss(unsure, target, training.field, SETTINGS, 0)
    assert float(starting["depth"]) > 0.01, "the start phase takes the priors as they are"


def test_uncertainties_learn_from_the_second_half_alone(training):
    doubt = torch.full((64,), 0.02, requires_grad=True)
    out, target = rendered(training, SETTINGS, doubt)
    terms = surface_loss(out, target, training.field, SETTINGS, 9)
    assert torch.autograd.grad(terms["depth_doubt"], out.distance, retain_graph=True, allow_unused=True)[0] is None
    slope = torch.autograd.grad(terms["depth_doubt"], doubt)[0]
    assert bool((slope[:32] == 0).all()) and bool((slope[32:] != 0).any())


@pytest.mark.parametrize("residual", [0.02, 0.1, 0.4])
def test_the_best_uncertainty_is_the_residual(residual):
    doubt = torch.linspace(0.01, 1, 1000)
    assert float(doubt[(doubt.log() + residual / doubt).argmin()]) == pytest.approx(residual, abs=1e-3)


def test_switches(training):
    out, target = rendered(training, SETTINGS, torch.full((64,), 0.2))
    plain = surface_loss(out, target, training.field, replace(SETTINGS, learns_uncertainty=False), 9)
    assert float(plain["depth"]) > 0 and "depth_doubt" not in plain, "without uncertainty unsure priors train, too"
    bare = surface_loss(out, target, training.field, replace(SETTINGS, uses_priors=False), 9)
    assert set(bare) == {"colour", "eikonal", "smooth"}
    masked = surface_loss(out, target, training.field, SETTINGS, 9)
    everywhere = surface_loss(out, target, training.field, replace(SETTINGS, masks_smoothness=False), 9)
    assert float(masked["smooth"]) == 0 and float(everywhere["smooth"]) > 0


def test_colours_outside_the_mask_do_not_count(training):
    out, target = rendered(training, SETTINGS, torch.full((64,), 0.02))
    subject = torch.from_numpy(np.arange(64) % 2).float()
    black = replace(target, subject=subject, colour=torch.where(subject[:, None] > 0, target.colour, 9.0))
    terms = surface_loss(out, black, training.field, SETTINGS, 9)
    other = surface_loss(out, replace(black, colour=target.colour), training.field, SETTINGS, 9)
    assert torch.equal(terms["colour"], other["colour"]) and float(terms["mask"]) > 0
