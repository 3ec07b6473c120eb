"""A photo of the command line becomes a scene: its depth, its subject, its hidden surfaces."""

from relens.cli.photo_options import PhotoOptions
from relens.depth import Depth
from relens.lift import lift
from relens.matte.matte import cut_out
from relens.photo import Photo
from relens.progress import Progress
from relens.scene import Scene


def lift_photo(
    photo: Photo, depth: Depth, options: PhotoOptions, reach_m: float, progress: Progress
) -> tuple[Scene, tuple[str, ...]]:
    """The scene, and what the user should know about all that went into it. Raises as `cut_out` and `lift` do."""
    matte = options.matte_source()
    if matte == "auto" and "portrait" not in photo.mattes:
        matte = None  # as lift has it
    found = cut_out(
        photo,
        matte,
        inverse_depth=depth.inverse_depth,
        depth_uncertainty=depth.uncertainty,
        refiner=options.matte_refiner(),
        progress=progress,
    )
    inpainter = options.load_inpainter()
    scene = lift(photo, depth=depth, matte=found, reach_m=reach_m, inpainter=inpainter, progress=progress)
    return scene, (*photo.notes, *depth.notes, *found.notes)
