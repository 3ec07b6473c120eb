"""Matches find which poses are wrong, and say nothing where there is nothing to say."""

from dataclasses import replace

import numpy as np
import pytest
from posed_scene import signed_distance, write_dataset

from relens.errors import RelensError
from relens.multiview.photos.check_poses import check_poses
from relens.multiview.photos.dataset import list_photos
from relens.multiview.photos.load import load_photo
from relens.multiview.photos.matches import Tracks, find_tracks
from relens.multiview.photos.triangulate import triangulate


def loaded(folder, **how):
    return [load_photo(listed, None) for listed in list_photos(write_dataset(folder, width_px=160, depth=None, **how))]


def test_true_poses_agree_and_give_points_on_the_surfaces(tmp_path):
    photos = loaded(tmp_path)
    checked = check_poses(photos, find_tracks(photos), False)
    assert checked.reprojection_px < 0.3 and checked.notes == ()
    assert len(checked.points) > 200
    assert np.median(np.abs(signed_distance(checked.points))) < 0.02


def test_the_same_photos_give_the_same_tracks(tmp_path):
    photos = loaded(tmp_path, count=4)
    first, second = find_tracks(photos), find_tracks(photos)
    np.testing.assert_array_equal(first.pixel, second.pixel)
    np.testing.assert_array_equal(first.track, second.track)
    # A point has one place in a photo.
    assert len(np.unique(np.stack([first.photo, first.track]), axis=1).T) == len(first.track)


def test_one_wrong_pose_among_thirty_is_named(tmp_path):
    photos = loaded(tmp_path, count=30, arc_deg=80, broken="one wrong pose")
    tracks = find_tracks(photos)
    with pytest.raises(
        RelensError, match=r"median reprojection error 0\.\d px, worst in images/photo_15\.png \("
    ) as error:
        check_poses(photos, tracks, False)
    assert str(error.value).count("photo_") == 1
    checked = check_poses(photos, tracks, True)
    assert "photo_15" in checked.notes[0]
    # What it shows does not take part.
    assert not checked.good[tracks.photo == 15].any()
    assert np.median(np.abs(signed_distance(checked.points))) < 0.02


def test_a_camera_shifted_along_the_row_is_named(tmp_path):
    """Two photos alone could not tell: the wrong place lies on the line of all cameras."""
    photos = loaded(tmp_path, count=8, parallel=True)
    for index, photo in enumerate(photos):
        pose = photo.camera.camera_to_world.copy()
        pose[1, 3] = 0
        photos[index] = replace(photo, camera=replace(photo.camera, camera_to_world=pose))
    photos = [photos[0], *photos[1:]]
    tracks = exact_tracks(photos)
    pose = photos[3].camera.camera_to_world.copy()
    pose[0, 3] += 0.15
    photos[3] = replace(photos[3], camera=replace(photos[3].camera, camera_to_world=pose))
    with pytest.raises(RelensError, match=r"worst in images/photo_3\.png \([\d.]+ px\); leave these out"):
        check_poses(photos, tracks, False)


def exact_tracks(photos, count=60):
    """Points before all cameras, as they see them."""
    chance = np.random.default_rng(2)
    points = chance.uniform([-0.5, -0.5, 1.5], [0.5, 0.5, 3], (count, 3))
    pixels = [photo.matched_camera.project(points)[:, :2] for photo in photos]
    photo = np.repeat(np.arange(len(photos)), count)
    return Tracks(photo, np.tile(np.arange(count), len(photos)), np.concatenate(pixels), count)


def test_exact_sightings_give_exact_points(tmp_path):
    photos = loaded(tmp_path, count=4)
    tracks = exact_tracks(photos)
    used = np.ones(len(tracks.photo), bool)
    found = triangulate(tracks, [photo.matched_camera for photo in photos], used)
    np.testing.assert_allclose(found.error_px, 0, atol=1e-6)
    used[: 60 * 3] = False
    found = triangulate(tracks, [photo.matched_camera for photo in photos], used)
    assert np.isnan(found.points).all() and np.isnan(found.error_px).all()


def test_other_axes_stop_with_what_to_do(tmp_path):
    photos = loaded(tmp_path, broken="opencv axes")
    with pytest.raises(
        RelensError, match=r"median reprojection error \d\d\.\d px, 7 of 8 photos.*check that the axes are the format's"
    ):
        check_poses(photos, find_tracks(photos), False)


def test_a_camera_that_only_turns_has_no_parallax(tmp_path):
    """Places that differ in nothing but rounding: the rays are parallel, whatever the places say."""
    photos = loaded(tmp_path, count=4)
    still = []
    for index, photo in enumerate(photos):
        pose = photo.camera.camera_to_world.copy()
        pose[:3, 3] = [1e-7 * index, 0, 0]
        still.append(replace(photo, camera=replace(photo.camera, camera_to_world=pose)))
    with pytest.raises(RelensError, match="all cameras stand at one point"):
        check_poses(still, exact_tracks(still), False)


def test_smooth_photos_are_only_noted(tmp_path):
    photos = [replace(photo, grey=np.full_like(photo.grey, 99)) for photo in loaded(tmp_path, count=3)]
    checked = check_poses(photos, find_tracks(photos), False)
    assert checked.reprojection_px is None and len(checked.points) == 0
    assert "too few to check the poses" in checked.notes[0]
