"""Running out of memory, foreseen where the system tells, and explained where it happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from relens.depth.depth_pro.plan import Plan
from relens.depth.depth_pro.precision import Precision
from relens.errors import RelensError

_LESS: tuple[Precision, ...] = ("bfloat16", "int8")


def require_memory(plan: Plan) -> None:
    """Raises RelensError, with what needs less, when the plan needs more than is free: Linux would kill the process."""
    free = _free_bytes(plan.device)
    if free is not None and plan.memory_bytes() > free:
        raise RelensError(f"Depth Pro: {free / 1e9:.1f} GB of memory are free; {what_needs_less(plan)}")


@contextmanager
def explained_shortage(what_needs_less: str) -> Iterator[None]:
    """Inside, running out of memory raises RelensError with what needs less."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        # torch has no class of its own for it on the CPU: "not enough memory: you tried to allocate ..."
        words = str(error).lower()
        if isinstance(error, MemoryError) or "not enough memory" in words or "out of memory" in words:
            raise RelensError(f"Depth Pro ran out of memory; {what_needs_less}") from error
        raise


def what_needs_less(plan: Plan) -> str:
    """The plan's need and the ways that need less, in words."""
    need = plan.memory_bytes()
    less: list[Precision] = [precision for precision in _LESS if plan.memory_bytes(precision) < 0.95 * need]
    ways = [f"precision {precision} ({plan.memory_bytes(precision) / 1e9:.1f} GB)" for precision in less]
    ways += ["device cpu"] if plan.device == "cuda" else []
    ways += ["back-end portrait where a face is visible", "a depth file"]
    return f"{plan.precision} needs {need / 1e9:.1f} GB; ways that need less: {', '.join(ways)}"


def _free_bytes(device: str) -> float | None:
    """What the device, or this process by its control group (Linux, cgroup v2), may still take; None where unknown."""
    if device == "cuda":
        import torch

        return torch.cuda.mem_get_info()[0]
    limits = []
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        limits += [1024.0 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")]
        group = Path("/sys/fs/cgroup")
        most, now = (group / "memory.max").read_text("ascii"), (group / "memory.current").read_text("ascii")
        limits += [] if most.strip() == "max" else [float(most) - float(now)]
    except (OSError, ValueError, IndexError):
        pass
    return min(limits, default=None)
