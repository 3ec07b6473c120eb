"""Which back-end a photo gets by itself, in every state that a machine can be in."""

from dataclasses import dataclass

import numpy as np
import pytest

from relens.camera import Intrinsics
from relens.depth import Depth, choose
from relens.depth.backend import Readiness
from relens.depth.choose import BACKENDS, backend, choose_backend
from relens.errors import RelensError
from relens.photo import EmbeddedDepth, Photo
from relens.progress import silent

RELIEF = np.linspace(1, 3, 48, dtype=np.float32).reshape(6, 8)
YES, NO, FETCHABLE = Readiness(True, "is here"), Readiness(False, "is away"), Readiness(False, "can be fetched", True)


@dataclass(frozen=True)
class Stand:
    """A back-end whose readiness the test sets."""

    name: str
    state: Readiness
    licence: str = "test"
    repeatable: bool = False

    def readiness(self) -> Readiness:
        return self.state

    def estimate(self, photo: Photo, progress=silent) -> Depth:
        return Depth(RELIEF, self.name)


def photo(embedded: EmbeddedDepth | None = None) -> Photo:
    return Photo(np.zeros((60, 80, 3), np.float32), Intrinsics.centred(100, 80, 60), embedded_depth=embedded)


@pytest.fixture
def machine(monkeypatch):
    """Sets how ready depth-pro, depth-pro-apple and portrait are."""

    def set_states(*states: Readiness) -> None:
        by_name = dict(zip(BACKENDS, (YES, *states), strict=True))
        monkeypatch.setattr(choose, "backend", lambda name, *_, **__: Stand(name, by_name[name]))

    return set_states


@pytest.mark.parametrize(
    ("states", "name"),
    [
        ((YES, YES, YES), "depth-pro"),
        ((NO, YES, YES), "depth-pro-apple"),
        # What is here comes before what would have to be fetched.
        ((FETCHABLE, YES, YES), "depth-pro-apple"),
        ((FETCHABLE, FETCHABLE, YES), "depth-pro"),
        ((NO, FETCHABLE, YES), "depth-pro-apple"),
        ((NO, NO, YES), "portrait"),
    ],
)
@pytest.mark.parametrize("embedded", [None, EmbeddedDepth(RELIEF, "relative")])
def test_the_best_that_works_here_is_chosen_and_says_why(machine, states, name, embedded):
    machine(*states)
    chosen, why = choose_backend(photo(embedded), None)
    assert chosen.name == name
    assert ("no metric scale" if embedded else "holds no depth") in why
    assert name != "portrait" or "depth-pro: is away" in why


@pytest.mark.parametrize("states", [(YES, YES, YES), (NO, NO, NO)])
def test_metric_depth_inside_the_photo_comes_first(machine, states):
    machine(*states)
    chosen, why = choose_backend(photo(EmbeddedDepth(RELIEF, "absolute")))
    assert chosen.name == "phone" and "metric depth" in why


def test_when_nothing_works_every_reason_is_named(machine):
    machine(NO, NO, NO)
    with pytest.raises(RelensError, match=r"holds no depth; depth-pro: is away; portrait: is away; .*depth file"):
        choose_backend(photo())


@pytest.mark.parametrize("name", BACKENDS)
def test_every_back_end_keeps_the_protocol(name):
    source = backend(name)
    assert source.name == name and source.licence and isinstance(source.repeatable, bool)
    state = source.readiness()
    assert state.why and "\n" not in state.why and not (state.usable and state.fetchable)
