from dataclasses import replace

from fitted_pages import QUICK, exact_sight, photos

from relens.multiview.page.free_colour import fit_free_colour


def test_free_colours_show_the_photos():
    fit = fit_free_colour(photos(), exact_sight, replace(QUICK, steps=80, batch=1024))
    assert fit.psnr_db > 24 and fit.held_out_psnr_db > 20


def test_the_same_seed_gives_the_same_colours():
    short = replace(QUICK, steps=3, batch=256)
    assert fit_free_colour(photos(), exact_sight, short) == fit_free_colour(photos(), exact_sight, short)
