"""Calls as users make them: without the type checks the tests run under."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jaxtyping
import pytest


@contextmanager
def unchecked() -> Iterator[None]:
    """Inside, carriers meet arguments of any type, and have to refuse or convert them on their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jaxtyping.config, "jaxtyping_disable", True)
        yield


def any_type(value: Any) -> Any:
    """The value itself, of a type that the reader of the types (pyright) lets pass everywhere."""
    return value
