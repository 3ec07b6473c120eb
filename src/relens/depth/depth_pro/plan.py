"""What a run will cost on this machine, known before it starts: device, precision, time and memory."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from relens.depth.depth_pro.anatomy import Anatomy, anatomy
from relens.depth.depth_pro.int8 import quantised
from relens.depth.depth_pro.precision import CHOICE, Precision, formats, quickest, seconds_of
from relens.errors import RelensError

Device = Literal["auto", "cpu", "cuda"]
# One patch keeps a layer's work in a processor's cache; a GPU wants all at once.
PATCHES_AT_ONCE = {"cpu": 1, "cuda": 35}
_HOPELESS = 4.0
_CONVOLUTION_ROWS = 32
_WEIGHT_BYTES: dict[Precision, int] = {"float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}
# Python with torch and transformers.
_RUNTIME_BYTES = 0.45e9
# The decoder's strips and the levels under them, in float32, for each pixel of the square.
_WORKING_BYTES_PX = 600


@dataclass(frozen=True)
class Plan:
    """How the network will run, and what it will take.

    Attributes:
        device: "cpu" or "cuda".
        precision: of the transformers.
        anatomy: the size of the network.
        layer_s: one transformer layer on one patch, measured, in every precision that was tried.
        encoders_s, decoder_s: the parts of a run.
    """

    device: Literal["cpu", "cuda"]
    precision: Precision
    anatomy: Anatomy
    layer_s: dict[Precision, float]
    encoders_s: float
    decoder_s: float

    @property
    def seconds(self) -> float:
        """Of one run, without reading the weights."""
        return self.encoders_s + self.decoder_s

    @property
    def text(self) -> str:
        """For people, one line."""
        device = "the GPU" if self.device == "cuda" else "the CPU"
        tried = ", ".join(f"{precision} {1000 * s:.3g} ms" for precision, s in self.layer_s.items())
        return f"{self.precision} on {device}, {duration(self.seconds)} (measured: a layer takes {tried})"

    def memory_bytes(self, precision: Precision | None = None) -> float:
        """What the process needs at most, in the planned precision or another."""
        precision = precision or self.precision
        decoder_bytes = formats(precision, self.device).decoder.itemsize
        weights = self.anatomy.encoder_weights * _WEIGHT_BYTES[precision] + self.anatomy.decoder_weights * decoder_bytes
        return _RUNTIME_BYTES + weights + _WORKING_BYTES_PX * self.anatomy.side_px**2 * decoder_bytes / 4


def duration(seconds: float) -> str:
    """About how long, in words."""
    if seconds < 1.5:
        return f"about {10 * max(round(100 * seconds), 1)} ms"
    return f"about {seconds:.0f} s" if seconds < 100 else f"about {seconds / 60:.1f} min"


def plan_run(model: Any, device: Device = "auto", precision: Precision | Literal["auto"] = "auto") -> Plan:
    """Measure how fast this machine is and say what a run of the network takes.

    model: a DepthProForDepthEstimation on the "meta" device. precision "auto" takes the most exact of float32, float16
    and bfloat16, unless a coarser one is at least 1.3 times as fast.
    Raises RelensError for a GPU that is not there and a precision that torch cannot compute in here.
    """
    import torch

    where = chosen_device(device)
    wait = torch.cuda.synchronize if where == "cuda" else _nothing
    body = anatomy(model)
    with torch.inference_mode():
        wanted = CHOICE if precision == "auto" else (precision,)
        layer_s = _layer_seconds(model.config, where, wanted, wait)
        chosen = quickest(layer_s) if precision == "auto" else precision
        decoder_s = body.decoder_flops * _seconds_per_flop(model.config, where, chosen, wait)
    return Plan(where, chosen, body, layer_s, layer_s[chosen] * body.patch_layers, decoder_s)


def chosen_device(device: Device) -> Literal["cpu", "cuda"]:
    """The device that is meant. Raises RelensError for a GPU that torch does not see."""
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise RelensError("device=cuda: torch sees no GPU here; use device cpu, or install torch for your GPU")
    return "cpu" if device == "cpu" or not torch.cuda.is_available() else "cuda"


def _nothing() -> None:
    pass


def _layer_seconds(
    config: Any, device: str, precisions: tuple[Precision, ...], wait: Callable[[], None]
) -> dict[Precision, float]:
    """One transformer layer, for each patch, in each precision that torch can compute in."""
    import torch
    from transformers.models.dinov2.modeling_dinov2 import Dinov2Layer

    vit = config.patch_model_config
    patches = PATCHES_AT_ONCE[device]
    tokens = torch.randn(patches, (vit.image_size // vit.patch_size) ** 2 + 1, vit.hidden_size)
    layer = Dinov2Layer(vit).eval()
    seconds: dict[Precision, float] = {}
    for precision in precisions:
        types = formats(precision, device)
        if types.int8:
            for linear in [part for part in layer.modules() if isinstance(part, torch.nn.Linear)]:
                linear.weight = torch.nn.Parameter(quantised(linear, linear.weight), requires_grad=False)
        layer = layer.to(device) if types.int8 else layer.to(device, types.encoders)
        try:
            call = partial(layer, tokens.to(device, types.encoders))
            hopeless_s = _HOPELESS * patches * min(seconds.values(), default=float("inf"))
            seconds[precision] = seconds_of(call, wait, hopeless_s) / patches
        except (RuntimeError, AttributeError) as error:
            if len(precisions) > 1 and seconds:
                continue
            reason = " ".join(str(error).split())[:80]
            raise RelensError(
                f"precision={precision}: torch cannot compute in it here ({reason}); use another"
            ) from error
    return seconds


def _seconds_per_flop(config: Any, device: str, precision: Precision, wait: Callable[[], None]) -> float:
    """Of a convolution as most of the decoder's are."""
    import torch

    width = config.fusion_hidden_size
    columns = config.patch_size * 2
    types = formats(precision, device)
    convolution = torch.nn.Conv2d(width, width, 3, padding=1, device=device, dtype=types.decoder)
    convolution.weight.data = convolution.weight.data.contiguous(memory_format=torch.channels_last)
    pixels = torch.randn(1, width, _CONVOLUTION_ROWS, columns, device=device, dtype=types.decoder)
    pixels = pixels.contiguous(memory_format=torch.channels_last)
    return seconds_of(partial(convolution, pixels), wait) / (2 * 9 * width**2 * _CONVOLUTION_ROWS * columns)
