"""What every test runs under: array shapes and types checked at run time, repeatable Hypothesis, no network."""

import os
import re
import socket
from pathlib import Path

import hypothesis
import pytest
from jaxtyping import install_import_hook

_SOURCE = Path(__file__).parents[1] / "src"


def _checked_modules() -> list[str]:
    """Every module but those with kernels: numba and Warp must compile the kernel, not a checker wrapped around it."""
    files = [file for file in _SOURCE.rglob("*.py") if file.name != "__init__.py"]
    kernels = re.compile(r"^(import|from) (numba|warp|relens\.render\.cpu_bounds)\b", re.MULTILINE)
    checked = [file for file in files if not kernels.search(file.read_text("utf-8"))]
    return [".".join(file.relative_to(_SOURCE).with_suffix("").parts) for file in checked]


# Before anything imports relens. With the numeric tower an int is a float, as for every type checker.
_CHECKER = "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))"
install_import_hook(_checked_modules(), _CHECKER)

hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests need no network: connecting anywhere but to this machine itself fails at once."""
    connect = socket.socket.connect

    def refuse(this: socket.socket, address: object) -> None:
        if not (isinstance(address, tuple) and address[0] in ("127.0.0.1", "::1", "localhost")):
            raise RuntimeError(f"a test tried to reach the network: {address}")
        connect(this, address)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


@pytest.fixture(autouse=True)
def looks(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The viewer's first looks are kept here, instead of in the user's cache folder."""
    folder = tmp_path_factory.mktemp("looks") / "relens" / "view"
    monkeypatch.setattr("relens.viewer.first_look.cache_folder", lambda: folder)
    return folder


@pytest.fixture(autouse=True)
def no_downloaded_weights(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests find no weights, whatever this machine has fetched."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path_factory.getbasetemp() / "no-weights"))
