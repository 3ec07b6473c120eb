"""Numbers at the door: whatever kind a caller has, checked and turned into a plain float or int."""

import math
from numbers import Integral, Real

from relens.errors import ValueRangeError


def number(name: str, value: object, expected: str, low: float = -math.inf, high: float = math.inf) -> float:
    """`value` as a float when it is a real number (numpy's kinds included) with low <= value <= high.

    Infinity passes where a bound is infinite; NaN never does. Raises ValueRangeError, which says what was `expected`.
    """
    try:
        # The plain kinds first: asking an abstract class takes long, where thousands are asked.
        result = float(value) if isinstance(value, float | int) or isinstance(value, Real) else math.nan  # noqa: SIM101
    except OverflowError:  # an int beyond all floats
        result = math.nan
    if not low <= result <= high:
        raise ValueRangeError(name, value, expected)
    return result


def finite(name: str, value: object, expected: str) -> float:
    """`value` as a finite float. Raises ValueRangeError."""
    result = number(name, value, expected)
    if math.isinf(result):
        raise ValueRangeError(name, value, expected)
    return result


def positive(name: str, value: object, expected: str) -> float:
    """`value` as a finite float above 0. Raises ValueRangeError."""
    result = finite(name, value, expected)
    if result <= 0:
        raise ValueRangeError(name, value, expected)
    return result


def whole(name: str, value: object, expected: str, low: float = -math.inf, high: float = math.inf) -> int:
    """`value` as an int when it is a whole number (3.0 is one) with low <= value <= high. Raises ValueRangeError."""
    result = number(name, value, expected, low, high)
    if not result.is_integer():
        raise ValueRangeError(name, value, expected)
    return int(value) if isinstance(value, Integral) else int(result)  # beyond 2^53 a float would round
