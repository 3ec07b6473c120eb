import numpy as np

from relens.explain.typography import letter, shortened, text_width_px


def _canvas() -> np.ndarray:
    return np.full((40, 120, 3), 0.1, np.float32)


def test_letters_stand_on_the_baseline_from_the_left_edge() -> None:
    canvas = _canvas()
    letter(canvas, "EH", 10, 30, 20, 0.9)
    rows, columns = np.nonzero(canvas[..., 0] > 0.5)
    assert rows.max() == 29
    assert 10 <= columns.min() <= 13
    assert columns.max() <= 10 + text_width_px("EH", 20)
    assert canvas.min() >= 0.1 - 1e-6
    assert canvas.max() <= 0.9 + 1e-6


def test_letters_over_the_edge_are_cut_off() -> None:
    whole, wide = _canvas(), np.full((80, 200, 3), 0.1, np.float32)
    letter(whole, "Wide words", -15, 45, 30, 0.9)
    letter(wide, "Wide words", 25, 65, 30, 0.9)
    np.testing.assert_array_equal(whole, wide[20:60, 40:160])
    assert (whole > 0.5).any()


def test_letters_far_outside_change_nothing() -> None:
    for left, baseline in ((500, 20), (-500, 20), (10, 500), (10, -500)):
        canvas = _canvas()
        letter(canvas, "gone", left, baseline, 20, 0.9)
        np.testing.assert_array_equal(canvas, _canvas())


def test_shortened_fits_and_says_so() -> None:
    text = "pupil 60.7 mm · focus 0.334 m"
    assert shortened(text, 18, 1000) == text
    cut = shortened(text, 18, 120)
    assert cut.endswith("…")
    assert text.startswith(cut[:-1])
    assert text_width_px(cut, 18) <= 120
