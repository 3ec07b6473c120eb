import pytest

pytest.importorskip("torch")

from relens.depth.depth_pro.anatomy import Anatomy
from relens.depth.depth_pro.memory import explained_shortage, require_memory, what_needs_less
from relens.depth.depth_pro.plan import Plan
from relens.errors import RelensError

_PUBLISHED = Anatomy(1536, 888, 785_664, 5.1e12, 911_000_000, 41_000_000)
_PLAN = Plan("cpu", "float32", _PUBLISHED, {"float32": 0.1}, 88.8, 30.0)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("[enforce fail at alloc_cpu.cpp:124] . DefaultCPUAllocator: not enough memory: you tried to ..."),
        RuntimeError("CUDA out of memory. Tried to allocate 1.21 GiB"),
    ],
)
def test_running_out_of_memory_names_what_needs_less(error: Exception) -> None:
    with (
        pytest.raises(RelensError, match="ran out of memory; float32 needs 5") as caught,
        explained_shortage(what_needs_less(_PLAN)),
    ):
        raise error
    message = str(caught.value)
    for way in ("precision bfloat16 (", "precision int8 (", "back-end portrait", "a depth file"):
        assert way in message
    assert caught.value.__cause__ is error


def test_other_errors_pass_as_they_are() -> None:
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"), explained_shortage("less"):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")


@pytest.mark.parametrize(("free_gb", "fits"), [(3.0, False), (24.0, True), (None, True)])
def test_too_little_is_said_before_the_system_kills_the_process(monkeypatch, free_gb, fits) -> None:
    free = None if free_gb is None else free_gb * 1e9
    monkeypatch.setattr("relens.depth.depth_pro.memory._free_bytes", lambda device: free)
    if fits:
        require_memory(_PLAN)
    else:
        with pytest.raises(RelensError, match=r"3\.0 GB of memory are free; float32 needs 5"):
            require_memory(_PLAN)


def test_int8_on_the_cpu_has_little_left_to_give() -> None:
    plan = Plan("cpu", "int8", _PUBLISHED, {"int8": 0.1}, 88.8, 30.0)
    assert "precision" not in what_needs_less(plan)
