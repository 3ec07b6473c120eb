"""PLY files, byte by byte: what the header promises stands in the body."""

import errno

import numpy as np
import pytest
from export_scene import export_scene

from relens import atomic
from relens.errors import FileError
from relens.export import layer_meshes, ply, scene_points, write_ply, write_points

_TYPES = {"float": "<f4", "uchar": "u1", "ushort": "<u2"}


@pytest.fixture(scope="module")
def mesh():
    return layer_meshes(export_scene(), triangles=2000)


def _read(path):
    """The comments, the vertices, the faces (None without); every byte of the body is accounted for."""
    header, _, body = path.read_bytes().partition(b"end_header\n")
    lines = header.decode("ascii").splitlines()
    assert lines[:2] == ["ply", "format binary_little_endian 1.0"]
    counts = {line.split()[1]: int(line.split()[2]) for line in lines if line.startswith("element")}
    fields = [line.split()[1:] for line in lines if line.startswith("property") and "list" not in line]
    vertices = np.frombuffer(body, [(name, _TYPES[kind]) for kind, name in fields], counts["vertex"])
    rest, faces = body[vertices.nbytes :], None
    if "face" in counts:
        assert "property list uchar int vertex_indices" in lines
        found = np.frombuffer(rest, [("count", "u1"), ("corners", "<i4", 3)], counts["face"])
        assert (found["count"] == 3).all()
        rest, faces = rest[found.nbytes :], found["corners"]
    assert not rest
    return [line.removeprefix("comment ") for line in lines if line.startswith("comment")], vertices, faces


def _columns(vertices, *names):
    return np.column_stack([vertices[name] for name in names])


def test_every_layer_stands_in_the_files_frame(mesh, tmp_path):
    write_ply(mesh, tmp_path / "a.ply")
    comments, vertices, faces = _read(tmp_path / "a.ply")
    assert comments[-2:] == ["layer 0 card", "layer 1 wall"] and any("+y up" in line for line in comments)
    for number, layer in enumerate(mesh.layers):
        part = vertices[vertices["layer"] == number]
        np.testing.assert_array_equal(_columns(part, "x", "y", "z"), layer.positions_m * np.float32([1, -1, -1]))
        np.testing.assert_array_equal(_columns(part, "nx", "ny", "nz"), layer.normals * np.float32([1, -1, -1]))
        np.testing.assert_allclose(_columns(part, "s", "t"), np.column_stack([layer.uv[:, 0], 1 - layer.uv[:, 1]]))
        first = np.flatnonzero(vertices["layer"] == number)[0]
        mine = faces[(vertices["layer"][faces] == number).all(axis=1)]
        np.testing.assert_array_equal(mine - first, layer.triangles)
    assert len(faces) == mesh.triangle_count


def test_faces_turn_counter_clockwise_towards_the_camera(mesh, tmp_path):
    write_ply(mesh, tmp_path / "a.ply")
    _, vertices, faces = _read(tmp_path / "a.ply")
    a, b, c = (_columns(vertices, "x", "y", "z")[faces[:, corner]].astype(np.float64) for corner in range(3))
    normal = np.cross(b - a, c - a)
    assert (np.sum(normal * a, axis=1) < 0).all()
    written = _columns(vertices, "nx", "ny", "nz")[faces[:, 0]]
    assert (np.sum(normal * written, axis=1) > 0.99 * np.linalg.norm(normal, axis=1)).all()


def test_points_are_the_same_in_blocks_of_any_size(tmp_path, monkeypatch):
    points = scene_points(export_scene(), step=3, clean=False)
    write_points(points, tmp_path / "one.ply")
    comments, vertices, faces = _read(tmp_path / "one.ply")
    assert faces is None and comments[-2:] == ["layer 0 card", "layer 1 wall"]
    np.testing.assert_array_equal(_columns(vertices, "x", "y", "z"), points.positions_m * np.float32([1, -1, -1]))
    np.testing.assert_array_equal(_columns(vertices, "red", "green", "blue", "alpha"), points.rgba)
    np.testing.assert_array_equal(vertices["layer"], points.layer)
    assert len(points.layer) % 7 and set(points.layer.tolist()) == {0, 1}
    monkeypatch.setattr(ply, "_BLOCK", 7)
    write_points(points, tmp_path / "many.ply")
    assert (tmp_path / "many.ply").read_bytes() == (tmp_path / "one.ply").read_bytes()


@pytest.mark.parametrize("kind", ["mesh", "points"])
def test_a_full_disk_leaves_the_old_file(mesh, tmp_path, monkeypatch, kind):
    def full(path):
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "a.ply").write_bytes(b"old")
    monkeypatch.setattr(atomic, "_flush", full)
    with pytest.raises(FileError, match=r"a\.ply: cannot write: No space left"):
        if kind == "mesh":
            write_ply(mesh, tmp_path / "a.ply")
        else:
            write_points(scene_points(export_scene(), step=9, clean=False), tmp_path / "a.ply")
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]
