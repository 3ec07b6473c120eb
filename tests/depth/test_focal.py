import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relens.camera import Intrinsics
from relens.depth.focal import choose_focal
from relens.photo import Photo

_SIZE = (90, 60)


def _photo(*known: tuple[str, float]) -> Photo:
    first, *others = (Intrinsics.centred(fx_px, *_SIZE, source) for source, fx_px in known)
    return Photo(np.zeros((_SIZE[1], _SIZE[0], 3), np.float32), first, tuple(others))


@pytest.mark.parametrize("source", ["user", "phone matrix", "exif 35 mm equivalent"])
def test_what_the_file_or_the_user_knows_comes_before_the_network(source: str) -> None:
    chosen, notes = choose_focal(_photo((source, 100)), 105)
    assert (chosen.fx_px, chosen.source, notes) == (100, source, ())


def test_the_network_comes_before_a_default() -> None:
    chosen, notes = choose_focal(_photo(("default (60 degrees diagonal)", 100)), 150)
    assert (chosen.fx_px, chosen.fy_px, chosen.source, notes) == (150, 150, "network", ())


def test_without_a_network_the_default_stays() -> None:
    assert choose_focal(_photo(("default (60 degrees diagonal)", 100)))[0].fx_px == 100


@given(st.floats(20, 500), st.floats(20, 500))
def test_conflicts_over_ten_percent_are_reported(exif_px: float, network_px: float) -> None:
    _, notes = choose_focal(_photo(("user", 100), ("exif 35 mm equivalent", exif_px)), network_px)
    said = "\n".join(notes)
    assert ("exif" in said) == (abs(exif_px / 100 - 1) > 0.1)
    assert ("network" in said) == (abs(network_px / 100 - 1) > 0.1)


def test_the_note_has_both_numbers_and_their_sources() -> None:
    _, (note,) = choose_focal(_photo(("user", 100), ("phone matrix", 140)))
    assert "100 px (user)" in note and "phone matrix says 140 px (+40%)" in note
