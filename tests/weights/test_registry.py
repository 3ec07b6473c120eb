from urllib.parse import urlsplit

import pytest

from relens.errors import ValueRangeError
from relens.weights import WEIGHTS, card


def test_every_card_is_filled_in() -> None:
    assert set(WEIGHTS) == {"depth-pro", "depth-pro-apple", "vitmatte", "dinov2-small"}
    for name, weights in WEIGHTS.items():
        assert weights.name == name
        assert all((weights.purpose, weights.files, weights.licence, weights.about))
        assert urlsplit(weights.terms).path == f"/{weights.repo}"


def test_another_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(ValueRangeError, match=r"model=depth-amateur: expected one of depth-pro, depth-pro-apple"):
        card("depth-amateur")
