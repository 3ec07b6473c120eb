"""USDZ packages, opened by the USD library and as the ZIP files they are."""

import errno
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from export_scene import export_scene
from layer_scenes import BORDER_PX, HEIGHT_PX, WIDTH_PX

from relens import atomic
from relens.camera import Camera, Intrinsics
from relens.errors import FileError, MissingPackageError
from relens.export import layer_meshes, write_usdz

# Neither square pixels nor a principal point in the middle.
_ODD = Intrinsics(100, 83, 29.5, 26.25, WIDTH_PX, HEIGHT_PX)


@pytest.fixture(scope="module")
def mesh():
    return layer_meshes(replace(export_scene(), camera=Camera(_ODD)), triangles=2000)


@pytest.fixture
def pxr():
    return pytest.importorskip("pxr", reason="writing USDZ needs relens[usd]")


@pytest.fixture
def stage(pxr, mesh, tmp_path):
    from pxr import Usd

    write_usdz(mesh, tmp_path / "a.usdz")
    return Usd.Stage.Open(str(tmp_path / "a.usdz"))


def _geometry(stage, name):
    from pxr import UsdGeom

    return UsdGeom.Mesh(stage.GetPrimAtPath(f"/scene/layer_{name}"))


def _surface(stage, name):
    from pxr import UsdShade

    return UsdShade.Shader(stage.GetPrimAtPath(f"/scene/materials/layer_{name}/surface"))


def test_every_layer_stands_in_the_files_frame(stage, mesh):
    from pxr import UsdGeom

    assert UsdGeom.GetStageMetersPerUnit(stage) == 1 and UsdGeom.GetStageUpAxis(stage) == "Y"
    for layer in mesh.layers:
        found = _geometry(stage, layer.name)
        points = np.array(found.GetPointsAttr().Get())
        np.testing.assert_array_equal(points, layer.positions_m * np.float32([1, -1, -1]))
        np.testing.assert_array_equal(found.GetExtentAttr().Get(), [points.min(axis=0), points.max(axis=0)])
        np.testing.assert_array_equal(found.GetNormalsAttr().Get(), layer.normals * np.float32([1, -1, -1]))
        assert found.GetNormalsInterpolation() == "vertex" and found.GetSubdivisionSchemeAttr().Get() == "none"
        np.testing.assert_array_equal(np.reshape(found.GetFaceVertexIndicesAttr().Get(), (-1, 3)), layer.triangles)
        assert set(found.GetFaceVertexCountsAttr().Get()) == {3}
        primvar = UsdGeom.PrimvarsAPI(found).GetPrimvar("st")
        expected = np.column_stack([layer.uv[:, 0], 1 - layer.uv[:, 1]])
        np.testing.assert_allclose(primvar.Get(), expected, atol=1e-6)
        assert primvar.GetInterpolation() == "vertex"


def test_faces_turn_towards_the_camera(stage, mesh):
    for layer in mesh.layers:
        found = _geometry(stage, layer.name)
        assert found.GetOrientationAttr().Get() == "rightHanded"
        points = np.array(found.GetPointsAttr().Get(), np.float64)
        a, b, c = points[np.reshape(found.GetFaceVertexIndicesAttr().Get(), (-1, 3))].transpose(1, 0, 2)
        assert (np.sum(np.cross(b - a, c - a) * a, axis=1) < 0).all()


def test_the_files_camera_sees_every_vertex_at_its_texel(stage, mesh):
    from pxr import UsdGeom

    (camera,) = (UsdGeom.Camera(prim) for prim in stage.Traverse() if prim.IsA(UsdGeom.Camera))
    frustum = camera.GetCamera().frustum
    to_picture = np.array(frustum.ComputeViewMatrix() * frustum.ComputeProjectionMatrix())
    for layer in mesh.layers:
        points = np.array(_geometry(stage, layer.name).GetPointsAttr().Get(), np.float64)
        clip = np.pad(points, ((0, 0), (0, 1)), constant_values=1) @ to_picture
        across, up = (clip[:, :2] / clip[:, 3:]).T
        pixel = np.column_stack([(across + 1) / 2 * WIDTH_PX, (1 - up) / 2 * HEIGHT_PX])
        page = np.array([WIDTH_PX + 2 * BORDER_PX, HEIGHT_PX + 2 * BORDER_PX])
        np.testing.assert_allclose(pixel, layer.uv * page - BORDER_PX, atol=1e-3)


