"""Photo options whose networks stay loaded from one photo to the next."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from relens.cli.photo_options import PhotoOptions
from relens.depth import Depth, DepthRequest, find_depth
from relens.depth.backend import Backend
from relens.depth.choose import BACKENDS, backend, choose_backend

if TYPE_CHECKING:
    from relens.lift.inpainter import Inpainter
    from relens.matte.refiner import Refiner
    from relens.photo import Photo


@dataclass(frozen=True)
class LoadedOptions(PhotoOptions):
    """The options of photos, and what they have loaded so far."""

    _backends: dict[str, Backend] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _refiner(self) -> "Refiner | None":
        return super().matte_refiner()

    @cached_property
    def _inpainter(self) -> "Inpainter":
        return super().load_inpainter()

    def matte_refiner(self) -> "Refiner | None":
        """The learned refiner, always the same one."""
        return self._refiner

    def load_inpainter(self) -> "Inpainter":
        """The inpainter, always the same one."""
        return self._inpainter

    def depth_of(self, photo: "Photo", stem: str) -> Depth:
        """The photo's depth. In the name of a depth file, {stem} stands for the photo's. Raises as `find_depth`."""
        request = self.request()
        if request.file is not None:
            return find_depth(photo, replace(request, source=str(request.source).replace("{stem}", stem)))
        chosen, why = self._backend(photo, request)
        found = chosen.estimate(photo)
        if why:
            found = replace(found, notes=(f"depth from {chosen.name}: {why}", *found.notes))
        return find_depth(photo, DepthRequest(found, metric_scale=request.metric_scale))

    def _backend(self, photo: "Photo", request: DepthRequest) -> tuple[Backend, str]:
        about = request.weights, request.background_m, request.precision
        if request.source in BACKENDS:
            chosen, why = backend(str(request.source), *about), ""
        else:
            chosen, why = choose_backend(photo, *about)
        return self._backends.setdefault(chosen.name, chosen), why
