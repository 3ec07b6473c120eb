"""LayerMesh and ExportMesh: what they say of the arrays they carry."""

import io
from dataclasses import replace

import numpy as np
import pytest
from layer_scenes import FX_PX
from PIL import Image

from relens.camera import Camera, Intrinsics
from relens.export import ExportMesh, LayerMesh


def _layer(page, uv):
    count = len(uv)
    positions, normals = np.ones((count, 3), np.float32), np.tile(np.float32([0, 0, -1]), (count, 1))
    return LayerMesh("wall", positions, normals, np.float32(uv), np.array([[0, 1, 2]], np.int32), page)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 5), (7, 2), (1001, 3), (5, 4099)])
def test_colours_at_texel_centres_are_those_texels(height, width):
    page = np.arange(height * width * 4, dtype=np.uint32).astype(np.uint8).reshape(height, width, 4)
    row, column = np.indices((height, width)).reshape(2, -1)
    layer = _layer(page, np.column_stack([(column + 0.5) / width, (row + 0.5) / height]))
    np.testing.assert_array_equal(layer.rgba, page.reshape(-1, 4))


def test_colours_at_the_pages_edges_are_the_outer_texels():
    page = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    layer = _layer(page, [(0, 0), (1, 0), (0, 1), (1, 1)])
    np.testing.assert_array_equal(layer.rgba, page[[0, 0, 1, 1], [0, 2, 0, 2]])


def test_one_clear_texel_makes_a_page_not_opaque():
    page = np.full((4, 4, 4), 255, np.uint8)
    assert _layer(page, [(0, 0)] * 3).is_opaque
    page[3, 0, 3] = 254
    assert not _layer(page, [(0, 0)] * 3).is_opaque


def test_the_page_is_encoded_once():
    page = np.random.default_rng(0).integers(0, 256, (5, 7, 4), np.uint8)
    layer = _layer(page, [(0, 0)] * 3)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(layer.page_png))), page)
    assert layer.page_png is layer.page_png


def test_counts_are_of_all_layers_together():
    page = np.zeros((1, 1, 4), np.uint8)
    three, five = _layer(page, [(0, 0)] * 3), _layer(page, [(0, 0)] * 5)
    five = replace(five, triangles=np.array([[0, 1, 2], [2, 3, 4]], np.int32))
    mesh = ExportMesh(Camera(Intrinsics.centred(FX_PX, 1, 1)), (three, five))
    assert (mesh.vertex_count, mesh.triangle_count) == (8, 3)
