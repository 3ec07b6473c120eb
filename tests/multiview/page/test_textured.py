from dataclasses import replace

import numpy as np
import pytest
from fitted_pages import mesh, page

from relens.mesh import MeshPart
from relens.multiview.page import textured
from relens.multiview.page.canonical_camera import CanonicalCamera
from relens.multiview.page.field import TexelField
from relens.multiview.page.layout import PageLayout
from relens.multiview.page.page_fit import PageFit
from relens.multiview.page.subdivide import subdivided

SQUARE = np.array([[-1, -1, 3], [1, -1, 3], [1, 1, 3], [-1, 1, 3]], np.float32)
HALVES = np.array([[0, 1, 2], [0, 2, 3]], np.int32)


def round_page(kind="panorama"):
    layout = PageLayout(200, 90, 200 / (2 * np.pi), -np.pi, -1.4, goes_round=True)
    none = np.zeros((2, 2, 2, 2), np.float32)
    bounds = np.array([-3.0, -1, 0]), np.array([3.0, 1, 1])
    field = TexelField(CanonicalCamera(kind, np.eye(4)), layout, none, *bounds, np.zeros((0, 1, 1), np.float32), 0.05)
    colour = np.random.default_rng(0).random((90, 200, 4)).astype(np.float32)
    colour[..., 3] = 1
    return PageFit(field, colour, page().settings, 30.0)


def test_corners_have_the_texels_of_their_points():
    (part,) = textured(mesh(), page()).parts
    middles = part.vertices_m[part.triangles].mean(axis=1)
    texels = page().texels(middles)
    uv_px = part.uv.mean(axis=1) * [page().page.shape[1], page().page.shape[0]]
    off = np.linalg.norm(uv_px - texels, axis=1)
    # All but triangles beside the border of two parts, and those that only another part shows.
    assert np.quantile(off, 0.9) < 0.5


def test_straight_texture_coordinates_are_never_far_off():
    (part,) = textured(MeshPart(SQUARE * np.float32([3, 3, 1]), HALVES), round_page()).parts
    assert len(part.triangles) > 50
    share = np.random.default_rng(1).dirichlet([1, 1, 1], len(part.triangles))
    points = np.einsum("mc,mcd->md", share, part.vertices_m[part.triangles])
    uv = np.einsum("mc,mcd->md", share, part.uv)
    texels = round_page().texels(points)
    assert np.abs(uv * [200, 90] - texels).max() < 0.8


@pytest.mark.parametrize("kind", ["panorama", "object"])
def test_no_triangle_is_smeared_across_the_seam(kind):
    behind = SQUARE * np.float32([1, 1, -1]) if kind == "panorama" else SQUARE
    (part,) = textured(MeshPart(behind, HALVES), round_page(kind)).parts
    assert part.repeat
    assert np.ptp(part.uv[..., 0], axis=1).max() < 0.25
    assert part.uv[..., 0].min() < 0 or part.uv[..., 0].max() > 1


def test_subdividing_keeps_a_closed_surface_closed():
    closed = MeshPart(
        np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32),
        np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]], np.int32),
    )

    def long_ones(first, second):
        return np.linalg.norm(first - second, axis=1) > np.where(first[:, 2] + second[:, 2] > 0.5, 0.15, 0.4)

    vertices, triangles = subdivided(closed.vertices_m, closed.triangles, long_ones, rounds=8, most_triangles=10**5)
    sides = triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    there, back = ({tuple(side) for side in way.tolist()} for way in (sides, sides[:, ::-1]))
    assert len(triangles) > 100 and there == back and len(there) == len(sides)
    area = np.linalg.norm(np.cross(*(vertices[triangles[:, c]] - vertices[triangles[:, 0]] for c in (1, 2))), axis=1)
    assert area.sum() / 2 == pytest.approx(1.5 + np.sqrt(3) / 2, rel=1e-5)


def test_a_part_that_shows_nothing_gives_way_to_one_that_does():
    fit = page()
    rows = fit.field.layout.front_px
    cleared = fit.page.copy()
    cleared[rows:] = 0
    (part,) = textured(mesh(), replace(fit, page=cleared)).parts
    height = fit.page.shape[0]
    lower = part.uv[..., 1].min(axis=1) * height > rows
    centres = (part.uv[lower].mean(axis=1) * [fit.page.shape[1], height]).astype(int)
    # What is left below has nothing to show above either.
    middles = part.vertices_m[part.triangles[lower]].mean(axis=1)
    above = np.floor(fit.field.texels(middles, np.zeros(len(middles), np.int64))).astype(int)
    assert len(centres) == 0 or cleared[above[:, 1], above[:, 0], 3].max() == 0
