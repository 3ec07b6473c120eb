"""What a path file may say, and of which kinds its values are."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from relens.path.keyframe import LENS_VALUES

_NONE: Any = None

_Point = Annotated[list[float], Field(min_length=3, max_length=3)]
_Distance = Annotated[float, Field(allow_inf_nan=True)]


class _Record(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class _Keyframe(_Record):
    at_s: float = _NONE
    after_s: float = _NONE
    eye_m: _Point = _NONE
    yaw_deg: float = _NONE
    pitch_deg: float = _NONE
    roll_deg: float = _NONE
    look_at: str | _Point = _NONE
    camera_to_world: Annotated[list[float], Field(min_length=16, max_length=16)] = _NONE
    fov_deg: float = _NONE
    zoom: float = _NONE
    focus: _Distance | str | _Point = _NONE
    exposure_ev: float = _NONE
    ease: (
        Literal["linear", "in", "out", "in-out", "hold"] | Annotated[list[float], Field(min_length=4, max_length=4)]
    ) = _NONE
    hold_s: float = 0.0
    tension: float = 0.0
    continuity: float = 0.0
    bias: float = 0.0


# Every number of the lens is a key of its own.
_LENS_FIELDS: dict[str, Any] = dict.fromkeys(LENS_VALUES, (float, _NONE))
KeyframeRecord = create_model("KeyframeRecord", __base__=_Keyframe, **_LENS_FIELDS)


class PathRecord(_Record):
    """All of a path file that has keyframes; `relens.path.path_file` says what the keys mean."""

    keyframes: list[KeyframeRecord] = Field(min_length=1)  # pyright: ignore[reportInvalidTypeForm]
    spline: Literal["centripetal", "kochanek-bartels", "linear"] = "centripetal"
    loop_s: float = _NONE
    lens: str | dict[str, Any] = _NONE
    fps: float = 24.0
    shutter_deg: float = 0.0
    focus_lag_s: float = 0.0


_POINT = "three finite distances in metres: right, down, forward"
_AIM = "a distance (1.2, 1.2m, 85cm, inf), subject, a pixel of the photo (1200,800), or a point [x, y, z] in metres"
# By key: what to say of a value of the wrong kind.
EXPECTED = {
    "at_s": "seconds from the start, 0 or more",
    "after_s": "seconds after the keyframe before is over, more than 0",
    "eye_m": _POINT,
    "yaw_deg": "degrees to the right",
    "pitch_deg": "degrees up",
    "roll_deg": "degrees clockwise",
    "look_at": "subject, a pixel of the photo (1200,800), or a point [x, y, z] in metres",
    "camera_to_world": "16 finite numbers, row by row: a rotation and a translation",
    "fov_deg": "degrees from top to bottom, 0.06 to 177",
    "zoom": "0.01 to 100 times as long a lens as the photo's view has",
    "focus": _AIM,
    "exposure_ev": "stops, -20 to 20",
    "ease": "linear, in, out, in-out, hold, or four numbers x1, y1, x2, y2 with x within 0 to 1",
    "hold_s": "seconds, 0 or more",
    "tension": "-1 to 1",
    "continuity": "-1 to 1",
    "bias": "-1 to 1",
    "keyframes": "a list of one keyframe or more",
    "spline": "centripetal, kochanek-bartels or linear",
    "loop_s": "a positive number of seconds",
    "lens": "the name of a lens of configs/lenses, a file like those, or its keys",
    "fps": "0.01 to 1000 frames a second",
    "shutter_deg": "0 to 360 degrees",
    "focus_lag_s": "0 to 60 seconds",
}
TOP_KEYS = tuple(PathRecord.model_fields)
KEYFRAME_KEYS = tuple(KeyframeRecord.model_fields)
