"""One depth map of the command line: every name is checked before the long work starts."""

import numpy as np
from jaxtyping import Float32

from relens.cli.depth import Depth as DepthCommand
from relens.cli.outcome import Outcome
from relens.cli.output import require_picture_path
from relens.depth import Depth, find_depth, fit_depth
from relens.depth.fit_uncertainty import fit_uncertainty
from relens.depth.portrait import SOURCE as PORTRAIT_SOURCE
from relens.depth.write import require_depth_path, write_depth, write_uncertainty
from relens.errors import MissingPackageError, RelensError, ValueRangeError
from relens.explain.depth_preview import depth_preview
from relens.explain.read_outs import metres
from relens.matte.matte import find_matte
from relens.photo import Photo, write_image
from relens.progress import Progress


def measure(command: DepthCommand, progress: Progress) -> Outcome:
    """Find the depth that the command asks for and write it.

    Raises RelensError for every value and file that does not fit; nothing is written then.
    """
    if command.photo is None or command.output is None:
        missing = "PHOTO" if command.photo is None else "-o FILE"
        raise RelensError(f"{missing} is missing; say: relens depth PHOTO -o depth.exr, or relens depth --list")
    request = command.depth_from.request(uncertainty=command.uncertainty is not None)
    _require_outputs(command)

    progress("read photo", 0.0)
    photo = command.depth_from.read(command.photo)
    depth = find_depth(photo, request, progress)
    if command.uncertainty is not None and depth.uncertainty is None:
        raise ValueRangeError(
            "uncertainty", command.uncertainty, f"a source that knows it; {depth.source} does not: choose a --backend"
        )
    progress("fit to the photo", 0.0)
    inverse = depth.inverse_depth if command.raw else fit_depth(depth, photo, find_matte(photo))
    progress("write", 0.0)
    write_depth(command.output, inverse)
    if command.preview is not None:
        write_image(command.preview, depth_preview(inverse))
    if command.uncertainty is not None and depth.uncertainty is not None:
        fitted = depth.uncertainty if command.raw else fit_uncertainty(depth.uncertainty, photo)
        write_uncertainty(command.uncertainty, fitted)
    # These have said already what the iris says.
    told = request.metric_scale == "iris" or depth.source == PORTRAIT_SOURCE
    iris = () if told else _iris_note(depth, photo)
    return Outcome(f"{command.output}: {_summary(depth, inverse)}", (*depth.notes, *iris))


def _require_outputs(command: DepthCommand) -> None:
    paths = [path for path in (command.output, command.preview, command.uncertainty) if path is not None]
    if len({path.absolute() for path in paths}) < len(paths):
        raise RelensError(f"{paths[0]}: is named twice; give each result a file of its own")
    for path in paths:
        if command.photo is not None and path.exists() and command.photo.exists() and path.samefile(command.photo):
            raise RelensError(f"{path}: is the photo itself; choose another name")
    assert command.output is not None
    require_depth_path(command.output)
    if command.uncertainty is not None:
        require_depth_path(command.uncertainty, "uncertainty")
    if command.preview is not None:
        require_picture_path(command.preview)


def _summary(depth: Depth, inverse: Float32[np.ndarray, "h w"]) -> str:
    height, width = inverse.shape
    known = inverse[~np.isnan(inverse)]
    sky = float((known == 0).mean())
    reach = f"{metres(1 / float(known.max()))} to {metres(1 / float(known[known > 0].min()))}" if sky < 1 else "sky"
    parts = [f"{width} x {height} px", reach, f"from {depth.source}"]
    if 0 < sky < 1:
        parts.append(f"{sky:.0%} sky")
    if depth.uncertainty is not None:
        parts.append(f"sure to {float(np.nanmedian(depth.uncertainty)):.1%} (median)")
    return ", ".join(parts)


def _iris_note(depth: Depth, photo: Photo) -> tuple[str, ...]:
    """How the depth of a face compares with what its iris says, where there is one to see."""
    from relens.depth.metric_scale import check_scale

    try:
        check = check_scale(depth, photo)
    except MissingPackageError as error:
        return (f"iris check left out: {error}",)
    return () if check is None else (check.text,)
