import pytest

from relens.photo.frame import find_frame
from relens.photo.window import WHOLE, Window

_DEPTH = "{http://ns.apple.com/depthData/1.0/}IntrinsicMatrixReference"
_CROP = "{http://ns.adobe.com/camera-raw-settings/1.0/}"
_FULL = {f"{_DEPTH}Width": "4032", f"{_DEPTH}Height": "3024"}


def _noted(left: float, top: float, right: float, bottom: float, **more: str) -> dict[str, str]:
    facts = {"HasCrop": "True", "AlreadyApplied": "True", "CropAngle": "0"} | more
    sides = {"CropLeft": left, "CropTop": top, "CropRight": right, "CropBottom": bottom}
    return {_CROP + name: str(value) for name, value in (facts | sides).items()}


@pytest.mark.parametrize("size", [(4032, 3024), (2016, 1512), (800, 600)])
def test_the_whole_frame_at_any_size(size: tuple[int, int]) -> None:
    frame = find_frame(*size, WHOLE, [_FULL])
    assert (frame.width_px, frame.height_px, frame.window, frame.note) == (*size, WHOLE, "")


def test_a_file_that_says_nothing_shows_the_whole() -> None:
    assert find_frame(100, 30, WHOLE, [{}]).window == WHOLE


@pytest.mark.parametrize(
    ("size", "window"),
    [((4032, 2268), Window(0, 0.125, 1, 0.75)), ((3024, 3024), Window(0.125, 0, 0.75, 1))],
)
def test_a_strip_at_the_frame_s_pitch_is_its_middle_and_said_so(size: tuple[int, int], window: Window) -> None:
    frame = find_frame(*size, WHOLE, [_FULL])
    assert (frame.width_px, frame.height_px, frame.window) == (4032, 3024, window)
    assert "4032x3024" in frame.note and "middle" in frame.note


def test_a_crop_that_adobe_noted() -> None:
    # The right upper quarter of the frame, made square, at half its size.
    frame = find_frame(1008, 1008, WHOLE, [_FULL, _noted(0.5, 0, 1, 2 / 3)])
    assert frame.window == Window(0.5, 0, 0.5, 2 / 3) and frame.note == ""
    assert (frame.width_px, frame.height_px) == (2016, 1512)


@pytest.mark.parametrize(
    "crop",
    [
        {},
        _noted(0.5, 0, 1, 0.5),
        _noted(0.5, 0, 1, 2 / 3, AlreadyApplied="False"),
        _noted(0.5, 0, 1, 2 / 3, HasCrop="False"),
        _noted(0.5, 0, 1, 2 / 3, CropAngle="3"),
        _noted(1, 0, 0.5, 2 / 3),
        _noted(0.5, 0, 1.5, 4 / 3),
        _noted(0.5, 0, float("nan"), 2 / 3),
    ],
)
def test_a_crop_that_nobody_noted_is_unknown_and_said_so(crop: dict[str, str]) -> None:
    frame = find_frame(1008, 1008, WHOLE, [_FULL, crop])
    assert frame.window == WHOLE and "nobody noted" in frame.note


@pytest.mark.parametrize(
    ("recorded", "window"),
    [
        ((4032.0, 3024.0), Window(0, 0.125, 1, 0.75)),
        ((4032.0, 2268.0), WHOLE),
        # Turned by a program that left the EXIF as it was.
        ((2268.0, 4032.0), WHOLE),
    ],
)
def test_the_exif_s_size_counts_where_nothing_else_speaks(recorded: tuple[float, float], window: Window) -> None:
    assert find_frame(4032, 2268, WHOLE, [], recorded).window == window
    assert find_frame(4032, 3024, WHOLE, [_FULL], recorded).window == WHOLE


def test_what_the_decoder_cut_out_is_the_answer() -> None:
    frame = find_frame(2000, 1000, Window(0, 0.25, 1, 0.5), [_FULL])
    assert (frame.width_px, frame.height_px, frame.window, frame.note) == (2000, 2000, Window(0, 0.25, 1, 0.5), "")
