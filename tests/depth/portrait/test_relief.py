import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relens.depth.portrait.relief import mesh_surface

_POINTS = np.random.default_rng(3).uniform((5, 4), (55, 36), (80, 2))


@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(-50, 50))
def test_a_plane_stays_a_plane(across: float, down: float, offset: float) -> None:
    values = _POINTS @ (across, down) + offset
    surface, inside = mesh_surface(_POINTS, values, (60, 40))
    rows, columns = np.nonzero(inside)
    wanted = across * (columns + 0.5) + down * (rows + 0.5) + offset
    np.testing.assert_allclose(surface[inside], wanted, atol=1e-3)


def test_it_covers_the_hull_of_the_points_and_nothing_else() -> None:
    corners = np.array([[10.0, 10], [50, 10], [50, 30], [10, 30], [30, 20]])
    surface, inside = mesh_surface(corners, np.ones(5), (60, 40))
    wanted = np.zeros((40, 60), bool)
    wanted[10:30, 10:50] = True
    assert (inside == wanted).all() and (surface[~inside] == 0).all()


def test_points_beyond_the_picture_are_cut_off() -> None:
    corners = np.array([[-30.0, -20], [90, -20], [90, 60], [-30, 60]])
    surface, inside = mesh_surface(corners, np.full(4, 2.5), (60, 40))
    assert inside.all()
    np.testing.assert_allclose(surface, 2.5, rtol=1e-6)


def test_values_stay_between_those_of_the_points() -> None:
    values = np.random.default_rng(4).uniform(1, 2, 80)
    surface, inside = mesh_surface(_POINTS, values, (60, 40))
    assert surface[inside].min() >= values.min() - 1e-5 and surface[inside].max() <= values.max() + 1e-5
