"""Which engine photographs a subject."""

from collections.abc import Callable
from typing import Literal

from relens.errors import RelensError, ValueRangeError
from relens.mesh import Mesh
from relens.render.engine import Engine
from relens.scene import Scene

EngineName = Literal["auto", "cpu", "cuda", "mesh", "reference"]
ENGINES: tuple[EngineName, ...] = ("auto", "cpu", "cuda", "mesh", "reference")


def open_engine(subject: Scene | Mesh, name: str = "auto") -> Engine:
    """An engine made for one subject: keep it to take many pictures, it keeps what it has prepared.

    "auto" takes a mesh to "mesh", and a scene to "cuda" where there is a GPU that holds it, else to "cpu".

    Raises ValueRangeError for an unknown engine, or one that cannot photograph such a subject; RelensError where its
    packages or its GPU are missing.
    """
    if name not in ENGINES:
        raise ValueRangeError("engine", name, f"one of {', '.join(ENGINES)}")
    if isinstance(subject, Mesh):
        if name not in ("auto", "mesh"):
            raise ValueRangeError("engine", name, "auto or mesh: the other engines photograph layered scenes")
        return _mesh(subject)
    makers: dict[str, Callable[[Scene], Engine]] = {"cpu": _cpu, "cuda": _cuda, "mesh": _mesh, "reference": _reference}
    return makers[_fastest(subject) if name == "auto" else name](subject)


def _fastest(scene: Scene) -> str:
    from relens.render.cuda import why_not

    return "cpu" if why_not(scene) else "cuda"


def _cpu(scene: Scene) -> Engine:
    from relens.render.cpu import CpuEngine

    return CpuEngine(scene)


def _cuda(scene: Scene) -> Engine:
    from relens.render.cuda import CudaEngine, why_not

    reason = why_not(scene)
    if reason:
        raise RelensError(f"engine cuda: {reason}; use --engine cpu")
    return CudaEngine(scene)


def _mesh(subject: Scene | Mesh) -> Engine:
    from relens.render.mesh import MeshEngine
    from relens.render.mesh_of_scene import mesh_of_scene

    return MeshEngine(mesh_of_scene(subject) if isinstance(subject, Scene) else subject)


def _reference(scene: Scene) -> Engine:
    from relens.render.reference import ReferenceEngine

    return ReferenceEngine(scene)
