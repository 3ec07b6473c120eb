import os

import pytest

from relens.hush import hushed_stderr


def test_nothing_reaches_stderr_inside_and_everything_after(capfd: pytest.CaptureFixture[str]) -> None:
    with hushed_stderr():
        os.write(2, b"inside")
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_an_error_inside_leaves_stderr_open(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError), hushed_stderr():
        raise KeyError
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"
