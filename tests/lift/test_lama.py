"""LaMa's place: a TorchScript file paints what is wanted, sees the sources only, and nothing else changes."""

import numpy as np
import pytest

from relens.errors import FileError
from relens.lift.lama import load_lama

torch = pytest.importorskip("torch")


class Mean(torch.nn.Module):
    """Paints the mean of what it is shown, as an image of the same size whose sides it wants to be multiples of 8."""

    def forward(self, image: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        assert image.shape[2] % 8 == 0 and image.shape[3] % 8 == 0
        mean = (image * (1 - mask)).sum(dim=(2, 3), keepdim=True) / (1 - mask).sum()
        return image * (1 - mask) + mean * mask


class Nothing(torch.nn.Module):
    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return image


def saved(module, folder):
    path = folder / "lama.pt"
    torch.jit.script(module).save(str(path))
    return path


def a_hole(height, width, size):
    """A grey picture whose near thing, in the middle, is red; the hole is under it and a little wider."""
    sources = np.ones((height, width), np.int32)
    top, left = (height - size) // 2, (width - size) // 2
    near = (slice(top, top + size), slice(left, left + size))
    picture = np.full((height, width, 3), 0.2, np.float32)
    picture[near], sources[near] = (0.9, 0, 0), 0
    wanted = np.zeros_like(sources)
    wanted[near] = 1
    return picture, sources, wanted


@pytest.mark.parametrize(("height", "width"), [(64, 96), (61, 83)])
def test_paints_the_hole_from_the_sources_only(tmp_path, height, width):
    picture, sources, wanted = a_hole(height, width, 20)
    result = load_lama(saved(Mean(), tmp_path))(picture, sources, wanted)
    np.testing.assert_array_equal(result[wanted == 0], picture[wanted == 0])
    np.testing.assert_allclose(result[wanted == 1], 0.2, atol=0.01)


def test_large_pictures_are_painted_small_and_get_their_detail_back(tmp_path):
    picture, sources, wanted = a_hole(1400, 1300, 800)
    picture *= np.random.default_rng(0).uniform(0.8, 1.2, (1400, 1300, 1)).astype(np.float32)
    result = load_lama(saved(Mean(), tmp_path))(picture, sources, wanted)
    hole = result[wanted == 1]
    np.testing.assert_allclose(hole.mean(axis=0), 0.2, atol=0.02)
    assert hole[:, 0].std() > 0.5 * picture[sources == 1][:, 0].std()


def test_nothing_to_see_or_to_paint_changes_nothing(tmp_path):
    paint = load_lama(saved(Mean(), tmp_path))
    picture, sources, wanted = a_hole(40, 40, 10)
    np.testing.assert_array_equal(paint(picture, np.zeros_like(sources), wanted), picture)
    np.testing.assert_array_equal(paint(picture, sources, np.zeros_like(wanted)), picture)


def test_files_that_are_no_lama_say_so(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        load_lama(tmp_path / "none.pt")
    (tmp_path / "text.pt").write_text("not a network")
    with pytest.raises(FileError, match="TorchScript"):
        load_lama(tmp_path / "text.pt")
    with pytest.raises(FileError, match="image and a mask"):
        load_lama(saved(Nothing(), tmp_path))(*a_hole(40, 40, 10))
