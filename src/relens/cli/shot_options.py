"""The options of one shot, shared by the commands that photograph: lens, camera, quality, and how a photo is read."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from tyro.conf import OmitArgPrefixes, arg

from relens.cli.lens_options import LensOptions
from relens.cli.photo_options import PhotoOptions


@dataclass(frozen=True)
class CameraOptions:
    """Where the camera stands, and what it frames."""

    eye: Annotated[tuple[float, float, float], arg(metavar="X Y Z")] = (0.0, 0.0, 0.0)
    """Where the camera stands, metres right, down and forward of the photo's."""
    framing: Literal["photo", "lens", "subject"] = "photo"
    """Whose field of view: the photo's; the lens's, cropped; or the lens's from as far as keeps the subject's size."""
    size: Annotated[int | None, arg(metavar="WIDTH", help_behavior_hint="(default: the photo's; a model's 1200)")] = (
        None
    )
    """Width of the picture in pixels, at most the photo's."""


@dataclass(frozen=True)
class QualityOptions:
    """How the picture is computed."""

    samples: Annotated[int | None, arg(metavar="N", help_behavior_hint="(default: 64, or as many as it takes)")] = None
    """Most lens samples a pixel."""
    seed: Annotated[int, arg(metavar="N")] = 0
    """Scrambles the sample pattern; the same seed gives the same picture."""
    engine: Literal["auto", "cpu", "cuda", "mesh", "reference"] = "auto"
    """cpu: compiled, all cores; cuda: one GPU; mesh: ray traced; reference: the slow one that anyone can check."""


@dataclass(frozen=True)
class ShotOptions:
    """All that shots have in common."""

    lens: Annotated[LensOptions, OmitArgPrefixes] = field(default_factory=LensOptions)
    camera: Annotated[CameraOptions, OmitArgPrefixes] = field(default_factory=CameraOptions)
    quality: Annotated[QualityOptions, OmitArgPrefixes] = field(default_factory=QualityOptions)
    photo: Annotated[PhotoOptions, OmitArgPrefixes] = field(default_factory=PhotoOptions)
