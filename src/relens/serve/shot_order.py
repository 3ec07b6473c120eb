"""ShotOrder: what picture or film a page wants, checked before it has to wait for anything."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from relens.errors import ValueRangeError
from relens.framing import framed
from relens.path.camera_path import CameraPath
from relens.ranges import number, whole
from relens.scene import Scene
from relens.serve.page_path import path_of_page, require_frames
from relens.viewer.view import View, read_view, shot_of

Format = Literal["png", "png16", "exr", "mp4"]

_KEYS = {"view", "size_px", "samples", "format", "path", "fps"}
_SAMPLES, _FILM_SAMPLES = 256, 64
_MOST_SAMPLES = 4096
# A film may be larger than a small photo, as televisions are.
_FILM_SIDE_PX = 4096


@dataclass(frozen=True)
class ShotOrder:
    """A picture of a view, or a film along a path.

    Attributes:
        view: its lens is the film's, too, where the path says none.
        format: png (8 or 16 bit) or exr of the view; mp4 along the path.
        samples: most lens samples a pixel.
        size_px: width and height; None for the photo's.
        path: of a film; None for a picture.
        fps: of a film; None for the path's.
    """

    view: View
    format: Format
    samples: int
    size_px: tuple[int, int] | None = None
    path: CameraPath | None = None
    fps: float | None = None


def order_of_page(content: dict[str, Any], scene: Scene) -> ShotOrder:
    """The order of a page's `ShotRequest`, parsed from JSON.

    Raises RelensError, in one line, for keys that it does not have, for values out of range, and where the packages
    that make films are missing.
    """
    if unknown := sorted(set(content) - _KEYS):
        raise ValueRangeError("shot", repr(unknown[0])[:80], f"no values but {', '.join(sorted(_KEYS))}")
    form = _format(content.get("format"))
    is_film = form == "mp4"
    samples = content.get("samples")
    usual = _FILM_SAMPLES if is_film else _SAMPLES
    if samples is not None:
        samples = whole("samples", samples, f"1 to {_MOST_SAMPLES}", 1, _MOST_SAMPLES)
    size_px = _size_px(content.get("size_px"), scene, is_film)
    view = read_view(content.get("view"))
    if not is_film:
        if content.get("path") is not None or content.get("fps") is not None:
            raise ValueRangeError("format", form, "mp4 along a path")
        camera, lens = shot_of(view, scene, size_px)
        framed(camera, lens, view.framing)
        return ShotOrder(view, form, samples or usual, size_px)
    from relens.film.pyav import load_av

    load_av()
    path, fps = path_of_page(content.get("path")), content.get("fps")
    if fps is not None:
        fps = number("fps", fps, "0.01 to 1000 frames a second", 0.01, 1000)
    require_frames(path, fps or path.fps)
    shot_of(view, scene)
    return ShotOrder(view, form, samples or usual, size_px, path, fps)


def _format(said: Any) -> Format:
    for known in get_args(Format):
        if said == known:
            return known
    raise ValueRangeError("format", repr(said)[:80], f"one of {', '.join(get_args(Format))}")


def _size_px(said: Any, scene: Scene, is_film: bool) -> tuple[int, int] | None:
    if said is None:
        return None
    k = scene.camera.intrinsics
    most = [max(side_px, _FILM_SIDE_PX) if is_film else side_px for side_px in (k.width_px, k.height_px)]
    expected = f"width and height in pixels, at most {most[0]} and {most[1]}"
    if not isinstance(said, list) or len(said) != 2:
        raise ValueRangeError("size_px", repr(said)[:80], expected)
    width_px, height_px = (whole("size_px", side, expected, 1, high) for side, high in zip(said, most, strict=True))
    return width_px, height_px
