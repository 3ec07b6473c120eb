"""Models from files: axes, colours, transforms, and what is no model."""

import sys

import numpy as np
import pytest
from PIL import Image

trimesh = pytest.importorskip("trimesh", reason="reading models needs relens[mesh]")

from relens.errors import FileError  # noqa: E402, after the skip
from relens.mesh_file import read_mesh  # noqa: E402

_SQUARE = np.array([[-1.0, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]])
_FACES = np.array([[0, 1, 2], [0, 2, 3]])
_UV = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])  # v upwards, as trimesh has it


def _textured():
    # Red above, blue below.
    image = Image.fromarray(np.array([[[255, 0, 0]] * 2, [[0, 0, 255]] * 2], np.uint8))
    material = trimesh.visual.material.PBRMaterial(baseColorTexture=image)
    visual = trimesh.visual.TextureVisuals(uv=_UV, material=material)
    return trimesh.Trimesh(_SQUARE, _FACES, visual=visual, process=False)


def _colour_at(part, corner):
    height, width = part.texture.shape[:2]
    u, v = part.uv.reshape(-1, 2)[corner]
    return part.texture[min(int(v * height), height - 1), min(int(u * width), width - 1)]


@pytest.mark.parametrize("suffix", ["glb", "obj"])
def test_the_upper_part_of_a_texture_stays_above(suffix, tmp_path):
    path = tmp_path / f"square.{suffix}"
    _textured().export(path)
    (part,) = read_mesh(path).parts
    corners = part.vertices_m[part.triangles.ravel()]
    for corner, (_, y, _) in enumerate(corners):
        # +y is down in the world.
        np.testing.assert_allclose(_colour_at(part, corner), [1, 0, 0, 1] if y < 0 else [0, 0, 1, 1], atol=1e-3)


def test_the_front_of_a_model_turns_to_the_camera(tmp_path):
    nose = trimesh.Trimesh([[0.0, 0, 1], [1, 0, 0], [0, 2, 0]], [[0, 1, 2]], process=False)
    nose.export(tmp_path / "nose.ply")
    (part,) = read_mesh(tmp_path / "nose.ply").parts
    assert part.vertices_m[:, 2].min() == -1 and part.vertices_m[:, 1].min() == -2


def test_the_places_of_a_glb_are_applied(tmp_path):
    scene = trimesh.Scene()
    scene.add_geometry(trimesh.creation.box((1, 1, 1)), transform=trimesh.transformations.translation_matrix([5, 0, 0]))
    scene.export(tmp_path / "box.glb")
    np.testing.assert_allclose(read_mesh(tmp_path / "box.glb").bounds_m[:, 0], [4.5, 5.5], atol=1e-6)


def test_vertex_colours_are_decoded(tmp_path):
    colours = np.array([[188, 0, 0, 255], [0, 188, 0, 255], [0, 0, 188, 255], [188, 188, 188, 255]], np.uint8)
    trimesh.Trimesh(_SQUARE, _FACES, vertex_colors=colours, process=False).export(tmp_path / "a.ply")
    (part,) = read_mesh(tmp_path / "a.ply").parts
    assert part.rgba is not None
    np.testing.assert_allclose(part.rgba[3], [0.5029, 0.5029, 0.5029, 1], atol=1e-3)  # sRGB 188


def test_what_has_no_colour_is_clay_and_said_to_be(tmp_path):
    trimesh.Trimesh(_SQUARE, _FACES, process=False).export(tmp_path / "a.ply")
    mesh = read_mesh(tmp_path / "a.ply")
    assert mesh.parts[0].texture is None and mesh.parts[0].rgba is None
    assert "no colour" in mesh.notes[0]


def test_an_obj_whose_texture_is_missing_is_clay_or_plain(tmp_path):
    (tmp_path / "a.mtl").write_text("newmtl m\nmap_Kd gone.png\n")
    (tmp_path / "a.obj").write_text("mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nusemtl m\nf 1/1 2/1 3/1\n")
    mesh = read_mesh(tmp_path / "a.obj")
    assert mesh.parts[0].texture is None and mesh.triangle_count == 1


def test_degenerate_triangles_are_dropped(tmp_path):
    trimesh.Trimesh(_SQUARE, [[0, 1, 2], [0, 0, 1], [2, 2, 2]], process=False).export(tmp_path / "a.ply")
    assert read_mesh(tmp_path / "a.ply").triangle_count == 1


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.glb", b"", "cannot be read"),
        ("a.glb", b"glTF" + bytes(20), "cannot be read"),
        ("a.obj", b"v 0 0 0\nv 1 0 0\n", "no triangles|cannot be read"),
        ("a.ply", b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\n"
                  b"end_header\n0 0 0\n", "no triangles|cannot be read"),
        ("a.stl", b"solid", "unknown suffix .stl; expected one of .glb"),
    ],
)  # fmt: skip
def test_what_is_no_model(name, content, problem, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileError, match=problem) as caught:
        read_mesh(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value) and "\n" not in str(caught.value)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileError, match="no file"):
        read_mesh(tmp_path / "gone.glb")


def test_nan_among_the_vertices(tmp_path):
    (tmp_path / "a.obj").write_text("v 0 0 nan\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    with pytest.raises(FileError, match="finite"):
        read_mesh(tmp_path / "a.obj")


def test_a_texture_too_large_for_its_bytes(tmp_path, monkeypatch):
    _textured().export(tmp_path / "square.glb")
    monkeypatch.setattr("relens.photo.stored.SMALL_SAMPLES", 15)
    monkeypatch.setattr("relens.photo.stored.SAMPLES_A_BYTE", 0)
    with pytest.raises(FileError, match="says 2x2 pixels of 4 channels"):
        read_mesh(tmp_path / "square.glb")


def test_parts_repeated_beyond_memory(tmp_path, monkeypatch):
    # One part at so many places that there are more triangles than bytes.
    scene = trimesh.Scene()
    for place in range(60):
        scene.add_geometry(trimesh.creation.icosphere(3), geom_name="ball", node_name=f"at {place}")
    scene.export(tmp_path / "many.glb")
    assert (tmp_path / "many.glb").stat().st_size < 60 * 1280
    assert sum(len(part.triangles) for part in read_mesh(tmp_path / "many.glb").parts) == 60 * 1280
    monkeypatch.setattr(sys.modules["relens.mesh_file.read_mesh"], "_MOST_OF_ANY_FILE", 3)
    with pytest.raises(FileError, match="repeats its parts to 76800 triangles or vertices"):
        read_mesh(tmp_path / "many.glb")
