"""The options that say where a photo's depth comes from, shared by the commands that need one."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from tyro.conf import arg

if TYPE_CHECKING:
    from relens.depth import DepthRequest
    from relens.photo import Photo


@dataclass(frozen=True)
class DepthOptions:
    """Where the depth comes from."""

    depth: Annotated[str, arg(aliases=["--backend"], metavar="auto|BACKEND|FILE")] = "auto"
    """auto (inside the photo, else Depth Pro, else a portrait prior), one of these by name (`relens depth --list`), or
    a depth file: NPZ, NPY, EXR, PFM or TIFF in metres, 16-bit PNG in millimetres."""
    depth_kind: Annotated[
        Literal["metres", "inverse", "disparity"] | None, arg(help_behavior_hint="(default: as its format says)")
    ] = None
    """What the values of a depth file are: distances; 1/m; or disparity without a scale, where near is bright."""
    near: Annotated[float | None, arg(metavar="M", help_behavior_hint="(default: the file's)")] = None
    """For a depth file: the distance that its nearest value stands for."""
    far: Annotated[float | None, arg(metavar="M", help_behavior_hint="(default: the file's)")] = None
    """For a depth file: the distance that its farthest value stands for; inf is infinity."""
    weights: Annotated[Path | None, arg(metavar="DIR", help_behavior_hint="(default: `relens models list`)")] = None
    """For Depth Pro: the folder with its weights."""
    precision: Literal["auto", "float32", "float16", "bfloat16", "int8"] = "auto"
    """For Depth Pro: auto takes what is quickest here, int8 needs the least memory."""
    background: Annotated[float | None, arg(metavar="M", help_behavior_hint="(default: 1.5 m behind the face)")] = None
    """For the portrait prior: the distance of what is behind people; inf is the sky."""
    metric_scale: Literal["own", "iris", "phone"] = "own"
    """Metres as the source says; corrected by the iris of a face (11.7 mm); or joined with the phone's own depth."""
    fx_px: Annotated[float | None, arg(metavar="PX", help_behavior_hint="(default: the photo's own)")] = None
    """Focal length in pixels of the whole photo."""

    def read(self, photo: Path) -> "Photo":
        """The photo with the focal length of the options."""
        from relens.photo import read_photo

        return read_photo(photo, fx_px=self.fx_px)

    def request(self, uncertainty: bool = False) -> "DepthRequest":
        """The options as the library takes them. Raises ValueRangeError for what does not go together."""
        from relens.depth import DepthRequest

        return DepthRequest(
            self.depth,
            self.depth_kind,
            self.near,
            self.far,
            self.weights,
            self.precision,
            self.background,
            self.metric_scale,
            uncertainty,
        )
