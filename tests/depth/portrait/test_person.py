import numpy as np
import pytest

from relens.camera import Intrinsics
from relens.depth.portrait.person import person_depth
from relens.face import Distance, Eye, Face

_CAMERA = Intrinsics.centred(600, 200, 300)


def _face() -> Face:
    """A flat face of 60 pixels, and a body below."""
    around = np.linspace(0, 2 * np.pi, 468, endpoint=False)
    radius = np.sqrt(np.random.default_rng(0).uniform(0, 1, 468)) * 30
    mesh = np.stack([100 + radius * np.cos(around), 80 + radius * np.sin(around), np.zeros(468)], axis=1)
    mesh[234], mesh[454], mesh[10], mesh[152] = (70, 80, 0), (130, 80, 0), (100, 50, 0), (100, 110, 0)
    mesh[33], mesh[263] = (80, 75, 0), (120, 75, 0)
    eye = Eye(np.array([90.0, 75.0]), np.full(2, 9.0), 0.0, 0.01, 0.3)
    return Face(mesh.astype(np.float32), 1.0, (eye, eye))


def _body() -> np.ndarray:
    mine = np.zeros((300, 200), bool)
    mine[40:, 60:140] = True
    return mine


def test_the_face_is_at_its_distance_and_the_body_goes_on_smoothly_a_little_behind() -> None:
    person = person_depth(_face(), Distance(0.8, 0.05, 2), _body(), _CAMERA, 1.0)
    metres = 1 / person.inverse_depth[:, 100]
    np.testing.assert_allclose(metres[60:100], 0.8, rtol=1e-4)
    # The chest, 2.5 cm behind: below the head's middle, 9 cm behind the face, and 6.5 cm before that.
    assert metres[280] == pytest.approx(0.825, abs=2e-3)
    assert (metres[112:] > 0.8).all() and metres.max() < 0.9
    assert np.abs(np.diff(metres[40:])).max() < 0.003


def test_it_is_less_sure_away_from_the_face() -> None:
    spread = person_depth(_face(), Distance(0.8, 0.05, 2), _body(), _CAMERA, 1.0).spread[:, 100]
    np.testing.assert_allclose(spread[60:100], np.hypot(0.05, 0.01), rtol=1e-3)
    assert spread[115] > 1.1 * spread[100] and (np.diff(spread[150:]) >= -1e-3).all() and 0.07 < spread[-1] < 0.3


def test_what_is_someone_else_s_does_not_pull() -> None:
    half = _body()
    half[:, 100:] = False
    person = person_depth(_face(), Distance(0.8, 0.05, 2), half, _CAMERA, 1.0)
    whole = person_depth(_face(), Distance(0.8, 0.05, 2), _body(), _CAMERA, 1.0)
    np.testing.assert_allclose(person.inverse_depth[half], whole.inverse_depth[half], rtol=0.02)


def test_a_face_that_the_mask_overlooked_is_there_all_the_same() -> None:
    person = person_depth(_face(), Distance(0.8, 0.05, 2), np.zeros((300, 200), bool), _CAMERA, 1.0)
    assert person.mine[80, 100] and person.face.sum() > 1500
    assert 1 / person.inverse_depth[80, 100] == pytest.approx(0.8, rel=1e-4)


def test_a_mesh_does_not_reach_past_the_outline_of_the_head() -> None:
    below = _body()
    below[:70] = False
    person = person_depth(_face(), Distance(0.8, 0.05, 2), below, _CAMERA, 1.0)
    assert not person.mine[:70].any() and not person.face[:70].any() and person.face[80, 100]
