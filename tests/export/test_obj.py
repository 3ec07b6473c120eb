"""OBJ files, read line by line, and the files they name."""

import errno
import os
from dataclasses import replace

import numpy as np
import pytest
from export_scene import export_scene
from PIL import Image

from relens import atomic
from relens.errors import FileError
from relens.export import layer_meshes, obj, write_obj


@pytest.fixture(scope="module")
def mesh():
    return layer_meshes(export_scene(), triangles=2000)


def _read(path):
    """The library's name, all v, vt and vn, and the corners (v, vt, vn counted from 1) of every object's faces."""
    library, rows, faces, name = "", {"v": [], "vt": [], "vn": []}, {}, ""
    for line in path.read_text("utf-8").splitlines():
        word, _, rest = line.partition(" ")
        if word == "mtllib":
            library = rest
        elif word == "o":
            name = rest
            faces[name] = []
        elif word == "usemtl":
            assert rest == name
        elif word == "f":
            faces[name].append([[int(index) for index in corner.split("/")] for corner in rest.split()])
        elif word in rows:
            rows[word].append([float(number) for number in rest.split()])
        else:
            assert word == "#"
    return library, {word: np.array(each) for word, each in rows.items()}, {n: np.array(f) for n, f in faces.items()}


def _maps(path):
    """The page of every material, for colour and for opacity."""
    found, name = {}, ""
    for line in path.read_text("utf-8").splitlines():
        word, _, rest = line.partition(" ")
        if word == "newmtl":
            name = rest
            found[name] = {}
        elif word.startswith("map_"):
            found[name][word] = rest
    return found


def test_every_object_has_its_own_vertices_in_the_files_frame(mesh, tmp_path):
    write_obj(mesh, tmp_path / "a.obj")
    _, rows, faces = _read(tmp_path / "a.obj")
    assert list(faces) == ["card", "wall"]
    first = 1
    for layer in mesh.layers:
        corners, count = faces[layer.name], len(layer.positions_m)
        # Positions, texture coordinates and normals share their indices.
        for column in range(3):
            np.testing.assert_array_equal(corners[..., column] - first, layer.triangles)
        mine = slice(first - 1, first - 1 + count)
        np.testing.assert_allclose(rows["v"][mine], layer.positions_m * [1, -1, -1], rtol=1e-7)
        np.testing.assert_allclose(rows["vn"][mine], layer.normals * [1, -1, -1], atol=1e-5)
        first += count
    assert {len(each) for each in rows.values()} == {mesh.vertex_count}


def test_texture_coordinates_find_the_vertexs_own_texel_in_the_named_page(mesh, tmp_path):
    write_obj(mesh, tmp_path / "a.obj")
    library, rows, faces = _read(tmp_path / "a.obj")
    maps = _maps(tmp_path / library)
    for layer in mesh.layers:
        assert maps[layer.name]["map_Kd"] == maps[layer.name]["map_d"] == f"a-{layer.name}.png"
        page = np.asarray(Image.open(tmp_path / maps[layer.name]["map_Kd"]))
        used = np.unique(faces[layer.name][..., 1]) - 1
        # v counts upwards from the lower edge; every vertex stands at a texel's centre.
        column, row = (rows["vt"][used] * [1, -1] + [0, 1]).T * [[page.shape[1]], [page.shape[0]]]
        np.testing.assert_allclose([column % 1, row % 1], 0.5, atol=1e-3)
        np.testing.assert_array_equal(page[row.astype(int), column.astype(int)], layer.rgba)


def test_the_text_is_the_same_in_blocks_of_any_size(mesh, tmp_path, monkeypatch):
    write_obj(mesh, tmp_path / "a.obj")
    whole = (tmp_path / "a.obj").read_bytes()
    monkeypatch.setattr(obj, "_LINES", 7)
    write_obj(mesh, tmp_path / "a.obj")
    assert (tmp_path / "a.obj").read_bytes() == whole and whole.count(b"\nv ") % 7


def test_numbers_keep_all_their_digits(mesh, tmp_path):
    card = mesh.layers[0]
    tiny = replace(card, positions_m=card.positions_m * np.float32(1e-12))
    write_obj(replace(mesh, layers=(tiny,)), tmp_path / "a.obj")
    found = _read(tmp_path / "a.obj")[1]["v"].astype(np.float32)
    np.testing.assert_array_equal(found, tiny.positions_m * np.float32([1, -1, -1]))


def test_names_with_a_space_and_letters_of_any_language(mesh, tmp_path):
    files = write_obj(mesh, tmp_path / "Jürgen 2.obj")
    assert files[0].name == "Jürgen 2.obj" and all(file.is_file() for file in files)
    library = _read(files[0])[0]
    assert library == "Jürgen 2.mtl" and _maps(tmp_path / library)["card"]["map_Kd"] == "Jürgen 2-card.png"


@pytest.mark.parametrize("stem", ["two\nlines", "two  spaces", " before", "tab\there"])
def test_names_that_the_text_cannot_hold_are_refused(mesh, tmp_path, stem):
    with pytest.raises(FileError, match="OBJ files cannot refer") as caught:
        write_obj(mesh, tmp_path / f"{stem}.obj")
    assert "\n" not in str(caught.value) and not list(tmp_path.iterdir())


def test_a_failure_leaves_all_old_files(mesh, tmp_path, monkeypatch):
    old = {name: name.encode() for name in ("a.obj", "a.mtl", "a-card.png", "a-wall.png")}
    for name, content in old.items():
        (tmp_path / name).write_bytes(content)

    def fails(mesh, library):
        yield "# half a file\n"
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(obj, "_lines", fails)
    with pytest.raises(FileError, match="cannot write: No space left"):
        write_obj(mesh, tmp_path / "a.obj")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == old


def test_all_are_on_the_disk_before_the_first_takes_its_name_and_the_obj_is_the_last(mesh, tmp_path, monkeypatch):
    done, flush, replace = [], atomic._flush, os.replace

    def flushed(path):
        done.append(("flush", path.suffix))
        flush(path)

    def replaced(path, target):
        done.append(("replace", target.name))
        replace(path, target)

    monkeypatch.setattr(atomic, "_flush", flushed)
    monkeypatch.setattr(os, "replace", replaced)
    write_obj(mesh, tmp_path / "a.obj")
    assert [what for what, _ in done] == ["flush"] * 4 + ["replace"] * 4
    assert [name for _, name in done[4:]] == ["a-card.png", "a-wall.png", "a.mtl", "a.obj"]
