"""View: what the picture on the page is of, as the page says it, and the camera and the lens that take it."""

import math
import reprlib
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from relens.camera import Camera
from relens.errors import ValueRangeError
from relens.lens import Lens
from relens.lens_preset import LensPreset, preset_names, read_preset
from relens.path.view import view_of as photo_view_of
from relens.render.aim import Aim, focus_distance_m
from relens.scene import Scene

_FARTHEST_M = 1e6


class _Record(BaseModel):
    # Strict: neither text nor true is a number.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


# JSON's lists are Python's, whose strictness is their numbers'.
_Point = Annotated[tuple[float, float, float], Field(strict=False)]


class LensSettings(_Record):
    """A lens by the keys of preset files, in their units (`relens.lens_preset.LensPreset`); all of them are said.

    `image` names the preset whose aperture image the pupil has: no file is ever opened for what a page says.
    """

    focal_length_mm: float
    f_number: float
    blades: int
    curvature: float
    rotation_deg: float
    squeeze: float
    profile: float
    cats_eye: float
    tilt_deg: float = Field(ge=-68, le=68)
    swing_deg: float = Field(ge=-68, le=68)
    axial_colour: float
    lateral_colour: float
    breathing: bool
    t_stop: float | None
    vignetting: bool
    sensor_width_mm: float
    image: str | None

    def lens(self, focus_distance_m: float = math.inf) -> Lens:
        """The lens, focused. Raises ValueRangeError for values that are no lens's."""
        values = self.model_dump()
        if self.image is not None:
            with_image = read_preset(self.image) if self.image in preset_names() else None
            if with_image is None or with_image.image is None:
                raise ValueRangeError("image", reprlib.repr(self.image), "a preset whose aperture is an image, or null")
            values["image"] = with_image.image
        return LensPreset(**values).lens(focus_distance_m)


class Pose(_Record):
    """Where the camera stands and looks.

    Convention: docs/conventions.md. Yaw to the right, then pitch up, then roll clockwise, each about the camera's own
    axes (`Camera.turned`); `zoom` is how many times as long as the photo's view the view is.
    """

    eye_m: _Point
    yaw_rad: float
    pitch_rad: float
    roll_rad: float
    zoom: float = Field(ge=0.01, le=100)


class View(_Record):
    """All of a view; the fields of the page's own `View`.

    Attributes:
        lens: focused by `focus`.
        preset: the one that the lens started from, for people.
        focus: a distance along the camera's axis, metres or "inf"; or a point of the world that stays in focus.
        framing: `relens.framing`.
        pose: before framing.
        exposure_ev: stops brighter or darker.
    """

    lens: LensSettings
    preset: str | None = Field(max_length=200)
    focus: float | Literal["inf"] | _Point
    framing: Literal["photo", "lens", "subject"]
    pose: Pose
    exposure_ev: float = Field(ge=-20, le=20)


def read_view(content: Any) -> View:
    """The view that a page's JSON says: the parsed content, or its text.

    Raises ValueRangeError in one line: the key, what it was, and what was expected.
    """
    try:
        return View.model_validate_json(content) if isinstance(content, str | bytes) else View.model_validate(content)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False)[0]
        place = [str(part) for part in problem["loc"]]
        if place[:1] == ["focus"]:
            found = content.get("focus") if isinstance(content, dict) else problem["input"]
            raise ValueRangeError("focus", reprlib.repr(found), 'metres, "inf" or a point [x, y, z]') from error
        name = ".".join(place) or "view"
        raise ValueRangeError(name, reprlib.repr(problem["input"]), problem["msg"].lower()) from error


def posed(view: View, scene: Scene, size_px: tuple[int, int] | None = None) -> Camera:
    """The camera of a view where the page's pose has it, before framing.

    size_px: width and height of the picture, the photo's own when left out; of another shape it is cut off evenly.
    Raises ValueRangeError for a size under 1 pixel and an eye farther than a thousand kilometres.
    """
    if max(map(abs, view.pose.eye_m)) > _FARTHEST_M:
        raise ValueRangeError("pose.eye_m", view.pose.eye_m, "three distances in metres, up to a thousand kilometres")
    k, pose = photo_view_of(scene.camera.intrinsics, size_px), view.pose
    zoomed = replace(k, fx_px=k.fx_px * pose.zoom, fy_px=k.fy_px * pose.zoom)
    return Camera(zoomed).moved(*pose.eye_m).turned(pose.yaw_rad, pose.pitch_rad, pose.roll_rad)


def shot_of(view: View, scene: Scene, size_px: tuple[int, int] | None = None) -> tuple[Camera, Lens]:
    """The camera and the focused lens of a view: `shoot(scene, lens, camera=camera, framing=view.framing)`.

    They are not framed yet, since a lens that breathes would narrow the picture each time it is.

    size_px: as `posed` has it.
    Raises ValueRangeError, naming the key, for what no lens has and for a focus behind the camera.
    """
    camera = posed(view, scene, size_px)
    return camera, view.lens.lens(focus_distance_m(_aim(view), scene, camera))


def _aim(view: View) -> Aim:
    if isinstance(view.focus, tuple):
        return Aim(point_m=view.focus)
    return Aim(distance_m=math.inf if view.focus == "inf" else view.focus)
