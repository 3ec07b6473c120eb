"""GLB files, read by hand: chunks, accessors, the camera, and the pages inside."""

import errno
import io
import json
import struct
from dataclasses import replace

import numpy as np
import pytest
from export_scene import export_scene
from layer_scenes import BORDER_PX, HEIGHT_PX, WIDTH_PX
from PIL import Image

from relens import atomic
from relens.camera import Camera, Intrinsics
from relens.errors import FileError
from relens.export import glb, layer_meshes, write_glb

_OLD, _PAGE = b"old", np.array([WIDTH_PX + 2 * BORDER_PX, HEIGHT_PX + 2 * BORDER_PX])
_KINDS = {(5126, "VEC3"): ("<f4", 3), (5126, "VEC2"): ("<f4", 2), (5125, "SCALAR"): ("<u4", 1)}


def _mesh(intrinsics, **options):
    return layer_meshes(replace(export_scene(), camera=Camera(intrinsics)), triangles=2000, **options)


@pytest.fixture(scope="module")
def mesh():
    # Not square pixels, but the principal point in the middle: a glTF camera holds exactly this.
    return _mesh(Intrinsics(100, 83, WIDTH_PX / 2, HEIGHT_PX / 2, WIDTH_PX, HEIGHT_PX))


def _read(path):
    """The JSON and the buffer; both chunks fill the file."""
    data = path.read_bytes()
    magic, version, total = struct.unpack_from("<4sII", data)
    assert (magic, version, total) == (b"glTF", 2, len(data))
    text_bytes, text_kind = struct.unpack_from("<I4s", data, 12)
    body_bytes, body_kind = struct.unpack_from("<I4s", data, 20 + text_bytes)
    assert (text_kind, body_kind) == (b"JSON", b"BIN\0") and text_bytes % 4 == body_bytes % 4 == 0
    assert 28 + text_bytes + body_bytes == total
    return json.loads(data[20 : 20 + text_bytes]), data[28 + text_bytes :]


def _values(gltf, body, number):
    accessor = gltf["accessors"][number]
    view = gltf["bufferViews"][accessor["bufferView"]]
    kind, width = _KINDS[accessor["componentType"], accessor["type"]]
    assert view["byteLength"] == 4 * width * accessor["count"]
    values = np.frombuffer(body, kind, width * accessor["count"], view["byteOffset"])
    return values.reshape(-1, width) if width > 1 else values


def _layers(gltf, body):
    """Name, arrays and page of every mesh, as nodes come."""
    for node in gltf["nodes"]:
        if "mesh" not in node:
            continue
        (part,) = gltf["meshes"][node["mesh"]]["primitives"]
        arrays = {name: _values(gltf, body, number) for name, number in part["attributes"].items()}
        texture = gltf["materials"][part["material"]]["pbrMetallicRoughness"]["baseColorTexture"]["index"]
        image = gltf["images"][gltf["textures"][texture]["source"]]
        view = gltf["bufferViews"][image["bufferView"]]
        png = body[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
        yield node["name"], arrays, _values(gltf, body, part["indices"]).reshape(-1, 3), png


def test_the_layers_come_back_to_front_with_their_own_arrays_and_pages(mesh, tmp_path):
    write_glb(mesh, tmp_path / "a.glb")
    gltf, body = _read(tmp_path / "a.glb")
    assert gltf["scenes"][gltf["scene"]]["nodes"] == list(range(len(gltf["nodes"])))
    found = list(_layers(gltf, body))
    assert [name for name, *_ in found] == ["wall", "card"] == [layer.name for layer in reversed(mesh.layers)]
    for layer, (_, arrays, triangles, png) in zip(reversed(mesh.layers), found, strict=True):
        np.testing.assert_array_equal(arrays["POSITION"], layer.positions_m * np.float32([1, -1, -1]))
        np.testing.assert_array_equal(arrays["NORMAL"], layer.normals * np.float32([1, -1, -1]))
        np.testing.assert_array_equal(arrays["TEXCOORD_0"], layer.uv)
        np.testing.assert_array_equal(triangles, layer.triangles)
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png))), layer.page)


def test_the_extents_are_the_least_and_greatest_positions_of_their_own_layer(mesh, tmp_path):
    write_glb(mesh, tmp_path / "a.glb")
    gltf, body = _read(tmp_path / "a.glb")
    extents = [gltf["accessors"][part["primitives"][0]["attributes"]["POSITION"]] for part in gltf["meshes"]]
    for extent, (_, arrays, *_) in zip(extents, _layers(gltf, body), strict=True):
        np.testing.assert_array_equal(np.float32(extent["min"]), arrays["POSITION"].min(axis=0))
        np.testing.assert_array_equal(np.float32(extent["max"]), arrays["POSITION"].max(axis=0))
    assert extents[0]["max"] != extents[1]["max"]


