import math
from fractions import Fraction

import numpy as np
import pytest

from relens.errors import ValueRangeError
from relens.ranges import finite, number, positive, whole

NOT_NUMBERS = [math.nan, np.float32("nan"), None, "1", b"1", [1], np.array([1.0]), 1j, 10**400]


@pytest.mark.parametrize("check", [number, finite, positive, whole])
@pytest.mark.parametrize("value", NOT_NUMBERS, ids=lambda value: repr(value)[:20])
def test_what_is_no_number_is_refused(check, value):
    with pytest.raises(ValueRangeError, match="expected a number"):
        check("x", value, "a number")


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.int16(2), np.uint8(2), Fraction(2), np.array([2])[0]])
@pytest.mark.parametrize("check, kind", [(number, float), (finite, float), (positive, float), (whole, int)])
def test_every_kind_of_number_becomes_a_plain_one(check, kind, value):
    result = check("x", value, "a number")
    assert result == 2 and type(result) is kind


def test_bounds_are_inclusive_and_infinity_needs_an_open_one():
    assert number("x", 1, "", 1, 2) == 1 and number("x", 2, "", 1, 2) == 2
    assert number("x", math.inf, "") == math.inf
    for value in (0.999, 2.001, math.inf, -math.inf):
        with pytest.raises(ValueRangeError):
            number("x", value, "", 1, 2)


@pytest.mark.parametrize(
    "check, value",
    [(finite, math.inf), (positive, 0), (positive, -1), (positive, math.inf), (whole, 1.5), (whole, math.inf)],
)
def test_each_check_holds_its_own_promise(check, value):
    with pytest.raises(ValueRangeError):
        check("x", value, "")


def test_large_whole_numbers_stay_exact():
    assert whole("seed", 2**63 + 1, "") == 2**63 + 1
