"""PageSettings: how the canonical page is fitted."""

from dataclasses import dataclass
from typing import Literal

from relens.errors import ValueRangeError
from relens.multiview.page.canonical_camera import Kind
from relens.ranges import number, whole


@dataclass(frozen=True)
class PageSettings:
    """How the canonical page is fitted.

    Attributes:
        camera: the pseudo canonical camera; "auto" takes the one that suits how the photos' cameras stand.
        page_px: the page's longer side; None for texels as large as the photos' pixels.
        samples: points a pixel sees, at most: those of highest weight.
        most_pixels: pixels that are fitted; of more, as many are drawn.
        steps: of the fit.
        batch: pixels a step.
        uses_offsets: texels may lie off from where the canonical camera sees their points.
        view_offsets: offsets that also depend on where a photo looks from: "faded" to nothing while fitting, or "none".
        hidden_parts: parts of the page, at most, for what the canonical camera cannot see: what the first things hide,
            what those hide, and so on.
        offset_cells: cells of the finest offsets along the page's longer side.
        smoothness: weight of the page's total variation.
        offset_weight: weight of the offsets' mean square, in texels.
        seed: the same one gives the same page.
        device: where torch works; "auto" takes CUDA where there is one.

    Raises ValueRangeError for numbers out of range.
    """

    camera: Kind | Literal["auto"] = "auto"
    page_px: int | None = None
    samples: int = 8
    most_pixels: int = 1 << 23
    steps: int = 400
    batch: int = 1 << 14
    uses_offsets: bool = True
    view_offsets: Literal["faded", "none"] = "faded"
    hidden_parts: int = 3
    offset_cells: int = 32
    smoothness: float = 1e-2
    offset_weight: float = 1e-4
    seed: int = 0
    device: Literal["auto", "cpu", "cuda"] = "auto"

    def __post_init__(self) -> None:
        choices = {
            "camera": ("auto", "perspective", "panorama", "object"),
            "view_offsets": ("faded", "none"),
            "device": ("auto", "cpu", "cuda"),
        }
        for name, known in choices.items():
            if getattr(self, name) not in known:
                raise ValueRangeError(name, repr(getattr(self, name)), f"one of {', '.join(known)}")
        if self.page_px is not None:
            whole("page_px", self.page_px, "16 to 16384 texels", 16, 16384)
        for name, low, high in (
            ("samples", 1, 64),
            ("most_pixels", 1, 2**31),
            ("steps", 1, 10**6),
            ("batch", 1, 2**24),
            ("offset_cells", 4, 256),
            ("hidden_parts", 0, 16),
        ):
            whole(name, getattr(self, name), f"a whole number, {low} to {high}", low, high)
        for name in ("smoothness", "offset_weight"):
            number(name, getattr(self, name), "0 to 1000", 0, 1000)
        whole("seed", self.seed, "a whole number, 0 to 2^63 - 1", 0, 2**63 - 1)
