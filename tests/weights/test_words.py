import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.weights import bytes_text

_FACTORS = {"bytes": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(0, "0 bytes"), (812, "812 bytes"), (1900, "1.9 kB"), (24_300_000, "24 MB"), (999_600_000, "1.0 GB")],
)
def test_amounts_in_words(size_bytes: int, text: str) -> None:
    assert bytes_text(size_bytes) == text


@given(st.integers(0, 10**13))
def test_words_are_within_a_twentieth(size_bytes: int) -> None:
    amount, unit = bytes_text(size_bytes).split()
    assert float(amount) * _FACTORS[unit] == pytest.approx(size_bytes, rel=0.05)
