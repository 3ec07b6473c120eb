import numpy as np
import pytest

torch = pytest.importorskip("torch")
from relens.multiview.surface.adam import TouchedAdam, _step_touched  # noqa: E402
from relens.multiview.surface.grid import read_features, read_sdf, read_sdf_values  # noqa: E402
from relens.multiview.surface.grid_layout import GridLayout  # noqa: E402
from relens.multiview.surface.grid_reference import features_reference, sdf_reference  # noqa: E402

LAYOUT = GridLayout((1.0, 0.7, 0.45), (4, 9))
SHOWN = (1.0, 0.6)


def drawn(count, seed=0):
    generator = torch.Generator().manual_seed(seed)
    # Some lie outside, as the ends of rays do by rounding.
    return torch.rand(count, 3, generator=generator) * 1.1 - 0.05, generator


def test_kernels_are_the_reference():
    places, generator = drawn(5000)
    grid = torch.randn(LAYOUT.count, generator=generator, requires_grad=True)
    ways = torch.randn(len(places), generator=generator), torch.randn(len(places), 3, generator=generator)
    found = []
    for read in (read_sdf, sdf_reference):
        value, gradient = read(LAYOUT, grid, places, SHOWN)
        (back,) = torch.autograd.grad((value * ways[0]).sum() + (gradient * ways[1]).sum(), grid)
        found.append((value.detach(), gradient.detach(), back))
    for mine, reference in zip(*found, strict=True):
        assert torch.allclose(mine, reference, atol=2e-3, rtol=1e-4)
    assert torch.equal(found[0][0], read_sdf_values(LAYOUT, grid, places, SHOWN))


def test_feature_kernels_are_the_reference():
    places, generator = drawn(5000)
    grid = torch.randn(LAYOUT.count, 3, generator=generator, requires_grad=True)
    way = torch.randn(len(places), 2, 3, generator=generator)
    found = []
    for read in (read_features, features_reference):
        features = read(LAYOUT, grid, places)
        (back,) = torch.autograd.grad((features * way).sum(), grid)
        found.append((features.detach(), back))
    for mine, reference in zip(*found, strict=True):
        assert torch.allclose(mine, reference, atol=2e-3, rtol=1e-4)


def test_the_gradient_is_that_of_finite_differences():
    layout = GridLayout((1.0, 1.0, 1.0), (3, 5))
    grid = torch.randn(layout.count, generator=torch.Generator().manual_seed(1))
    # Away from the cells' faces, where the gradient jumps.
    places = (torch.floor(torch.rand(200, 3, generator=torch.Generator().manual_seed(2)) * 14) + 0.5) / 15
    _, gradient = read_sdf(layout, grid, places, (1.0, 1.0))
    for axis in range(3):
        step = torch.zeros(3)
        step[axis] = 4e-3
        ahead, behind = (read_sdf_values(layout, grid, places + way * step, (1.0, 1.0)) for way in (1, -1))
        assert torch.allclose(gradient[:, axis], (ahead - behind) / 8e-3, atol=2e-3)


def test_a_linear_distance_is_read_exactly():
    layout = GridLayout((1.0, 0.5, 0.25), (8,))
    x, y, z = np.meshgrid(*(np.arange(count) / 8 for count in layout.shape(0)), indexing="ij")
    grid = torch.from_numpy((2 * x - y + 0.5 * z).astype(np.float32)).flatten()
    places = torch.rand(100, 3, generator=torch.Generator().manual_seed(0)) * torch.tensor(layout.extent)
    value, gradient = read_sdf(layout, grid, places, (1.0,))
    assert torch.allclose(value, places @ torch.tensor([2.0, -1.0, 0.5]), atol=1e-5)
    assert torch.allclose(gradient, torch.tensor([2.0, -1.0, 0.5]).expand(100, 3), atol=1e-4)


def test_adam_moves_only_what_was_touched():
    grid = torch.nn.Parameter(torch.zeros(LAYOUT.count))
    adam = TouchedAdam((grid,), (LAYOUT,))
    places, _ = drawn(5)
    value, _ = read_sdf(LAYOUT, grid, places.clamp(0.1, 0.4), SHOWN)
    value.sum().backward()
    touched = grid.grad != 0
    other = [grid.detach().clone(), grid.grad.clone(), torch.zeros_like(grid), torch.zeros_like(grid)]
    adam.step(((1e-2, 1e-2),))
    assert bool((grid.grad == 0).all()) and 0 < int(touched.sum()) < LAYOUT.count / 3
    assert torch.allclose(grid.detach()[touched], torch.tensor(-1e-2), rtol=1e-3) and bool((grid[~touched] == 0).all())
    _step_touched(*other, 1e-2)
    assert torch.allclose(other[0], grid.detach(), rtol=1e-5)
