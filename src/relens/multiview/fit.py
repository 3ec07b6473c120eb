"""fit: a folder of posed photos becomes a fit folder."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from relens.errors import MissingPackageError
from relens.multiview.fit_folder import FittedScene, load_fit, save_fit
from relens.multiview.fit_folder.save import require_fit_path
from relens.multiview.page import PageSettings, fit_page
from relens.multiview.photos import PhotoRequest, read_photos
from relens.multiview.surface import SurfaceSettings, fit_surface, mesh_of
from relens.only_one import only_one
from relens.progress import Progress, silent


@dataclass(frozen=True)
class FitRequest:
    """How posed photos are fitted: the photos, the surface, and the page, each with settings of its own."""

    photos: PhotoRequest = field(default_factory=PhotoRequest)
    surface: SurfaceSettings = field(default_factory=SurfaceSettings)
    page: PageSettings = field(default_factory=PageSettings)


def fit(
    dataset: str | os.PathLike[str],
    output: str | os.PathLike[str],
    request: FitRequest | None = None,
    progress: Progress = silent,
) -> FittedScene:
    """Fit posed photos: a surface with its uncertainty, then one canonical page; written as a fit folder.

    Resumable: the work is kept in a hidden folder beside the output until it is done, and the next call with the same
    photos and settings goes on from there, to the same result on a CPU.

    Args:
        dataset: a transforms.json or its folder, a COLMAP data set, or a Blender one; see `read_photos`.
        output: the fit folder, e.g. room.fit; an older fit of that name is replaced.
        request: settings; the usual ones when left out.
        progress: told how far the work is, with the PSNR so far; may raise to stop it.

    Raises RelensError, before the long work, for photos and poses that cannot be fitted, for an output that is
    something else, and where another process is fitting to the same name; MissingPackageError for the packages of
    `relens[fit]`.
    """
    request = request or FitRequest()
    target = Path(output)
    require_fit_path(target)
    photos = read_photos(dataset, request.photos, progress)
    kept = kept_beside(target)
    kept.mkdir(exist_ok=True)
    with only_one(kept / ".lock", f"{target}: another process is fitting it; wait for that, or choose another name"):
        surface = fit_surface(photos, request.surface, checkpoint=kept / "surface.pt", progress=progress)
        progress("mesh", 0.0)
        mesh = mesh_of(surface, photos)
        page = fit_page(photos, surface, mesh, request.page, checkpoint=kept / "page.pt", progress=progress)
        progress("save", 0.0)
        save_fit(target, photos, surface, mesh, page)
    shutil.rmtree(kept, ignore_errors=True)
    return load_fit(target)


def kept_beside(output: Path) -> Path:
    """Where a fit keeps its checkpoints until it is done."""
    return output.with_name(f".{output.name}.work")


def on_cuda(device: str) -> bool:
    """Whether a fit on "auto", "cpu" or "cuda" takes a GPU here. Raises MissingPackageError without torch."""
    try:
        import torch
    except ImportError as error:
        raise MissingPackageError("torch", "relens fit", "pip install 'relens[fit]'") from error
    return device != "cpu" and torch.cuda.is_available()
