"""fit_surface: posed photos become a signed distance field."""

import time
from pathlib import Path

from relens.errors import MissingPackageError, ValueRangeError
from relens.multiview.photo_set import PhotoSet
from relens.multiview.surface.settings import SurfaceSettings
from relens.multiview.surface.surface_fit import SurfaceFit
from relens.progress import Progress, silent

_REPORT_EVERY = 10
# A killed fit loses at most so much work.
_CHECKPOINT_EVERY_S = 60.0


def fit_surface(
    photos: PhotoSet,
    settings: SurfaceSettings | None = None,
    *,
    checkpoint: Path | None = None,
    progress: Progress = silent,
) -> SurfaceFit:
    """Fit a surface to photos.

    Goes on from the checkpoint where there is one, and on the CPU comes to the very numbers that it would have come to
    without a stop. Whatever interrupts it, `progress` included, finds the work so far in the checkpoint.

    Args:
        photos: with priors, or without.
        settings: the usual ones when left out.
        checkpoint: a file, written every minute and at the end; none is kept when left out.
        progress: told "surface, 27.31 dB" and the share done; may raise to stop the fit.

    Raises FileError for a checkpoint of another version, of other settings or photos, or that cannot be written;
    ValueRangeError for CUDA where there is none; MissingPackageError without torch or scipy.
    """
    settings = settings or SurfaceSettings()
    try:
        import scipy  # noqa: F401
        import torch
    except ImportError as error:
        raise MissingPackageError(error.name or "torch", "fitting a surface", "pip install 'relens[fit]'") from error
    from relens.multiview.surface.checkpoint import read_checkpoint, write_checkpoint
    from relens.multiview.surface.training import Training

    has_cuda = torch.cuda.is_available()
    if settings.device == "cuda" and not has_cuda:
        raise ValueRangeError("device", "cuda", "cpu or auto: no CUDA device is at hand")
    device = torch.device("cuda" if has_cuda and settings.device != "cpu" else "cpu")
    training = Training(photos, settings, device)
    if checkpoint is not None and (state := read_checkpoint(checkpoint, photos, settings, device)) is not None:
        training.load(state)

    saved_at, saved_step = time.monotonic(), training.done
    try:
        while training.done < settings.steps:
            training.step()
            if training.done % _REPORT_EVERY == 0 or training.done == settings.steps:
                progress(f"surface, {training.psnr_db:.2f} dB", training.done / settings.steps)
            if checkpoint is not None and time.monotonic() - saved_at > _CHECKPOINT_EVERY_S:
                write_checkpoint(checkpoint, training.state(), photos, settings)
                saved_at, saved_step = time.monotonic(), training.done
    finally:
        if checkpoint is not None and training.done > saved_step:
            write_checkpoint(checkpoint, training.state(), photos, settings)
    return SurfaceFit(training.field, settings, training.psnr_db)
