"""A data set becomes a PhotoSet: the reference's world, metres, priors, a box that holds the scene."""

import numpy as np
import pytest
from PIL import Image
from posed_scene import BALL_M, BALL_RADIUS_M, ROD, posed_cameras, signed_distance, trace, write_dataset

from relens.depth import Depth, DepthRequest
from relens.depth.backend import Readiness
from relens.errors import RelensError
from relens.multiview.photos import PhotoRequest, read_photos

# A right-handed turn, half the size, and elsewhere.
DATASET_FROM_WORLD = np.array([[0, 0, 0.5, 3], [0.5, 0, 0, -1], [0, 0.5, 0, 2], [0, 0, 0, 1]])


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    folder = tmp_path_factory.mktemp("elsewhere")
    return write_dataset(folder, 5, 160, priors="true", dataset_from_world=DATASET_FROM_WORLD)


def test_metric_depth_gives_metres_and_the_way_back(elsewhere):
    heard = []
    photos = read_photos(
        elsewhere, PhotoRequest(reference="photo_2.png"), lambda stage, done: heard.append((stage, done))
    )
    # Depth files are metres, the data set's unit is 2 m.
    np.testing.assert_allclose(photos.dataset_from_world, DATASET_FROM_WORLD, atol=5e-3)
    assert any("unit is 2" in note or "unit is 1.99" in note for note in photos.notes)
    for photo, camera in zip(photos.photos, posed_cameras(5, 160), strict=True):
        np.testing.assert_allclose(photo.camera.camera_to_world, camera.camera_to_world, atol=5e-3)
        back = photos.dataset_from_world @ [*photo.camera.eye_m, 1]
        np.testing.assert_allclose(back, DATASET_FROM_WORLD @ [*camera.eye_m, 1], atol=1e-9)
    np.testing.assert_array_equal(photos.photos[2].camera.camera_to_world, np.eye(4))
    assert np.median(np.abs(signed_distance(photos.points_m))) < 0.02
    assert photos.reprojection_px < 0.3 and photos.arrangement == "forward"
    assert all(0 <= done <= 1 for _, done in heard) and {stage for stage, _ in heard} >= {"reading photos"}


def test_the_box_holds_the_ball(elsewhere):
    low, high = read_photos(elsewhere, PhotoRequest(reference="photo_2.png")).box_m
    assert (low < BALL_M - BALL_RADIUS_M).all() and (high > BALL_M + BALL_RADIUS_M).all()
    assert high[2] < 4 and low[2] > 0.5
    asked = ((-1.0, -1, 1), (1.0, 1, 3))
    np.testing.assert_array_equal(read_photos(elsewhere, PhotoRequest(box_m=asked)).box_m, asked)


def test_without_depth_the_unit_counts_as_metres(elsewhere):
    photos = read_photos(elsewhere, PhotoRequest(reference="photo_2.png", depth="none"))
    assert all(photo.prior is None for photo in photos.photos)
    assert "unit: the data set's unit is taken for a metre; no metric depth says how long it is" in photos.notes
    assert np.cbrt(np.linalg.det(photos.dataset_from_world[:3, :3])) == pytest.approx(1)


def test_priors_are_aligned_photo_by_photo(tmp_path):
    write_dataset(tmp_path, 5, 160, depth="npz")
    for index, camera in enumerate(posed_cameras(5, 160)):
        said = trace(camera).inverse_depth * (1 + 0.2 * index) + 0.02 * index
        np.savez(tmp_path / "depth" / f"photo_{index}.npz", depth=1 / said)
    photos = read_photos(tmp_path, PhotoRequest(reference="photo_2.png"))
    metres = np.cbrt(np.linalg.det(photos.dataset_from_world[:3, :3]))
    for photo, camera in zip(photos.photos, posed_cameras(5, 160), strict=True):
        seen = trace(camera)
        ratio = photo.prior.inverse_depth / (seen.inverse_depth * metres)
        np.testing.assert_allclose(np.median(ratio), 1, atol=0.01)
        off = np.degrees(np.arccos(np.clip((photo.prior.normal * seen.normal).sum(-1), -1, 1)))
        assert np.nanmedian(off) < 1.5
        assert photo.prior.source == f"file {photo.name[7:-4]}.npz"


