"""OBJ: text, with a material library and the pages as PNG files beside it."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from relens.atomic import atomic_files
from relens.errors import FileError
from relens.export.export_mesh import ExportMesh
from relens.export.file_name import require_suffix
from relens.export.frame import FRAME, y_up

# Lines formatted at a time, to bound the memory.
_LINES = 1 << 16


def write_obj(mesh: ExportMesh, path: str | os.PathLike[str]) -> tuple[Path, ...]:
    """Write NAME.obj, NAME.mtl and NAME-LAYER.png for each layer; returns the files, the OBJ first.

    An object and a material for each layer; positions, texture coordinates (v upwards) and normals share their indices.
    The material is the page, diffuse alone, its opacity the page's alpha: OBJ has no word for unlit that readers heed.
    The files take their names together at the end, the OBJ last: a failure before leaves old files as they were.

    Raises FileError when they cannot be written, and for names that OBJ cannot hold (line breaks).
    """
    file = require_suffix(path, ".obj")
    if file.stem.split() != file.stem.split(" ") or not file.stem.isprintable():
        raise FileError(repr(str(file)), "OBJ files cannot refer to such a name; expected one without odd spaces")
    library = file.with_suffix(".mtl")
    pages = {layer.name: file.with_name(f"{file.stem}-{layer.name}.png") for layer in mesh.layers}
    with atomic_files(*pages.values(), library, file) as (*textures, materials, geometry):
        for layer, texture in zip(mesh.layers, textures, strict=True):
            texture.write_bytes(layer.page_png)
        materials.write_text("\n".join(_material(name, page.name) for name, page in pages.items()), "utf-8")
        with geometry.open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(_lines(mesh, library.name))
    return file, library, *pages.values()


def _material(name: str, page: str) -> str:
    return f"newmtl {name}\nKa 0 0 0\nKd 1 1 1\nKs 0 0 0\nillum 1\nmap_Kd {page}\nmap_d {page}\n"


def _lines(mesh: ExportMesh, library: str) -> Iterator[str]:
    yield f"# relens: {FRAME}\nmtllib {library}\n"
    first = 1
    for layer in mesh.layers:
        yield f"o {layer.name}\nusemtl {layer.name}\n"
        yield from _formatted("v %.9g %.9g %.9g\n", y_up(layer.positions_m))
        yield from _formatted("vt %.8f %.8f\n", layer.uv * np.array([1, -1]) + np.array([0, 1]))
        yield from _formatted("vn %.5f %.5f %.5f\n", y_up(layer.normals))
        yield from _formatted("f %d/%d/%d %d/%d/%d %d/%d/%d\n", np.repeat(layer.triangles + first, 3, axis=1))
        first += len(layer.positions_m)


def _formatted(line: str, rows: np.ndarray) -> Iterator[str]:
    for start in range(0, len(rows), _LINES):
        block = rows[start : start + _LINES]
        yield line * len(block) % tuple(block.ravel().tolist())
