"""fit_free_colour: the page's rival in benchmarks. The same points and weights, but colours free in space.

Where the page holds one colour for what two photos see at a point, this has features on multi-resolution hash grids and
a small network of features and direction (Mueller et al., Instant Neural Graphics Primitives, 2022), so it may also
show another colour in every direction. It says what the surface and the photos allow; nobody can paint on it.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32

from relens.errors import MissingPackageError
from relens.multiview.page.seen_points import SeenPoints, nearest_to, seen_points, sight_of
from relens.multiview.page.settings import PageSettings
from relens.multiview.photo_set import PhotoSet
from relens.progress import Progress, silent

_LEVELS, _FEATURES, _TABLE = 8, 4, 1 << 16
_COARSEST, _FINEST = 8, 256
_HIDDEN = 64
_STEP, _LAST_STEP = 1e-2, 5e-4
_PRIMES = (1, 2_654_435_761, 805_459_861)
_STRAYS = 1e-3
_AT_ONCE = 1 << 14


@dataclass(frozen=True)
class FreeColourFit:
    """How well free colours show the photos.

    Attributes:
        psnr_db, held_out_psnr_db: as of `PageFit`.
    """

    psnr_db: float
    held_out_psnr_db: float | None


def fit_free_colour(
    photos: PhotoSet, surface: Any, settings: PageSettings | None = None, *, progress: Progress = silent
) -> FreeColourFit:
    """Fit free colours to what the photos see of a surface; steps, batch, samples and seed as of the page.

    Raises as `fit_page`.
    """
    try:
        import torch
    except ImportError as error:
        raise MissingPackageError("torch", "fitting colours", "pip install 'relens[fit]'") from error
    settings = settings or PageSettings()
    wanted = "cuda" if settings.device == "auto" and torch.cuda.is_available() else settings.device
    device = "cpu" if wanted == "auto" else wanted
    sight = sight_of(surface)
    points = seen_points(photos.fitted, sight, settings, progress)
    low, high = np.quantile(nearest_to(points), [_STRAYS, 1 - _STRAYS], axis=0)
    data = _data(points, low, high, device)
    generator = torch.Generator().manual_seed(settings.seed)
    model = _model(generator).to(device)
    adam = torch.optim.Adam(model.parameters(), lr=_STEP, betas=(0.9, 0.99), eps=1e-10)
    for step in range(settings.steps):
        for group in adam.param_groups:
            group["lr"] = _STEP * (_LAST_STEP / _STEP) ** (step / settings.steps)
        chosen = torch.randint(len(data[0]), (min(settings.batch, len(data[0])),), generator=generator).to(device)
        loss = _squares(model, data, chosen).mean()
        adam.zero_grad(set_to_none=True)
        loss.backward()
        adam.step()
        if step % 20 == 0:
            db = -10 * math.log10(max(float(loss.detach()), 1e-10))
            progress(f"free colour, {db:.2f} dB", (step + 1) / settings.steps)
    held_out_db = None
    if photos.compared:
        others = seen_points(photos.compared, sight, settings)
        held_out_db = _psnr_db(model, _data(others, low, high, device))
    return FreeColourFit(_psnr_db(model, data), held_out_db)


def _data(points: SeenPoints, low: np.ndarray, high: np.ndarray, device: str) -> tuple[Any, ...]:
    """Places 0 to 1 in the box, weights, directions and encoded colours."""
    import torch

    from relens.multiview.page.page_model import encode

    place = np.clip((points.points_m - low) / np.maximum(high - low, 1e-9), 0, 1).astype(np.float32)
    arrays: tuple[Float32[np.ndarray, "*s"], ...] = (place, points.weights, points.directions)
    tensors = tuple(torch.from_numpy(np.ascontiguousarray(array)).to(device) for array in arrays)
    return (*tensors, encode(torch.from_numpy(np.ascontiguousarray(points.linear)).to(device)))


def _model(generator: Any) -> Any:
    import torch

    def uniform(size: tuple[int, ...], most: float) -> Any:
        return torch.nn.Parameter(most * (2 * torch.rand(size, generator=generator) - 1))

    wide = _LEVELS * _FEATURES + 9
    return torch.nn.ParameterDict(
        {
            "tables": uniform((_LEVELS, _TABLE, _FEATURES), 1e-2),
            "first": uniform((wide, _HIDDEN), math.sqrt(6 / wide)),
            "second": uniform((_HIDDEN, _HIDDEN), math.sqrt(6 / _HIDDEN)),
            "last": uniform((_HIDDEN, 3), math.sqrt(1 / _HIDDEN)),
            "grey": torch.nn.Parameter(torch.full((3,), 0.5)),
        }
    )


def _features(tables: Any, place: Any) -> Any:
    """Trilinear reads (n, levels * features) of hash grids at places (n, 3), 0 to 1."""
    import torch

    read = []
    for level in range(_LEVELS):
        cells = round(_COARSEST * (_FINEST / _COARSEST) ** (level / (_LEVELS - 1)))
        at = place * cells
        first = at.floor().clamp(max=cells - 1)
        share, first = at - first, first.long()
        total = 0.0
        for corner in range(8):
            step = torch.tensor([corner & 1, corner >> 1 & 1, corner >> 2], device=place.device)
            weight = torch.where(step > 0, share, 1 - share).prod(dim=-1, keepdim=True)
            i, j, k = (first + step).unbind(-1)
            index = (i * _PRIMES[0]) ^ (j * _PRIMES[1]) ^ (k * _PRIMES[2])
            total = total + weight * torch.nn.functional.embedding(index % _TABLE, tables[level])
        read.append(total)
    return torch.cat(read, dim=-1)


def _colours(model: Any, place: Any, weights: Any, directions: Any) -> Any:
    """Encoded colours of pixels."""
    import torch

    from relens.multiview.page.page_model import decode, encode

    count, samples = weights.shape
    x, y, z = directions.unbind(-1)
    harmonics = torch.stack([x, y, z, x * y, y * z, x * z, x * x, y * y, z * z], dim=-1)
    known = torch.cat([_features(model["tables"], place.flatten(0, 1)), harmonics.repeat_interleave(samples, 0)], -1)
    hidden = torch.relu(torch.relu(known @ model["first"]) @ model["second"])
    colour = hidden @ model["last"] + model["grey"]
    return encode((decode(colour).view(count, samples, 3) * weights[..., None]).sum(dim=1))


def _squares(model: Any, data: tuple[Any, ...], chosen: Any) -> Any:
    place, weights, directions, encoded = data
    return (_colours(model, place[chosen], weights[chosen], directions[chosen]) - encoded[chosen]).pow(2)


def _psnr_db(model: Any, data: tuple[Any, ...]) -> float:
    import torch

    total = 0.0
    with torch.no_grad():
        for start in range(0, len(data[0]), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            place, weights, directions, encoded = (array[part] for array in data)
            error = _colours(model, place, weights, directions).clamp(0, 1) - encoded.clamp(0, 1)
            total += float(error.pow(2).sum())
    return -10 * math.log10(max(total / data[3].numel(), 1e-10))
