"""The depth back-ends of this house, and which of them a photo gets by itself."""

from pathlib import Path
from typing import Literal

from relens.depth.backend import Backend
from relens.errors import RelensError
from relens.photo import Photo

DepthPrecision = Literal["auto", "float32", "float16", "bfloat16", "int8"]
BACKENDS = ("phone", "depth-pro", "depth-pro-apple", "portrait")


def backend(
    name: str,
    weights: Path | None = None,
    background_m: float | None = None,
    precision: DepthPrecision = "auto",
) -> Backend:
    """The back-end that users call `name`, one of BACKENDS.

    weights: the folder with Depth Pro's, where they are not at the known places. background_m: where the portrait prior
    puts its wall. precision: of Depth Pro in transformers.
    """
    if name == "phone":
        from relens.depth.phone import PhoneDepth

        return PhoneDepth()
    if name == "depth-pro":
        from relens.depth.depth_pro import DepthPro

        return DepthPro(weights, precision=precision)
    if name == "depth-pro-apple":
        from relens.depth.depth_pro import DepthProApple

        return DepthProApple(weights)
    from relens.depth.portrait import PortraitPrior

    return PortraitPrior(background_m)


def choose_backend(
    photo: Photo,
    weights: Path | None = None,
    background_m: float | None = None,
    precision: DepthPrecision = "auto",
) -> tuple[Backend, str]:
    """The back-end of `depth="auto"`, and why it is this one.

    The order: the metric depth inside the photo; Depth Pro, when its weights are here; Depth Pro, when they can be
    fetched; the portrait prior. Raises RelensError, with what each of them lacks, when none can work here.
    """
    if photo.embedded_depth is not None and photo.embedded_depth.accuracy == "absolute":
        return backend("phone"), "the photo holds metric depth"
    reasons = ["the photo holds no depth" if photo.embedded_depth is None else "the depth inside has no metric scale"]
    networks = [backend(name, weights, precision=precision) for name in ("depth-pro", "depth-pro-apple")]
    states = [network.readiness() for network in networks]
    for network, state in zip(networks, states, strict=True):
        if state.usable:
            return network, f"{reasons[0]}, and {state.why}"
    for network, state in zip(networks, states, strict=True):
        if state.fetchable:
            return network, f"{reasons[0]}, and {state.why}"
    reasons.append(f"depth-pro: {states[0].why}")
    prior = backend("portrait", background_m=background_m)
    state = prior.readiness()
    if state.usable:
        return prior, "; ".join(reasons)
    raise RelensError(f"no source of depth: {'; '.join(reasons)}; portrait: {state.why}; or pass a depth file as depth")
