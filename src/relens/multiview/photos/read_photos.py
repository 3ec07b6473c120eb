"""read_photos: a data set of posed photos, read, checked, given priors and brought into one photo's world."""

import os
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float64

from relens.camera import Camera
from relens.errors import ValueRangeError
from relens.multiview.photo_set import PhotoSet
from relens.multiview.photos.align_depths import align_depths, metres_per_unit, sightings_of
from relens.multiview.photos.box import box_of
from relens.multiview.photos.check_poses import CheckedPoses, check_poses
from relens.multiview.photos.dataset import ListedPhoto, list_photos
from relens.multiview.photos.depths import RawDepth, depth_files, depth_notes, estimated_depths
from relens.multiview.photos.load import LoadedPhoto, load_photo
from relens.multiview.photos.matches import find_tracks
from relens.multiview.photos.normals import normals_of, read_normals
from relens.multiview.photos.request import PhotoRequest
from relens.multiview.photos.stand import arrangement_of, most_central, require_parallax
from relens.multiview.posed_photo import PosedPhoto, Prior
from relens.progress import Progress, silent

# Points of priors that help to find the box, a photo.
_BOX_POINTS = 500


def read_photos(
    path: str | os.PathLike[str], request: PhotoRequest | None = None, progress: Progress = silent
) -> PhotoSet:
    """Read a data set of posed photos: `relens.multiview.photos.dataset.list_photos` says which.

    Photos are straightened, where their cameras tell how the lens bent them, and reduced in linear light. Their poses
    are checked by matches between them. Depth of single photos is aligned to what the cameras triangulate; where it is
    metric, it says how long the data set's unit is.

    Args:
        path: the data set's folder or transforms.json.
        request: settings; the usual ones when left out.
        progress: told how far the work is; may raise to stop.

    Raises FileError for files that are missing, damaged or of another size than their cameras'; RelensError for cameras
    that all stand at one point, for poses that contradict the photos, and where nothing tells where things are; what
    the depth back-end raises.
    """
    request = request or PhotoRequest()
    listed = list_photos(path)
    reference, held_out = _roles(listed, request)
    require_parallax([photo.posed.camera for photo in listed if not photo.held_out])
    photos = []
    for index, photo in enumerate(listed):
        progress("reading photos", index / len(listed))
        photos.append(load_photo(photo, request.longest_px))
    raw = depth_files(photos) if request.depth == "files" else [None] * len(photos)
    checked = check_poses(photos, find_tracks(photos, progress), request.allow_wrong_poses)
    notes = list(checked.notes)
    if not isinstance(request.depth, str):
        raw, said = estimated_depths(photos, request.depth, progress)
        notes += said
    sightings = sightings_of(photos, raw, checked)
    unit_m, said_unit = metres_per_unit(raw, sightings)
    raw, said = align_depths(raw, sightings, unit_m)
    notes += [said_unit, *said, *depth_notes(listed, raw)]
    world_from_dataset = _world(photos[reference].camera, unit_m)
    posed = tuple(
        _posed(photo, depth, _moved(photo.camera, world_from_dataset, unit_m), request.depth == "files")
        for photo, depth in zip(photos, raw, strict=True)
    )
    fitted = [photo for index, photo in enumerate(posed) if index not in held_out]
    cameras = [photo.camera for photo in fitted]
    arrangement = request.arrangement or arrangement_of(cameras, [_middle_depth_m(photo) for photo in fitted])
    points_m = (_with_one(_in_masks(checked, photos)) @ world_from_dataset.T)[:, :3]
    if request.box_m is not None:
        box_m = np.array(request.box_m, np.float64)
    else:
        box_m = box_of(np.concatenate([points_m, *map(_prior_points, posed)]), cameras, arrangement)
    return PhotoSet(
        posed,
        held_out,
        box_m,
        arrangement,
        (_with_one(checked.points) @ world_from_dataset.T)[:, :3].astype(np.float32),
        checked.reprojection_px,
        np.linalg.inv(world_from_dataset),
        tuple(notes),
    )


