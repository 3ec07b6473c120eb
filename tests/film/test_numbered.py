"""Numbered pictures are the kept frames, each file its own."""

from pathlib import Path

import numpy as np
import pytest
from film_scene import reel_of

from relens.errors import FileError
from relens.film.frame_form import FrameForm, encoded_frame
from relens.film.numbered import Numbered, is_numbered, numbered_path
from relens.film.reel import Reel

FORM = FrameForm()
LINEARS = [np.full((4, 4, 3), light, np.float32) for light in (0.1, 0.5)]


@pytest.mark.parametrize("may_link", [True, False])
def test_each_is_its_frame(tmp_path, may_link: bool) -> None:
    reel = reel_of(tmp_path / "frames", LINEARS)
    Numbered(FORM, may_link).write(tmp_path / "a-###.png", reel, (4, 4), 24.0)
    assert sorted(path.name for path in tmp_path.glob("*.png")) == ["a-001.png", "a-002.png"]
    for number, linear in enumerate(LINEARS, 1):
        assert (tmp_path / f"a-{number:03d}.png").read_bytes() == encoded_frame(linear, FORM)


@pytest.mark.parametrize("may_link", [True, False])
def test_painting_into_one_leaves_the_others(tmp_path, may_link: bool) -> None:
    reel = reel_of(tmp_path / "frames", LINEARS)
    store = reel._store
    key = next(iter(reel._keys))
    Numbered(FORM, may_link).write(tmp_path / "#.png", Reel(store, [key] * 3), (4, 4), 24.0)
    before = (tmp_path / "2.png").read_bytes()
    (tmp_path / "3.png").write_bytes(b"painted")
    (tmp_path / "2.png").write_bytes(b"painted too")
    assert (tmp_path / "1.png").read_bytes() == before
    if not may_link:
        (tmp_path / "1.png").write_bytes(b"and this")
        assert store.path(key).read_bytes() == before


def test_a_file_system_without_links(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("os.link", lambda *names: (_ for _ in ()).throw(OSError(95, "not supported")))
    Numbered(FORM).write(tmp_path / "#.png", reel_of(tmp_path / "frames", LINEARS), (4, 4), 24.0)
    assert (tmp_path / "2.png").read_bytes() == encoded_frame(LINEARS[1], FORM)


def test_names() -> None:
    assert numbered_path(Path("film/####.exr"), 12) == Path("film/0012.exr")
    assert numbered_path(Path("#.png"), 12345) == Path("12345.png")
    assert is_numbered(Path("a#.png")) and not is_numbered(Path("a#/b.png"))
    with pytest.raises(FileError, match="two places for numbers"):
        numbered_path(Path("#-#.png"), 1)
