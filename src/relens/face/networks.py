"""The four networks: loaded once, run one picture at a time."""

from functools import cache
from importlib.resources import as_file, files
from threading import Lock
from typing import Any

import numpy as np
from jaxtyping import Float32

from relens.errors import MissingPackageError
from relens.hush import hushed_stderr

# An interpreter keeps its inputs and outputs inside, so one run at a time.
_one_at_a_time = Lock()


def run(name: str, picture: Float32[np.ndarray, "n n 3"]) -> list[Float32[np.ndarray, "..."]]:
    """The outputs of the network `name` for one picture, without the batch, in the order of their names.

    Raises MissingPackageError without the extra `portrait`.
    """
    with _one_at_a_time:
        interpreter = _interpreter(name)
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture[None])
        interpreter.invoke()
        outputs = sorted(interpreter.get_output_details(), key=lambda output: output["name"])
        return [interpreter.get_tensor(output["index"])[0] for output in outputs]


def require_runtime() -> None:
    """Raise MissingPackageError where the networks cannot run."""
    try:
        import ai_edge_litert.interpreter  # noqa: F401
    except ImportError as error:
        raise MissingPackageError("ai-edge-litert", "finding faces", "pip install 'relens[portrait]'") from error


@cache
def _interpreter(name: str) -> Any:
    require_runtime()
    from ai_edge_litert.interpreter import Interpreter

    # The runtime greets on stderr.
    with as_file(files("relens.face") / "networks" / f"{name}.tflite") as file, hushed_stderr():
        interpreter = Interpreter(model_path=str(file))
        interpreter.allocate_tensors()
    return interpreter
