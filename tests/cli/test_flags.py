import re

import pytest

from relens.cli import flags
from relens.cli.flags import in_flags
from relens.errors import ValueRangeError

_COMMANDS = ("shoot", "fit", "lift", "depth", "light-field", "export", "path", "stereo", "batch")


@pytest.mark.parametrize("name", flags._FLAGS)
def test_every_flag_exists(relens, name: str) -> None:
    text = "".join(relens(command, "--help").out for command in _COMMANDS)
    assert re.search(rf"{flags._FLAGS[name]}\b", text)


def test_values_are_named_by_their_flag() -> None:
    assert in_flags(str(ValueRangeError("samples", 0, "1 to 65536"))) == "--samples 0: expected 1 to 65536"


@pytest.mark.parametrize("message", ["a.png: is empty", "linear=NaN: expected finite light", "", "a=b"])
def test_other_messages_stay(message: str) -> None:
    assert in_flags(message) == message
