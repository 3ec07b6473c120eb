import numpy as np

from relens.camera import Intrinsics
from relens.depth.portrait.person import person_depth
from relens.face import Distance, Eye, Face

_CAMERA = Intrinsics.centred(600, 200, 300)


def _face() -> Face:
    """A flat face of 60 pixels, and a body below."""
    around = np.linspace(0, 2 * np.pi, 468, endpoint=False)
    radius = np.sqrt(np.random.default_rng(0).uniform(0, 1, 468)) * 30
    mesh = np.stack([100 + radius * np.cos(around), 80 + radius * np.sin(around), np.zeros(468)], axis=1)
    mesh[234], mesh[454] = (70, 80, 0), (130, 80, 0)
    eye = Eye(np.array([90.0, 75.0]), np.full(2, 9.0), 0.3)
    return Face(mesh.astype(np.float32), 1.0, (eye, eye))


def _body() -> np.ndarray:
    mine = np.zeros((300, 200), bool)
    mine[40:, 60:140] = True
    return mine


def test_the_face_is_at_its_distance_and_the_body_goes_on_smoothly_a_little_behind() -> None:
    person = person_depth(_face(), Distance(0.8, 0.05, 2), _body(), _CAMERA, 1.0)
    metres = 1 / person.inverse_depth[:, 100]
    np.testing.assert_allclose(metres[60:100], 0.8, rtol=1e-4)
    assert 0.8 < metres[200] <= 0.831 and (np.diff(metres[105:]) > -1e-4).all()
    assert np.abs(np.diff(metres[40:])).max() < 0.003


def test_it_is_less_sure_away_from_the_face() -> None:
    spread = person_depth(_face(), Distance(0.8, 0.05, 2), _body(), _CAMERA, 1.0).spread[:, 100]
    np.testing.assert_allclose(spread[60:100], 0.05, rtol=1e-5)
    assert (np.diff(spread[115:]) >= 0).all() and 0.1 < spread[-1] < 0.3


def test_what_is_someone_else_s_does_not_pull() -> None:
    half = _body()
    half[:, 100:] = False
    person = person_depth(_face(), Distance(0.8, 0.05, 2), half, _CAMERA, 1.0)
    whole = person_depth(_face(), Distance(0.8, 0.05, 2), _body(), _CAMERA, 1.0)
    np.testing.assert_allclose(person.inverse_depth[half], whole.inverse_depth[half], rtol=0.02)
