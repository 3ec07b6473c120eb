"""Which number formats the network computes in, and which of them is quickest here: measured, not read off a name."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Precision = Literal["float32", "float16", "bfloat16", "int8"]
# From the most exact down. int8 loses more, so it is only taken when it is asked for.
CHOICE: tuple[Precision, ...] = ("float32", "float16", "bfloat16")
# How much faster a coarser format has to be.
_WORTH = 1.3
_TIMES = 3


@dataclass(frozen=True)
class Formats:
    """Types of torch for the parts of the network.

    Attributes:
        encoders: of the transformers, which do three quarters of the arithmetic.
        decoder: of the convolutions and the answer. On a CPU always float32, since the eight bits of bfloat16 would
            leave steps of 0.4 % in the depth.
        int8: whether the linear layers of the transformers are in 8 bits.
    """

    encoders: Any
    decoder: Any
    int8: bool = False


def formats(precision: Precision, device: str) -> Formats:
    """The types that a precision stands for on a device."""
    import torch

    if precision == "int8":
        return Formats(torch.float32, torch.float32, int8=True)
    encoders = getattr(torch, precision)
    return Formats(encoders, encoders if device == "cuda" else torch.float32)


def seconds_of(call: Callable[[], Any], wait: Callable[[], Any], hopeless_s: float = float("inf")) -> float:
    """The time of a call, best of three after one that warms up; no more of them once one takes `hopeless_s`.

    wait: returns when the device has done what it was asked.
    """
    times = []
    for _ in range(1 + _TIMES):
        began = time.perf_counter()
        call()
        wait()
        times.append(time.perf_counter() - began)
        if times[-1] > hopeless_s:
            break
    return min(times)


def quickest(seconds: Mapping[Precision, float]) -> Precision:
    """The most exact precision, unless a coarser one is at least 1.3 times as fast at the same work."""
    best = CHOICE[0]
    for precision in CHOICE[1:]:
        if precision in seconds and seconds[precision] * _WORTH < seconds[best]:
            best = precision
    return best
