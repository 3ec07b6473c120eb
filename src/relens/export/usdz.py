"""USDZ: one package with the pages inside, for AR viewers and everything that reads USD."""

import os
import re
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from relens.atomic import atomic_file, scratch_folder
from relens.camera import Camera
from relens.errors import MissingPackageError
from relens.export.export_mesh import ExportMesh, LayerMesh
from relens.export.file_name import require_suffix
from relens.export.frame import FRAME, y_up
from relens.export.glb import AlphaMode
from relens.hush import hushed_stderr

_ROOT = "/scene"
# Camera apertures are in tenths of the scene's unit: the width of 35 mm film.
_FILM_WIDTH = 0.36
# Of a ZIP archive's local headers, before the name and inside the extra field; the field's number is as USD has it.
_ZIP_HEADER_BYTES, _EXTRA_HEADER_BYTES, _PADDING_ID = 30, 4, 0x1986
_ALIGNED_BYTES = 64
# Fixed, so that the same scene gives the same file.
_DATE = (1980, 1, 1, 0, 0, 0)


def write_usdz(mesh: ExportMesh, path: str | os.PathLike[str], *, alpha_mode: AlphaMode = "blend") -> None:
    """Write a USDZ: metres, +y up, a mesh and a UsdPreviewSurface for each layer, and the photo's camera.

    The page is the surface's emission, over black: the photo already holds the light.

    Args:
        mesh: from `layer_meshes`.
        path: ends in .usdz.
        alpha_mode: "blend" keeps soft edges; "mask" cuts at alpha 0.5, which every viewer sorts right.

    Raises FileError when it cannot be written, MissingPackageError without usd-core.
    """
    file = require_suffix(path, ".usdz")
    pxr = usd_library()
    with atomic_file(file) as temporary, scratch_folder(file) as folder:
        root = folder / "scene.usdc"
        with _usd_errors(pxr):
            _write_stage(pxr, mesh, root, alpha_mode)
        pages = {f"{_name(layer)}.png": layer.page_png for layer in mesh.layers}
        _pack(temporary, {root.name: root.read_bytes(), **pages})


def _write_stage(pxr: Any, mesh: ExportMesh, file: Path, alpha_mode: AlphaMode) -> None:
    stage = pxr.Usd.Stage.CreateNew(str(file))
    pxr.UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    pxr.UsdGeom.SetStageUpAxis(stage, pxr.UsdGeom.Tokens.y)
    stage.GetRootLayer().comment = f"relens: {FRAME}"
    stage.SetDefaultPrim(pxr.UsdGeom.Xform.Define(stage, _ROOT).GetPrim())
    pxr.UsdGeom.Scope.Define(stage, f"{_ROOT}/materials")
    for layer in mesh.layers:
        name = _name(layer)
        geometry, material = _mesh(pxr, stage, layer, name), _material(pxr, stage, layer, name, alpha_mode)
        pxr.UsdShade.MaterialBindingAPI.Apply(geometry.GetPrim()).Bind(material)
    _camera(pxr, stage, mesh.camera)
    stage.GetRootLayer().Save()


def _name(layer: LayerMesh) -> str:
    # Layer names hold dashes and no underscores.
    return "layer_" + layer.name.replace("-", "_")


@contextmanager
def _usd_errors(pxr: Any) -> Iterator[None]:
    """Inside, what the library cannot write is an OSError; its own messages, a line for each function, are not seen."""
    try:
        with hushed_stderr():
            yield
    except (pxr.Tf.ErrorException, RuntimeError) as error:
        # A line for each function that passed it on: the first one knows the reason, after its last colon.
        said = re.split(r"\s*Error in '[^']*' at line \d+ in file \S+ : ", " ".join(str(error).split()))
        reason = next((each.strip("' ") for each in said if each.strip("' ")), "the USD library gave up")
        raise OSError(None, re.sub(r" '[^']*'", "", reason).rpartition(": ")[2]) from error


def _pack(package: Path, files: dict[str, bytes]) -> None:
    """Files as a USDZ package: stored in this order, the data of each at a multiple of 64 bytes.

    The library's own packer does not notice when the disk takes less than all.
    Source: the USDZ File Format Specification of OpenUSD.
    """
    with zipfile.ZipFile(package, "w", zipfile.ZIP_STORED) as archive:
        assert archive.fp is not None
        for name, data in files.items():
            member = zipfile.ZipInfo(name, _DATE)
            padding = -(archive.fp.tell() + _ZIP_HEADER_BYTES + len(name) + _EXTRA_HEADER_BYTES) % _ALIGNED_BYTES
            member.extra = struct.pack("<HH", _PADDING_ID, padding) + bytes(padding)
            archive.writestr(member, data)


def usd_library() -> Any:
    """The modules of the USD library, which declares no types. Raises MissingPackageError without usd-core."""
    names = ("Gf", "Sdf", "Tf", "Usd", "UsdGeom", "UsdShade", "Vt")
    try:
        return SimpleNamespace(**{name: import_module(f"pxr.{name}") for name in names})
    except ImportError as error:
        raise MissingPackageError("usd-core", "writing USDZ", "pip install 'relens[usd]'") from error


