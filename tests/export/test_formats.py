"""Every format, read back by a library that did not write it, holds the same triangles in the same places."""

import json
import struct

import numpy as np
import pytest
from export_scene import depth_off, export_scene
from PIL import Image
from unchecked import unchecked

from relens.errors import FileError, ValueRangeError
from relens.export import layer_meshes, scene_points, write_glb, write_obj, write_ply, write_points, write_usdz

trimesh = pytest.importorskip("trimesh", reason="reading back needs trimesh")


@pytest.fixture(scope="module")
def mesh():
    return layer_meshes(export_scene(), triangles=2000)


def _expected(mesh):
    return {layer.name: layer.positions_m * [1, -1, -1] for layer in mesh.layers}


def _glb(path):
    data = path.read_bytes()
    magic, version, total = struct.unpack_from("<4sII", data)
    assert (magic, version, total) == (b"glTF", 2, len(data))
    length, kind = struct.unpack_from("<I4s", data, 12)
    assert kind == b"JSON" and length % 4 == 0
    return json.loads(data[20 : 20 + length]), data[28 + length :]


def test_glb_is_whole_and_aligned(mesh, tmp_path):
    write_glb(mesh, tmp_path / "a.glb")
    gltf, body = _glb(tmp_path / "a.glb")
    assert gltf["buffers"] == [{"byteLength": len(body)}]
    for view in gltf["bufferViews"]:
        assert view["byteOffset"] % 4 == 0 and view["byteOffset"] + view["byteLength"] <= len(body)
    for primitive in (part["primitives"][0] for part in gltf["meshes"]):
        place = gltf["accessors"][primitive["attributes"]["POSITION"]]
        view = gltf["bufferViews"][place["bufferView"]]
        values = np.frombuffer(body, "<f4", 3 * place["count"], view["byteOffset"]).reshape(-1, 3)
        assert values.min(axis=0).tolist() == place["min"] and values.max(axis=0).tolist() == place["max"]
        index = gltf["accessors"][primitive["indices"]]
        start = gltf["bufferViews"][index["bufferView"]]["byteOffset"]
        assert np.frombuffer(body, "<u4", index["count"], start).max() == place["count"] - 1


@pytest.mark.parametrize("mode", ["blend", "mask"])
def test_glb_alpha(mesh, tmp_path, mode):
    write_glb(mesh, tmp_path / "a.glb", alpha_mode=mode)
    materials = {material["name"]: material for material in _glb(tmp_path / "a.glb")[0]["materials"]}
    assert materials["card"]["alphaMode"] == mode.upper() and "alphaMode" not in materials["wall"]
    with unchecked(), pytest.raises(ValueRangeError, match="alpha_mode"):
        write_glb(mesh, tmp_path / "a.glb", alpha_mode="soft")


def test_glb_reads_back(mesh, tmp_path):
    write_glb(mesh, tmp_path / "a.glb")
    scene = trimesh.load(tmp_path / "a.glb", process=False)
    for layer in mesh.layers:
        found = scene.geometry[layer.name]
        np.testing.assert_allclose(found.vertices, _expected(mesh)[layer.name], atol=1e-6)
        np.testing.assert_array_equal(found.faces, layer.triangles)
        # trimesh counts v upwards.
        np.testing.assert_allclose(found.visual.uv * [1, -1] + [0, 1], layer.uv, atol=1e-6)
        np.testing.assert_array_equal(np.asarray(found.visual.material.baseColorTexture), layer.page)


def test_obj_reads_back(mesh, tmp_path):
    files = write_obj(mesh, tmp_path / "a.obj")
    assert sorted(files) == sorted(tmp_path.iterdir()) and len(files) == 4
    scene = trimesh.load(tmp_path / "a.obj", process=False, split_object=True, group_material=True)
    parts = scene.geometry.values() if hasattr(scene, "geometry") else [scene]
    assert sum(len(part.faces) for part in parts) == mesh.triangle_count
    corners = np.concatenate([part.vertices[part.faces].reshape(-1, 3) for part in parts])
    assert depth_off(corners).max() < 1e-4
    for layer in mesh.layers:
        page = np.asarray(Image.open(tmp_path / f"a-{layer.name}.png"))
        np.testing.assert_array_equal(page, layer.page)


def test_ply_reads_back(mesh, tmp_path):
    write_ply(mesh, tmp_path / "a.ply")
    found = trimesh.load(tmp_path / "a.ply", process=False)
    np.testing.assert_allclose(found.vertices, np.concatenate(list(_expected(mesh).values())), atol=1e-6)
    assert len(found.faces) == mesh.triangle_count
    vertex = found.metadata["_ply_raw"]["vertex"]["data"]
    colour = np.column_stack([vertex[name] for name in ("red", "green", "blue", "alpha")])
    np.testing.assert_array_equal(colour, np.concatenate([layer.rgba for layer in mesh.layers]))


def test_points_read_back(tmp_path):
    points = scene_points(export_scene(), clean=False)
    write_points(points, tmp_path / "a.ply")
    found = trimesh.load(tmp_path / "a.ply", process=False)
    np.testing.assert_allclose(found.vertices, points.positions_m * [1, -1, -1], atol=1e-6)
    np.testing.assert_array_equal(found.colors, points.rgba)


def test_open3d_reads_the_ply(mesh, tmp_path):
    open3d = pytest.importorskip("open3d", reason="needs relens[mesh]")
    write_ply(mesh, tmp_path / "a.ply")
    found = open3d.io.read_triangle_mesh(str(tmp_path / "a.ply"))
    assert len(found.triangles) == mesh.triangle_count and found.has_vertex_colors() and found.has_vertex_normals()


def test_usdz_reads_back(mesh, tmp_path):
    pxr = pytest.importorskip("pxr", reason="needs relens[usd]")
    from pxr import Usd, UsdGeom

    write_usdz(mesh, tmp_path / "a.usdz")
    stage = Usd.Stage.Open(str(tmp_path / "a.usdz"))
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1 and UsdGeom.GetStageUpAxis(stage) == "Y"
    meshes = {prim.GetName(): UsdGeom.Mesh(prim) for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh)}
    assert len(meshes) == 2 and pxr
    counts = sorted(len(each.GetPointsAttr().Get()) for each in meshes.values())
    assert counts == sorted(len(layer.positions_m) for layer in mesh.layers)


@pytest.mark.parametrize("write", [write_glb, write_obj, write_ply])
def test_a_failed_write_leaves_nothing(mesh, tmp_path, monkeypatch, write):
    suffix = write.__name__.removeprefix("write_")
    with pytest.raises(FileError, match=f"expected .*{suffix}|{suffix}"):
        write(mesh, tmp_path / "a.png")
    with pytest.raises(FileError):
        write(mesh, tmp_path / "no" / f"a.{suffix}")
    assert not list(tmp_path.iterdir())
