"""Depth Pro by transformers' DepthProForDepthEstimation."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from relens.depth.backend import Readiness
from relens.depth.depth import Depth
from relens.depth.depth_pro.find import find_weights, ready_weights
from relens.depth.depth_pro.forward import predict
from relens.depth.depth_pro.input import network_input
from relens.depth.depth_pro.load import PACKAGES, Network, blueprint, load_network
from relens.depth.depth_pro.memory import explained_shortage, require_memory, what_needs_less
from relens.depth.depth_pro.output import metric_depth
from relens.depth.depth_pro.plan import Device, Plan, duration, plan_run
from relens.depth.depth_pro.precision import Precision
from relens.photo import Photo
from relens.progress import Progress, silent
from relens.weights import card

# The port reads Apple's checkpoint too.
_WEIGHTS = ("depth-pro", "depth-pro-apple")


# What takes longer is announced.
_LONG_S = 10.0


def _print_on_stderr(text: str) -> None:
    print(f"relens: {text}", file=sys.stderr)


@dataclass
class DepthPro:
    """Metric depth by Depth Pro in transformers, scaled by the focal length that is trusted most.

    The network stays in memory from the first estimate on, for as long as the instance lives.

    Attributes:
        weights: a folder with config.json and model.safetensors (apple/DepthPro-hf), or Apple's depth_pro.pt or its
            folder; None looks into the hub's cache, then fetches.
        device: "auto" takes the GPU where torch sees one.
        precision: "auto" takes what is quickest here, by measuring, of float32, float16 and bfloat16; "int8" needs the
            least memory.
        announce: told before the first run how long one will take here, where that is long; by itself it prints on
            stderr.
    """

    weights: Path | None = None
    device: Device = "auto"
    precision: Precision | Literal["auto"] = "auto"
    announce: Callable[[str], None] = field(default=_print_on_stderr, repr=False)
    name: str = field(default="depth-pro", init=False)
    licence: str = field(default=card(_WEIGHTS[0]).licence, init=False)
    repeatable: bool = field(default=True, init=False)
    _plan: Plan | None = field(default=None, init=False, repr=False)
    _network: Network | None = field(default=None, init=False, repr=False)

    def readiness(self) -> Readiness:
        """Whether the packages and the weights are here, or can be fetched; takes 3 s at most."""
        missing = [package for package in PACKAGES if find_spec(package) is None]
        if missing:
            return Readiness(False, f"needs {' and '.join(missing)}: pip install 'relens[depth-pro]'")
        return ready_weights(self.weights, _WEIGHTS)

    def plan(self, progress: Progress = silent) -> Plan:
        """Device, precision, time and memory of a run here, before the first; measured in a second or two.

        Weights that are nowhere here are fetched for it. Raises as `estimate` does.
        """
        if self._plan is None:
            self.weights = find_weights(self.weights, _WEIGHTS, progress)
            self._plan = plan_run(blueprint(self.weights), self.device, self.precision)
            if self._plan.seconds >= _LONG_S:
                self.announce(f"Depth Pro in {self._plan.text}")
        return self._plan

    def estimate(self, photo: Photo, progress: Progress = silent) -> Depth:
        """The photo's depth on a grid of its aspect, at least 1536 by 1536.

        Raises RelensError without weights, memory or the wanted device, with the ways on; FileError that names a
        corrupt weight file; MissingPackageError without torch or transformers.
        """
        plan = self.plan(progress)
        square = network_input(photo.linear, plan.anatomy.side_px)
        with explained_shortage(what_needs_less(plan)):
            prediction = predict(self._loaded(plan, progress), square, progress, f"Depth Pro, {duration(plan.seconds)}")
        return metric_depth(prediction, photo, "Depth Pro", self.licence, (f"Depth Pro in {plan.text}",))

    def _loaded(self, plan: Plan, progress: Progress) -> Network:
        if self._network is None:
            assert self.weights is not None
            require_memory(plan)
            progress("reading Depth Pro", 0.0)
            self._network = load_network(self.weights, plan)
        return self._network
