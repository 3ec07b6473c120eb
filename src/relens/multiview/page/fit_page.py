"""fit_page: the canonical page of many photos, on a surface that stays as it is (AGAP, arXiv 2312.06657).

AGAP learns where a pixel's light comes from together with the page. Here the surface is fitted before, so what a pixel
sees is found once; a step looks colours up on the page and lays them over each other.
"""

import hashlib
import math
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from relens.errors import MissingPackageError
from relens.mesh import MeshPart
from relens.multiview.page.canonical_camera import canonical_camera
from relens.multiview.page.checkpoint import read_checkpoint, write_checkpoint
from relens.multiview.page.fill import filled
from relens.multiview.page.lookup import spread_bilinear
from relens.multiview.page.page_fit import PageFit
from relens.multiview.page.plan import plan_page
from relens.multiview.page.seen_points import SeenPoints, seen_points, sight_of
from relens.multiview.page.settings import PageSettings
from relens.multiview.photo_set import PhotoSet
from relens.progress import Progress, silent

_PAGE_STEP, _LAST_PAGE_STEP = 0.02, 0.001
_OFFSET_STEP_PX = 0.03
# Levels of the offsets open one after the other, in these shares of the steps; those by view fade between these.
_LEVEL_OPENS = (0.0, 0.15, 0.3)
_LEVEL_TAKES = 0.1
_VIEW_FADES = (0.5, 0.75)
_CHECKPOINT_EVERY, _REPORT_EVERY = 200, 20
# A texel counts as seen with this much of a pixel's light; around it, so many texels are shown too, for bilinear reads.
_LEAST_SEEN = 0.05
_GROWN_PX = 2
_AT_ONCE = 1 << 16


def fit_page(
    photos: PhotoSet,
    surface: Any,
    mesh: MeshPart | None = None,
    settings: PageSettings | None = None,
    *,
    checkpoint: Path | None = None,
    progress: Progress = silent,
) -> PageFit:
    """The page that, looked up where the photos' pixels see the surface, shows the photos.

    Least squares over sRGB-encoded colours, plus `smoothness` times the page's total variation and `offset_weight`
    times the offsets' mean square in texels, by Adam. The page starts as the mean of what the photos see.

    Args:
        photos: those held out are only compared with.
        surface: a SurfaceFit, or a `Sight`.
        mesh: of the surface; not needed.
        settings: the usual ones when left out.
        checkpoint: a file to go on from, and to keep the state in while fitting.
        progress: told how far the fit is, with the PSNR so far; may raise to stop it.

    Raises ValueRangeError where no pixel sees the surface, FileError for a checkpoint of something else,
    MissingPackageError without torch.
    """
    try:
        import torch
    except ImportError as error:
        raise MissingPackageError("torch", "fitting a page", "pip install 'relens[fit]'") from error
    from relens.multiview.page.page_model import PageData, PageModel

    settings = settings or PageSettings()
    wanted = "cuda" if settings.device == "auto" and torch.cuda.is_available() else settings.device
    device = "cpu" if wanted == "auto" else wanted
    sight = sight_of(surface)
    points = seen_points(photos.fitted, sight, settings, progress)
    field = plan_page(points, canonical_camera(photos, settings.camera), settings)
    start, weight = _mean_page(points, field)
    data = PageData(points, field, device)
    model = PageModel(field, filled(start, weight > _LEAST_SEEN), settings).to(device)
    _train(model, data, settings, checkpoint, _identity(points, settings), progress)

    field = replace(field, offset_px=model.offset_px()) if settings.uses_offsets else field
    psnr_db = _psnr_db(model, data)
    held_out_db = None
    if photos.compared:
        others = seen_points(photos.compared, sight, replace(settings, most_pixels=2**31))
        held_out_db = _psnr_db(model, PageData(others, field, device))
    light = _light(model, float(points.linear.max()))
    _, weight = _mean_page(points, field)
    return PageFit(field, _with_alpha(light, weight), settings, psnr_db, held_out_db)