@pytest.mark.parametrize("mode", ["blend", "mask"])
def test_the_page_is_the_light_and_the_opacity(pxr, mesh, tmp_path, mode):
    from pxr import Usd, UsdShade

    write_usdz(mesh, tmp_path / "a.usdz", alpha_mode=mode)
    stage = Usd.Stage.Open(str(tmp_path / "a.usdz"))
    for layer in mesh.layers:
        surface = _surface(stage, layer.name)
        bound = UsdShade.MaterialBindingAPI(_geometry(stage, layer.name)).ComputeBoundMaterial()[0]
        assert bound.ComputeSurfaceSource()[0].GetPath() == surface.GetPath()
        assert tuple(surface.GetInput("diffuseColor").Get()) == (0, 0, 0)
        source, output, _ = surface.GetInput("emissiveColor").GetConnectedSource()
        texture = UsdShade.Shader(source.GetPrim())
        assert output == "rgb" and texture.GetInput("file").Get().path.endswith(f"layer_{layer.name}.png")
        assert texture.GetInput("sourceColorSpace").Get() == "sRGB"
    opacity, threshold = (_surface(stage, "card").GetInput(name) for name in ("opacity", "opacityThreshold"))
    assert opacity.GetConnectedSource()[1] == "a"
    assert (threshold.Get() if threshold else None) == (0.5 if mode == "mask" else None)
    assert not _surface(stage, "wall").GetInput("opacity")


def test_the_package_is_stored_and_aligned_with_the_pages_inside(pxr, mesh, tmp_path):
    write_usdz(mesh, tmp_path / "a.usdz")
    with zipfile.ZipFile(tmp_path / "a.usdz") as package:
        entries = package.infolist()
        # The specification: the scene first, nothing compressed, all data at multiples of 64 bytes.
        assert entries[0].filename.endswith(".usdc")
        assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
        data = (tmp_path / "a.usdz").read_bytes()
        for entry in entries:
            name_bytes, extra_bytes = np.frombuffer(data, "<u2", 2, entry.header_offset + 26)
            assert (entry.header_offset + 30 + int(name_bytes) + int(extra_bytes)) % 64 == 0
        pages = {entry.filename.rsplit("/")[-1]: package.read(entry) for entry in entries[1:]}
    assert pages == {f"layer_{layer.name}.png": layer.page_png for layer in mesh.layers}


def test_layer_names_that_usd_has_no_word_for(pxr, mesh, tmp_path):
    from pxr import Usd

    odd = tuple(
        replace(layer, name=name) for layer, name in zip(mesh.layers, ("2-left-hand", "materials"), strict=True)
    )
    write_usdz(replace(mesh, layers=odd), tmp_path / "a.usdz")
    stage = Usd.Stage.Open(str(tmp_path / "a.usdz"))
    for layer in odd:
        found = _geometry(stage, layer.name.replace("-", "_"))
        assert len(found.GetPointsAttr().Get()) == len(layer.positions_m)


def test_a_full_disk_leaves_the_old_file(pxr, mesh, tmp_path, monkeypatch):
    def full(path):
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "a.usdz").write_bytes(b"old")
    monkeypatch.setattr(atomic, "_flush", full)
    with pytest.raises(FileError, match=r"a\.usdz: cannot write: No space left"):
        write_usdz(mesh, tmp_path / "a.usdz")
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


def test_without_the_usd_library(mesh, tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("pxr.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pxr", None)
    with pytest.raises(MissingPackageError, match=r"usd-core; install it with: pip install 'relens\[usd\]'"):
        write_usdz(mesh, tmp_path / "a.usdz")
    assert not list(tmp_path.iterdir())
