"""The way of the eye goes through every place, with one direction and speed there, whatever the world's axes are."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from relens.path.spline import eye_spline
from relens.rotation import exp_so3

coordinates = st.floats(-3, 3).map(lambda x: round(x, 2))
points = st.lists(st.tuples(coordinates, coordinates, coordinates), min_size=1, max_size=7).map(np.array)
SPLINES = ["centripetal", "kochanek-bartels", "linear"]
kinds = st.sampled_from(SPLINES)


def differ(points_m):
    """Apart by a centimetre or more, one from the next."""
    return (np.linalg.norm(np.diff(points_m, axis=0), axis=1) > 0.01).all()


@given(points, kinds, st.booleans())
def test_goes_through_every_place(points_m, spline, closed):
    curve = eye_spline(points_m, spline, closed)
    assert np.array_equal(curve.at(curve.knots[: len(points_m)]), points_m)
    if closed:
        assert np.array_equal(curve.at(curve.knots[-1:]), points_m[:1])


@given(points, st.sampled_from(SPLINES[:2]), st.booleans())
def test_leaves_every_place_as_it_reached_it(points_m, spline, closed):
    curve = eye_spline(points_m, spline, closed)
    assume(len(curve.course.knots) > 1)
    knots = curve.course.knots if closed else curve.course.knots[1:-1]
    step = 1e-6 * np.diff(curve.course.knots).min()
    before = (curve.at(knots) - curve.at(knots - step)) / step
    after = (curve.at(knots + step) - curve.at(knots)) / step
    np.testing.assert_allclose(before, after, atol=1e-3 * (1 + np.abs(before).max(initial=0)))


@given(points, kinds)
def test_backwards_it_is_the_same_way(points_m, spline):
    there, back = eye_spline(points_m, spline), eye_spline(points_m[::-1], spline)
    share = np.linspace(0, 1, 33)
    # On a knot either neighbour may answer.
    np.testing.assert_allclose(there.at(share * there.knots[-1]), back.at((1 - share) * back.knots[-1]), atol=1e-6)


@given(points, kinds, st.booleans(), st.tuples(coordinates, coordinates, coordinates), st.floats(0.1, 5))
def test_turning_moving_and_scaling_the_world_does_so_to_the_way(points_m, spline, closed, move, scale):
    turn = exp_so3(np.array(move))
    share = np.linspace(0, 1, 21)
    one = eye_spline(points_m, spline, closed)
    other = eye_spline(scale * points_m @ turn.T + move, spline, closed)
    assume(len(one.course.knots) == len(other.course.knots))
    # The knots keep their proportions.
    np.testing.assert_allclose(
        other.at(share * other.knots[-1]), scale * one.at(share * one.knots[-1]) @ turn.T + move, atol=1e-6
    )


@given(points, kinds, st.integers(0, 6))
def test_a_repeated_place_changes_nothing(points_m, spline, index):
    index %= len(points_m)
    twice = np.insert(points_m, index, points_m[index], axis=0)
    one, other = eye_spline(points_m, spline), eye_spline(twice, spline)
    at = np.linspace(0, one.knots[-1], 21)
    assert np.array_equal(one.at(at), other.at(at))


@given(st.lists(st.floats(0.01, 5), min_size=1, max_size=6), st.tuples(coordinates, coordinates, coordinates))
def test_places_in_a_line_stay_in_it_and_do_not_turn_back(steps_m, direction):
    assume(np.linalg.norm(direction) > 0.5)
    ahead = np.array(direction) / np.linalg.norm(direction)
    curve = eye_spline(np.concatenate([[0.0], np.cumsum(steps_m)])[:, None] * ahead)
    way = curve.at(np.linspace(0, curve.knots[-1], 200))
    np.testing.assert_allclose(np.cross(way, ahead), 0, atol=1e-9)
    assert (np.diff(way @ ahead) > -1e-9).all()


def test_catmull_rom_is_kochanek_bartels_without_shape():
    """And both are the textbook's: half the way from the place before to the place after."""
    points_m = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [2, 1, 0.0]])
    even, plain = eye_spline(points_m), eye_spline(points_m, "kochanek-bartels")
    at = np.linspace(0, 3, 50)
    np.testing.assert_allclose(even.at(at), plain.at(at), atol=1e-12)
    # The basis of Catmull and Rom at the middle of the middle segment: (-1, 9, 9, -1) / 16.
    np.testing.assert_allclose(plain.at(np.array([1.5]))[0], np.array([-1, 9, 9, -1]) @ points_m / 16)


