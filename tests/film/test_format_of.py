"""What does not fit is refused before the work."""

import os
from pathlib import Path

import pytest

from relens.errors import RelensError
from relens.film.animation import Gif, WebP
from relens.film.format_of import format_of, try_out
from relens.film.frame_form import FrameForm
from relens.film.numbered import Numbered
from relens.film.video import Video


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("a.mp4", {}, Video()),
        ("a.MOV", {"codec": "h265", "bit_depth": 10, "quality": 20.0}, Video("h265", 10, 20.0)),
        ("a.gif", {}, Gif()),
        ("a.webp", {"quality": 70.0, "bit_depth": 8}, WebP(70.0)),
        ("##.png", {"bit_depth": 16}, Numbered(FrameForm("png", 16))),
        ("##.exr", {"keeps_frames": True}, Numbered(FrameForm("exr", 16), may_link=False)),
        ("new/##.exr", {"bit_depth": 32}, Numbered(FrameForm("exr", 32))),
    ],
)
def test_the_suffix_says_it(tmp_path, name: str, options: dict, expected: object) -> None:
    assert format_of(tmp_path / name, **options) == expected


@pytest.mark.parametrize(
    ("name", "options", "problem"),
    [
        ("a.avi", {}, "unknown suffix .avi; expected one of .mp4"),
        ("a", {}, r"unknown suffix \(none\)"),
        ("no/a.mp4", {}, "the folder .*no does not exist"),
        ("no/no/##.png", {}, "the folder .*no does not exist"),
        ("a.png", {}, "holds one picture; for all frames write a-####.png"),
        ("#-#.png", {}, "two places for numbers"),
        ("a.mp4", {"bit_depth": 16}, "bit_depth=16: expected 8 or 10 for a video"),
        ("a.gif", {"bit_depth": 10}, "bit_depth=10: expected 8 for .gif"),
        ("##.png", {"bit_depth": 10}, "bit_depth=10: expected 8 or 16 for .png"),
        ("##.exr", {"bit_depth": 8}, "bit_depth=8: expected 16 or 32 for .exr"),
        ("a.gif", {"codec": "h264"}, "codec=h264: expected none for .gif"),
        ("a.gif", {"quality": 5.0}, "quality=5.0: expected none for .gif"),
        ("##.png", {"quality": 5.0}, "quality=5.0: expected none for .png"),
        ("a.mp4", {"quality": -1.0}, "0 to 51"),
        ("a.webp", {"quality": 101.0}, "0 to 100"),
    ],
)
def test_what_does_not_fit(tmp_path, name: str, options: dict, problem: str) -> None:
    with pytest.raises(RelensError, match=problem):
        format_of(tmp_path / name, **options)


def test_a_folder_of_that_name(tmp_path) -> None:
    (tmp_path / "a.mp4").mkdir()
    with pytest.raises(RelensError, match="is a folder"):
        format_of(tmp_path / "a.mp4")


def test_what_can_never_be_a_file_is_refused_before_the_work(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(RelensError, match=r"pipe.mp4: is a device or a pipe"):
        format_of(tmp_path / "pipe.mp4")
    for name, target in (("nowhere.mp4", "no/a.mp4"), ("loop.mp4", "loop.mp4")):
        (tmp_path / name).symlink_to(target)
        with pytest.raises(RelensError, match=f"{name}: is a link to {target}, where no file can be"):
            format_of(tmp_path / name)
    (tmp_path / "new.mp4").symlink_to("b.mp4")
    assert format_of(tmp_path / "new.mp4") == Video()


@pytest.mark.parametrize(
    ("name", "size_px", "fps", "problem"),
    [
        ("a.mp4", (63, 48), 24.0, "size_px=63x48: expected even numbers for .mp4"),
        ("a.mkv", (64, 47), 24.0, "size_px=64x47: expected even"),
        ("a.gif", (64, 48), 100.0, "at most 50"),
        ("a.webp", (20000, 2), 24.0, "webp: ffmpeg cannot encode it"),
        ("a.mp4", (40000, 2), 24.0, "h264: ffmpeg cannot encode it"),
    ],
)
def test_what_the_encoder_would_refuse_later(tmp_path, name: str, size_px, fps: float, problem: str) -> None:
    with pytest.raises(RelensError, match=problem) as caught:
        try_out(format_of(tmp_path / name), tmp_path / name, size_px, fps)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.mp4", "a.gif", "a.webp", "##.png"])
def test_what_goes_leaves_nothing_behind(tmp_path, name: str) -> None:
    try_out(format_of(tmp_path / name), tmp_path / name, (64, 48), 24.0)
    assert not list(tmp_path.iterdir())


def test_odd_sizes_are_fine_elsewhere() -> None:
    try_out(Gif(), Path("a.gif"), (63, 47), 24.0)
    try_out(WebP(), Path("a.webp"), (63, 47), 24.0)
