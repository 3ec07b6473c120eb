"""A film of an engine is the film of what it photographs, goes on where it was, and knows another subject."""

from dataclasses import replace

import numpy as np
import pytest
from film_scene import LENS, pan, two_planes

from relens.errors import FileError
from relens.film import film, film_of_engine
from relens.path.shots import shots
from relens.photo import read_photo
from relens.render.choose import open_engine

SCENE = two_planes()
SHOTS = shots(pan(), SCENE, lens=LENS)


def test_it_is_the_film_of_its_scene(tmp_path) -> None:
    made = film_of_engine(open_engine(SCENE, "cpu"), "0", SHOTS, tmp_path / "a-#.png", fps=6, samples=8)
    same = film(SCENE, SHOTS, tmp_path / "b-#.png", samples=8, engine="cpu")
    assert (made.frames, made.size_px) == (same.frames, same.size_px) == (len(SHOTS), (64, 48))
    for number in range(len(SHOTS)):
        one, other = (sorted(tmp_path.glob(f"{name}-*.png"))[number].read_bytes() for name in "ab")
        assert one == other


def test_it_goes_on_with_the_frames_of_the_same_subject_only(tmp_path) -> None:
    engine, kept = open_engine(SCENE, "cpu"), tmp_path / "kept"
    take = {"fps": 6, "samples": 8, "frames_folder": kept}

    def stop(stage: str, fraction: float) -> None:
        if fraction > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        film_of_engine(engine, "0", SHOTS, tmp_path / "a.gif", progress=stop, **take)
    assert not (tmp_path / "a.gif").exists()
    made = film_of_engine(engine, "0", SHOTS, tmp_path / "a.gif", **take)
    assert 0 < made.rendered < made.frames == len(SHOTS)
    assert film_of_engine(engine, "1", SHOTS, tmp_path / "b.gif", **take).rendered == len(SHOTS)


def test_a_name_that_holds_no_film_is_refused_before_the_work(tmp_path) -> None:
    def fail(stage: str, fraction: float) -> None:
        pytest.fail("the work began")

    with pytest.raises(FileError, match=r"a\.png"):
        film_of_engine(open_engine(SCENE, "cpu"), "0", SHOTS, tmp_path / "a.png", fps=6, progress=fail)
    assert not list(tmp_path.iterdir())


def test_frames_are_exposed(tmp_path) -> None:
    shot = SHOTS[0]
    brighter = [shot, replace(shot, exposure_ev=-2.0)]
    film_of_engine(open_engine(SCENE, "cpu"), "0", brighter, tmp_path / "a-#.png", fps=6, samples=8)
    plain, dark = (read_photo(path).linear for path in sorted(tmp_path.glob("a-*.png")))
    # Codes of 8 bits.
    np.testing.assert_allclose(dark, plain / 4, atol=0.012)