def _train(
    model: Any, data: Any, settings: PageSettings, checkpoint: Path | None, identity: str, progress: Progress
) -> None:
    import torch

    offsets = [*model.lattices, model.parallax_lattice]
    groups = [{"params": [model.page], "lr": _PAGE_STEP}, {"params": offsets, "lr": _OFFSET_STEP_PX}]
    adam = torch.optim.Adam(groups, betas=(0.9, 0.99), eps=1e-10)
    done, mean_square = 0, math.nan
    state = None if checkpoint is None else read_checkpoint(checkpoint, identity)
    if state is not None:
        model.load_state_dict(state["model"])
        adam.load_state_dict(state["adam"])
        done, mean_square = state["step"], state["mean_square"]
    for step in range(done, settings.steps):
        share = step / settings.steps
        for group, first, last in zip(
            adam.param_groups, (_PAGE_STEP, _OFFSET_STEP_PX), (_LAST_PAGE_STEP, _OFFSET_STEP_PX / 10), strict=True
        ):
            group["lr"] = first * (last / first) ** share
        generator = torch.Generator().manual_seed((settings.seed * 1_000_003 + step) % 2**63)
        chosen = torch.randint(len(data), (min(settings.batch, len(data)),), generator=generator)
        chosen = chosen.to(data.encoded.device)
        colour, moved = model.colours(data, chosen, open_levels(settings, share), view_share(settings, share))
        square = (_encode(colour) - data.encoded[chosen]).pow(2).mean()
        loss = square + settings.smoothness * model.total_variation() + settings.offset_weight * moved.pow(2).mean()
        adam.zero_grad(set_to_none=True)
        loss.backward()
        adam.step()
        now = float(square.detach())
        mean_square = now if math.isnan(mean_square) else 0.9 * mean_square + 0.1 * now
        if step % _REPORT_EVERY == 0 or step + 1 == settings.steps:
            progress(f"page, {-10 * math.log10(max(mean_square, 1e-10)):.2f} dB", (step + 1) / settings.steps)
        if checkpoint is not None and (step + 1) % _CHECKPOINT_EVERY == 0 and step + 1 < settings.steps:
            kept = {"model": model.state_dict(), "adam": adam.state_dict(), "step": step + 1}
            write_checkpoint(checkpoint, {**kept, "mean_square": mean_square}, identity)


def open_levels(settings: PageSettings, share: float) -> list[float]:
    """How far the levels of the offsets are open when this share of the steps is done."""
    if not settings.uses_offsets:
        return [0.0] * len(_LEVEL_OPENS)
    # A little at once, so that the first step already has a gradient.
    return [min(1.0, max(0.0, (share - opens) / _LEVEL_TAKES + 0.1)) for opens in _LEVEL_OPENS]


def view_share(settings: PageSettings, share: float) -> float:
    """How much of the offsets by view counts when this share of the steps is done."""
    if settings.view_offsets == "none" or not settings.uses_offsets:
        return 0.0
    first, last = _VIEW_FADES
    return min(1.0, max(0.0, (last - share) / (last - first)))


def _encode(colour: Any) -> Any:
    from relens.multiview.page.page_model import encode

    return encode(colour)


def _psnr_db(model: Any, data: Any) -> float:
    """PSNR of the finished page: all levels open, none by view."""
    import torch

    total, count = 0.0, 0
    with torch.no_grad():
        for start in range(0, len(data), _AT_ONCE):
            chosen = torch.arange(start, min(start + _AT_ONCE, len(data)), device=data.encoded.device)
            colour, _ = model.colours(data, chosen, [1.0] * len(_LEVEL_OPENS), 0.0)
            error = _encode(colour.clamp(0, 1)) - data.encoded[chosen].clamp(0, 1)
            total, count = total + float(error.pow(2).sum()), count + error.numel()
    return -10 * math.log10(max(total / count, 1e-10))


def _light(model: Any, most: float) -> Float32[np.ndarray, "h w 3"]:
    """The page's linear light, from none to what the brightest pixel shows."""
    from relens.multiview.page.page_model import decode

    light = decode(model.page.detach()).permute(1, 2, 0).cpu().numpy()
    return np.clip(light, 0, max(most, 1.0)).astype(np.float32)


def _mean_page(points: SeenPoints, field: Any) -> tuple[Float32[np.ndarray, "h w 3"], Float32[np.ndarray, "h w"]]:
    """The mean of what photos see at each texel, and how much that is."""
    samples = points.weights.shape[1]
    layout = field.layout
    texels = field.texels(points.points_m.reshape(-1, 3))
    colours = np.repeat(points.linear, samples, axis=0)
    return spread_bilinear(
        texels, colours, points.weights.ravel(), (layout.height_px, layout.width_px), layout.goes_round
    )


def _with_alpha(
    light: Float32[np.ndarray, "h w 3"], weight: Float32[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w 4"]:
    """Premultiplied RGBA: what photos saw and a little around it is opaque, its colours from what is nearest."""
    import cv2

    seen = weight > _LEAST_SEEN
    side = 2 * _GROWN_PX + 1
    closed = cv2.morphologyEx(seen.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    grown = cv2.dilate(closed, np.ones((side, side), np.uint8)) > 0
    rgb = np.where(grown[..., None], filled(light, seen), 0)
    return np.concatenate([rgb, grown[..., None]], axis=-1).astype(np.float32)


def _identity(points: SeenPoints, settings: PageSettings) -> str:
    """What a checkpoint has to belong to: these pixels and points, and these settings."""
    digest = hashlib.sha256(repr(asdict(replace(settings, device="auto"))).encode())
    for array in (points.points_m, points.weights, points.linear):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