def _roles(listed: Sequence[ListedPhoto], request: PhotoRequest) -> tuple[int, tuple[int, ...]]:
    """Which photo is the reference, and which are held out."""
    fitted = [index for index, photo in enumerate(listed) if not photo.held_out]
    if request.reference is None:
        reference = fitted[most_central([listed[index].posed.camera for index in fitted])]
    else:
        named = [index for index in fitted if listed[index].name == request.reference]
        named = named or [index for index in fitted if listed[index].name.endswith(request.reference)]
        if len(named) != 1:
            names = ", ".join(listed[index].name for index in (named or fitted)[:5])
            raise ValueRangeError("reference", repr(request.reference), f"the name of one photo: {names}, ...")
        [reference] = named
    held_out = {index for index, photo in enumerate(listed) if photo.held_out}
    every = request.held_out_every
    # From the middle of each run, so that held-out photos lie between fitted ones.
    held_out |= set(fitted[every // 2 :: every]) - {reference} if every else set()
    if len(listed) - len(held_out) < 2:
        raise ValueRangeError("held_out_every", every, f"more: of {len(listed)} photos, at least two have to be fitted")
    return reference, tuple(sorted(held_out))


def _world(reference: Camera, unit_m: float) -> Float64[np.ndarray, "4 4"]:
    """The similarity from the data set's world to the reference camera's, in metres."""
    moved = np.linalg.inv(reference.camera_to_world)
    moved[:3] *= unit_m
    return moved


def _moved(camera: Camera, world_from_dataset: Float64[np.ndarray, "4 4"], unit_m: float) -> Camera:
    pose = world_from_dataset @ camera.camera_to_world
    pose[:3, :3] /= unit_m
    return replace(camera, camera_to_world=pose)


def _posed(photo: LoadedPhoto, depth: RawDepth | None, camera: Camera, from_files: bool) -> PosedPhoto:
    prior = None
    if depth is not None:
        file = photo.listed.normal_file if from_files else None
        straight = photo.listed.posed.distortion == ()
        normal = read_normals(file, camera) if file and straight else normals_of(depth.inverse_depth, camera)
        prior = Prior(depth.inverse_depth, normal, depth.source)
    return PosedPhoto(photo.name, camera, photo.linear, photo.mask, prior)


def _in_masks(checked: CheckedPoses, photos: Sequence[LoadedPhoto]) -> Float64[np.ndarray, "p 3"]:
    """The good points that no photo's mask leaves out."""
    tracks = checked.tracks
    left_out = np.zeros(tracks.count, bool)
    for index, photo in enumerate(photos):
        if photo.mask is not None:
            own = tracks.photo == index
            height, width = photo.mask.shape
            scale = np.array([width / photo.grey.shape[1], height / photo.grey.shape[0]])
            column, row = np.floor(tracks.pixel[own] * scale).astype(int).T
            inside = photo.mask[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)]
            left_out[tracks.track[own][~inside]] = True
    kept = np.unique(tracks.track[checked.good])
    return checked.found.points[kept[~left_out[kept]]]


def _middle_depth_m(photo: PosedPhoto) -> float:
    """How far off what the photo shows in its middle is; NaN where nobody knows."""
    if photo.prior is None:
        return np.nan
    height, width = photo.prior.inverse_depth.shape
    middle = photo.prior.inverse_depth[height // 3 : -(height // 3), width // 3 : -(width // 3)]
    return float(1 / np.median(middle[middle > 0])) if (middle > 0).any() else np.nan


def _prior_points(photo: PosedPhoto) -> Float64[np.ndarray, "n 3"]:
    if photo.prior is None:
        return np.empty((0, 3))
    inverse = photo.prior.inverse_depth
    known = inverse > 0 if photo.mask is None else (inverse > 0) & photo.mask
    rows, columns = np.nonzero(known)
    step = max(1, len(rows) // _BOX_POINTS)
    rows, columns = rows[::step], columns[::step]
    return photo.camera.unproject(np.stack([columns + 0.5, rows + 0.5, inverse[rows, columns]], axis=-1))


def _with_one(points: Float64[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 4"]:
    return np.concatenate([points, np.ones((len(points), 1))], axis=1)