def test_views_are_aligned_and_do_not_overlap(mesh, tmp_path):
    write_glb(mesh, tmp_path / "a.glb")
    gltf, body = _read(tmp_path / "a.glb")
    spans = sorted((view["byteOffset"], view["byteLength"]) for view in gltf["bufferViews"])
    end = 0
    for start, length in spans:
        assert start % 4 == 0 and length > 0 and end <= start < end + 4
        end = start + length
    assert 0 <= len(body) - end < 4 and gltf["buffers"] == [{"byteLength": len(body)}]


def test_the_files_camera_sees_every_vertex_at_its_texel(mesh, tmp_path):
    write_glb(mesh, tmp_path / "a.glb")
    gltf, body = _read(tmp_path / "a.glb")
    (node,) = (node for node in gltf["nodes"] if "camera" in node)
    # Without a transform: at the origin, looking along -z.
    assert set(node) == {"name", "camera"}
    view = gltf["cameras"][node["camera"]]["perspective"]
    half_height = np.tan(view["yfov"] / 2)
    half_width = half_height * view["aspectRatio"]
    for _, arrays, *_ in _layers(gltf, body):
        x, y, z = arrays["POSITION"].astype(np.float64).T
        assert (-z > view["znear"]).all()
        across, up = x / -z / half_width, y / -z / half_height
        pixel = np.column_stack([(across + 1) / 2 * WIDTH_PX, (1 - up) / 2 * HEIGHT_PX])
        np.testing.assert_allclose(pixel, arrays["TEXCOORD_0"] * _PAGE - BORDER_PX, atol=1e-3)


def test_what_a_gltf_camera_cannot_hold_stands_in_its_extras(tmp_path):
    write_glb(_mesh(Intrinsics(101.5, 97, 30.25, 25, WIDTH_PX, HEIGHT_PX)), tmp_path / "a.glb")
    expected = {"fx_px": 101.5, "fy_px": 97, "cx_px": 30.25, "cy_px": 25, "width_px": 64, "height_px": 48}
    assert _read(tmp_path / "a.glb")[0]["cameras"][0]["extras"] == expected


@pytest.mark.parametrize("mode", ["blend", "mask"])
def test_materials_are_unlit_seen_from_both_sides_and_clear_only_where_the_page_is(mesh, tmp_path, mode):
    write_glb(mesh, tmp_path / "a.glb", alpha_mode=mode)
    gltf, _ = _read(tmp_path / "a.glb")
    assert gltf["extensionsUsed"] == ["KHR_materials_unlit"]
    materials = {material["name"]: material for material in gltf["materials"]}
    for material in materials.values():
        assert material["extensions"] == {"KHR_materials_unlit": {}} and material["doubleSided"]
    assert not {"alphaMode", "alphaCutoff"} & set(materials["wall"])
    assert materials["card"]["alphaMode"] == mode.upper()
    # glTF allows a cutoff for masks only.
    assert materials["card"].get("alphaCutoff") == (0.5 if mode == "mask" else None)
    assert {sampler["wrapS"] for sampler in gltf["samplers"]} == {33071}


def test_pages_may_be_smaller_than_the_grid(mesh, tmp_path):
    write_glb(_mesh(mesh.camera.intrinsics, texture_px=24), tmp_path / "a.glb")
    for (_, arrays, _, png), layer in zip(_layers(*_read(tmp_path / "a.glb")), reversed(mesh.layers), strict=True):
        assert Image.open(io.BytesIO(png)).size == (24, 20)
        np.testing.assert_array_equal(arrays["TEXCOORD_0"], layer.uv)


def test_over_4_gb_is_refused_before_writing(mesh, tmp_path, monkeypatch):
    write_glb(mesh, tmp_path / "a.glb")
    size = (tmp_path / "a.glb").stat().st_size
    monkeypatch.setattr(glb, "_MOST_BYTES", size)
    write_glb(mesh, tmp_path / "b.glb")
    monkeypatch.setattr(glb, "_MOST_BYTES", size - 1)
    with pytest.raises(FileError, match=r"c\.glb: would be .*4 GB.*fewer triangles"):
        write_glb(mesh, tmp_path / "c.glb")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.glb", "b.glb"]


def test_a_full_disk_leaves_the_old_file(mesh, tmp_path, monkeypatch):
    def full(path):
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "a.glb").write_bytes(_OLD)
    monkeypatch.setattr(atomic, "_flush", full)
    with pytest.raises(FileError, match=r"a\.glb: cannot write: No space left"):
        write_glb(mesh, tmp_path / "a.glb")
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [_OLD]


@pytest.mark.parametrize("name", ["a", "a.gltf", "a.glb.png"])
def test_other_suffixes_are_refused(mesh, tmp_path, name):
    with pytest.raises(FileError, match=r"expected \.glb"):
        write_glb(mesh, tmp_path / name)
    assert not list(tmp_path.iterdir())
