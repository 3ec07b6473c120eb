"""PosedCamera: a camera that another program has placed."""

from dataclasses import dataclass

from relens.camera import Camera


@dataclass(frozen=True)
class PosedCamera:
    """One photo's camera.

    Convention: OpenCV axes; the world and its unit are those of the program that placed it, until
    `relens.path.path_through.seen_from` takes them to a photo and metres.

    Attributes:
        name: of the photo, as the program has it.
        camera: pinhole and pose.
        note: what the pinhole leaves out; empty for nothing.
        distortion: the same as coefficients in OpenCV's order and meaning (k1, k2, p1, p2, k3, k4, k5, k6, or the first
            of them); empty for nothing, None where OpenCV has none for it.
    """

    name: str
    camera: Camera
    note: str = ""
    distortion: tuple[float, ...] | None = ()


def distortion_note(coefficients: dict[str, float]) -> str:
    """What to say of a lens's distortion that a pinhole leaves out; nothing where all of it is 0."""
    bent = [f"{name}={value:g}" for name, value in coefficients.items() if value]
    return f"lens distortion is not taken out: {', '.join(bent)}" if bent else ""