def _mesh(pxr: Any, stage: Any, layer: LayerMesh, name: str) -> Any:
    positions = y_up(layer.positions_m)
    prim = pxr.UsdGeom.Mesh.Define(stage, f"{_ROOT}/{name}")
    prim.CreatePointsAttr(pxr.Vt.Vec3fArray.FromNumpy(positions))
    prim.CreateExtentAttr(pxr.Vt.Vec3fArray.FromNumpy(np.stack([positions.min(axis=0), positions.max(axis=0)])))
    prim.CreateFaceVertexCountsAttr(pxr.Vt.IntArray.FromNumpy(np.full(len(layer.triangles), 3, np.int32)))
    prim.CreateFaceVertexIndicesAttr(pxr.Vt.IntArray.FromNumpy(layer.triangles.ravel()))
    prim.CreateNormalsAttr(pxr.Vt.Vec3fArray.FromNumpy(y_up(layer.normals)))
    prim.SetNormalsInterpolation(pxr.UsdGeom.Tokens.vertex)
    prim.CreateSubdivisionSchemeAttr(pxr.UsdGeom.Tokens.none)
    prim.CreateOrientationAttr(pxr.UsdGeom.Tokens.rightHanded)
    prim.CreateDoubleSidedAttr(True)
    uv = (layer.uv * np.array([1, -1], np.float32) + np.array([0, 1], np.float32)).astype(np.float32)
    st = pxr.UsdGeom.PrimvarsAPI(prim).CreatePrimvar(
        "st", pxr.Sdf.ValueTypeNames.TexCoord2fArray, pxr.UsdGeom.Tokens.vertex
    )
    st.Set(pxr.Vt.Vec2fArray.FromNumpy(uv))
    return prim


def _material(pxr: Any, stage: Any, layer: LayerMesh, name: str, alpha_mode: AlphaMode) -> Any:
    types = pxr.Sdf.ValueTypeNames
    path = f"{_ROOT}/materials/{name}"
    material = pxr.UsdShade.Material.Define(stage, path)
    reader = pxr.UsdShade.Shader.Define(stage, f"{path}/uv")
    reader.CreateIdAttr("UsdPrimvarReader_float2")
    reader.CreateInput("varname", types.String).Set("st")
    page = pxr.UsdShade.Shader.Define(stage, f"{path}/page")
    page.CreateIdAttr("UsdUVTexture")
    page.CreateInput("file", types.Asset).Set(f"./{name}.png")
    page.CreateInput("sourceColorSpace", types.Token).Set("sRGB")
    for wrap in ("wrapS", "wrapT"):
        page.CreateInput(wrap, types.Token).Set("clamp")
    page.CreateInput("st", types.Float2).ConnectToSource(reader.CreateOutput("result", types.Float2))
    surface = pxr.UsdShade.Shader.Define(stage, f"{path}/surface")
    surface.CreateIdAttr("UsdPreviewSurface")
    surface.CreateInput("diffuseColor", types.Color3f).Set((0, 0, 0))
    surface.CreateInput("useSpecularWorkflow", types.Int).Set(1)
    surface.CreateInput("specularColor", types.Color3f).Set((0, 0, 0))
    surface.CreateInput("roughness", types.Float).Set(1)
    surface.CreateInput("emissiveColor", types.Color3f).ConnectToSource(page.CreateOutput("rgb", types.Float3))
    if not layer.is_opaque:
        surface.CreateInput("opacity", types.Float).ConnectToSource(page.CreateOutput("a", types.Float))
        if alpha_mode == "mask":
            surface.CreateInput("opacityThreshold", types.Float).Set(0.5)
    material.CreateSurfaceOutput().ConnectToSource(surface.CreateOutput("surface", types.Token))
    return material


def _camera(pxr: Any, stage: Any, camera: Camera) -> None:
    """A USD camera may be off its centre: the intrinsics are exact."""
    k = camera.intrinsics
    prim = pxr.UsdGeom.Camera.Define(stage, f"{_ROOT}/photo")
    prim.CreateProjectionAttr(pxr.UsdGeom.Tokens.perspective)
    prim.CreateFocalLengthAttr(_FILM_WIDTH * k.fx_px / k.width_px)
    down = _FILM_WIDTH / k.width_px * k.fx_px / k.fy_px
    prim.CreateHorizontalApertureAttr(_FILM_WIDTH)
    prim.CreateVerticalApertureAttr(down * k.height_px)
    prim.CreateHorizontalApertureOffsetAttr(_FILM_WIDTH * (0.5 - k.cx_px / k.width_px))
    prim.CreateVerticalApertureOffsetAttr(down * (k.cy_px - k.height_px / 2))
    prim.CreateClippingRangeAttr(pxr.Gf.Vec2f(0.01, 1e5))