@given(points.filter(lambda p: len(p) >= 4), st.floats(0.01, 0.99))
def test_centripetal_is_the_pyramid_of_barry_and_goldman(points_m, share):
    four = points_m[:4]
    assume(differ(four))
    t = np.concatenate([[0.0], np.cumsum(np.sqrt(np.linalg.norm(np.diff(four, axis=0), axis=1)))])
    at = t[1] + share * (t[2] - t[1])

    def mix(i, j, one, other):
        return ((t[j] - at) * one + (at - t[i]) * other) / (t[j] - t[i])

    a = [mix(i, i + 1, four[i], four[i + 1]) for i in range(3)]
    b = [mix(i, i + 2, a[i], a[i + 1]) for i in range(2)]
    np.testing.assert_allclose(eye_spline(four).at(np.array([at]))[0], mix(1, 2, *b), atol=1e-9)


def test_an_open_end_does_not_bend():
    curve = eye_spline(np.array([[0, 0, 0], [1, 0, 0], [1, 2, 0.0]]))
    step = 1e-4
    for end, inwards in ((0, step), (curve.knots[-1], -step)):
        near = curve.at(end + inwards * np.arange(3))
        far = curve.at(end + inwards * (np.arange(3) + 500))
        bends = [np.linalg.norm(part[0] - 2 * part[1] + part[2]) / step**2 for part in (near, far)]
        assert bends[0] < 0.02 * bends[1]


@pytest.mark.parametrize(
    ("shape", "bends"),
    [((1.0, 0, 0), "straight"), ((0, 0, 1.0), "late"), ((0, 0, -1.0), "early"), ((0, -1.0, 0), "corner")],
)
def test_tension_continuity_and_bias(shape, bends):
    points_m = np.array([[0, 0, 0], [1, 1, 0], [2, 0, 0.0]])
    curve = eye_spline(points_m, "kochanek-bartels", shape=np.array([(0, 0, 0), shape, (0, 0, 0)], float))
    before, after = curve.at(np.array([0.999, 1.001]))
    at_key = [points_m[1] - before, after - points_m[1]]
    directions = [way / max(np.linalg.norm(way), 1e-12) for way in at_key]
    if bends == "straight":
        assert max(np.linalg.norm(way) for way in at_key) < 1e-5
    elif bends == "corner":
        np.testing.assert_allclose(directions, [[0.707, 0.707, 0], [0.707, -0.707, 0]], atol=5e-3)
    else:
        # With all the bias to one side it goes on as it came, or as it will go.
        up = {"late": 1, "early": -1}[bends]
        np.testing.assert_allclose(directions, [[0.707, 0.707 * up, 0]] * 2, atol=5e-3)


def test_a_loop_of_even_places_is_nearly_round():
    angle = np.arange(12) / 12 * 2 * np.pi
    curve = eye_spline(np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1), closed=True)
    radius = np.linalg.norm(curve.at(np.linspace(0, curve.knots[-1], 400)), axis=1)
    assert radius.min() > 0.998 and radius.max() <= 1 + 1e-9


def test_one_place():
    curve = eye_spline(np.array([[1.0, 2, 3], [1, 2, 3]]), closed=True)
    assert curve.knots.tolist() == [0, 0, 0] and curve.at(np.zeros(2)).tolist() == [[1, 2, 3]] * 2


@pytest.mark.parametrize("tiny", [1e-12, 1e-100, 1e-300])
def test_places_next_to_each_other(tiny):
    curve = eye_spline(np.array([[0, 0, 0], [tiny, 0, 0], [1, 0, 0.0]]))
    way = curve.at(np.linspace(0, curve.knots[-1], 99))
    assert np.isfinite(way).all() and (np.diff(way[:, 0]) >= 0).all()