@pytest.mark.parametrize("kind", ["png", "npz"])
def test_depth_files_of_either_kind(tmp_path, kind):
    write_dataset(tmp_path, 3, 96, depth=kind)
    photos = read_photos(tmp_path, PhotoRequest(longest_px=48))
    for photo, camera in zip(photos.photos, posed_cameras(3, 48), strict=True):
        ratio = photo.prior.inverse_depth / trace(camera).inverse_depth
        assert np.median(np.abs(ratio - 1)) < 0.03
        # Nothing floats between two surfaces.
        assert (signed_distance(_points(photo)) > 0.12).mean() < 0.01


def _points(photo):
    rows, columns = np.mgrid[: photo.linear.shape[0], : photo.linear.shape[1]] + 0.5
    return photo.camera.unproject(np.stack([columns, rows, photo.prior.inverse_depth], -1))


def test_all_round_with_masks(tmp_path):
    write_dataset(tmp_path, 20, 64, arc_deg=360, masks=True)
    photos = read_photos(tmp_path)
    assert photos.arrangement == "around"
    rod = trace(posed_cameras(20, 64, 360)[0], wall=False).kind == ROD
    assert photos.photos[0].mask[rod].all() and not photos.photos[0].mask.all()
    inverse = photos.photos[0].prior.inverse_depth
    # The depth file's infinity is the sky.
    assert (inverse[0] == 0).all() and np.isnan(photos.photos[0].prior.normal[0]).all()
    size = photos.box_m[1] - photos.box_m[0]
    assert (size > 2 * BALL_RADIUS_M).all() and (size < 3.5).all()


def test_wrong_poses_stop_unless_allowed(tmp_path):
    write_dataset(tmp_path, 6, 160, broken="one wrong pose")
    with pytest.raises(RelensError, match=r"worst in images/photo_3\.png"):
        read_photos(tmp_path)
    photos = read_photos(tmp_path, PhotoRequest(allow_wrong_poses=True))
    assert any("photo_3" in note for note in photos.notes)


def test_nothing_to_see_asks_for_depth_or_a_box(tmp_path):
    write_dataset(tmp_path, 3, 48, depth=None)
    for index in range(3):
        Image.new("RGB", (48, 36), (90, 90, 90)).save(tmp_path / "images" / f"photo_{index}.png")
    with pytest.raises(RelensError, match=r"nothing tells where things are.*ask for depth, or give the box"):
        read_photos(tmp_path)
    photos = read_photos(tmp_path, PhotoRequest(box_m=((-1, -1, 1), (1, 1, 3))))
    assert photos.reprojection_px is None and len(photos.points_m) == 0


class _Network:
    """A depth back-end that knows the scene up to scale, and one photo not at all."""

    name, licence, repeatable = "network", "", False

    def __init__(self, fails=()):
        self.fails, self.asked = fails, 0

    def readiness(self):
        return Readiness(True, "made up")

    def estimate(self, photo, progress):
        self.asked += 1
        assert photo.intrinsics.fx_px == pytest.approx(0.85 * 160)
        if photo.file.name in self.fails:
            raise RelensError("too dark")
        camera = posed_cameras(5, 160)[int(photo.file.name[6])]
        return Depth(1.3 * trace(camera, rod=False).inverse_depth, "network", notes=("network: a note",))


def test_a_backend_that_fails_on_one_photo(tmp_path, monkeypatch):
    network = _Network(fails=("photo_1.png",))
    made = []
    monkeypatch.setattr("relens.multiview.photos.depths.backend", lambda *how: made.append(how) or network)
    write_dataset(tmp_path, 5, 160, depth=None)
    photos = read_photos(tmp_path, PhotoRequest(depth=DepthRequest("depth-pro")))
    assert network.asked == 5 and len(made) == 1
    assert [photo.prior is None for photo in photos.photos] == [False, True, False, False, False]
    assert "no depth of images/photo_1.png: too dark" in photos.notes
    assert photos.notes.count("network: a note") == 1
    # It is metric: its metre is the unit.
    assert np.cbrt(np.linalg.det(photos.dataset_from_world[:3, :3])) == pytest.approx(1.3, rel=0.01)
    network.fails = tuple(f"photo_{index}.png" for index in range(5))
    with pytest.raises(RelensError, match="too dark"):
        read_photos(tmp_path, PhotoRequest(depth=DepthRequest("depth-pro")))
