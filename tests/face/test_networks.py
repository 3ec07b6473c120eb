import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

import numpy as np
import pytest

from relens.errors import MissingPackageError
from relens.face import networks
from relens.face.networks import run


def test_without_the_runtime_the_error_names_the_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'relens\[portrait\]'"):
        networks.require_runtime()


def test_threads_do_not_mix_up_their_pictures(capfd) -> None:
    pytest.importorskip("ai_edge_litert", reason="the face networks need ai-edge-litert")
    pictures = [np.full((256, 256, 3), level, np.float32) for level in np.linspace(0, 1, 8)]
    alone = [run("selfie_segmentation", picture)[0] for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda picture: run("selfie_segmentation", picture)[0], pictures))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)
    assert capfd.readouterr().err == ""


def test_the_networks_travel_with_their_licence() -> None:
    folder = files("relens.face") / "networks"
    assert "Apache License" in (folder / "LICENSE").read_text("utf-8")
    assert sum(file.name.endswith(".tflite") for file in folder.iterdir()) == 4
