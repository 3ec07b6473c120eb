"""The weights that relens knows: a card each."""

from dataclasses import dataclass

from relens.errors import ValueRangeError

_APPLE_AMLR = "Apple Machine Learning Research Model License (apple-amlr): research only"


@dataclass(frozen=True)
class Weights:
    """What users should know before they fetch weights, and what is fetched.

    Attributes:
        name: what users type.
        purpose: what they are for, in a few words.
        repo: owner/name on the Hugging Face hub, which states the size and the checksum of every file.
        files: the complete set, as the repo names them.
        licence: its name and what it allows.
        terms: where people read it.
        about: the size in words, for before the hub has been asked.
    """

    name: str
    purpose: str
    repo: str
    files: tuple[str, ...]
    licence: str
    terms: str
    about: str


WEIGHTS: dict[str, Weights] = {
    card.name: card
    for card in (
        Weights(
            name="depth-pro",
            purpose="Depth Pro, for transformers",
            repo="apple/DepthPro-hf",
            files=("config.json", "model.safetensors"),
            licence=_APPLE_AMLR,
            terms="https://huggingface.co/apple/DepthPro-hf",
            about="2 to 4 GB",  # 952 million parameters of 2 or 4 bytes
        ),
        Weights(
            name="depth-pro-apple",
            purpose="Depth Pro, for Apple's own package",
            repo="apple/DepthPro",
            files=("depth_pro.pt",),
            licence=_APPLE_AMLR,
            terms="https://huggingface.co/apple/DepthPro",
            about="2 GB",
        ),
        Weights(
            name="vitmatte",
            purpose="ViTMatte (small), a learned refiner of mattes",
            repo="hustvl/vitmatte-small-composition-1k",
            files=("config.json", "model.safetensors", "preprocessor_config.json"),
            licence="Apache-2.0; Adobe gives its training pictures (Composition-1k) out on request, on their own terms",
            terms="https://huggingface.co/hustvl/vitmatte-small-composition-1k",
            about="103 MB",
        ),
        Weights(
            name="dinov2-small",
            purpose="DINOv2 (small), features that tell a matte's sides apart",
            repo="facebook/dinov2-small",
            files=("config.json", "model.safetensors", "preprocessor_config.json"),
            licence="Apache-2.0",
            terms="https://huggingface.co/facebook/dinov2-small",
            about="88 MB",
        ),
    )
}


def card(name: str) -> Weights:
    """The weights that users call `name`. Raises ValueRangeError for a name that is none of WEIGHTS."""
    if name not in WEIGHTS:
        raise ValueRangeError("model", name, f"one of {', '.join(WEIGHTS)}")
    return WEIGHTS[name]
