"""Amount: how far a move goes where nobody has said it, from what the scene can show."""

from collections.abc import Callable, Sequence

from relens.errors import ValueRangeError
from relens.path.safe import safe_amount
from relens.path.shot import Shot
from relens.scene import Scene

# The rest is room for what few frames and a small look have missed.
_SHARE_OF_SAFE = 0.8
# Less of the amount that looks good is a picture that stands still.
_LEAST_SHARE = 1 / 32


def amount_m(
    given_mm: float | None, name: str, scene: Scene, shots_of_amount: Callable[[float], Sequence[Shot]], best_m: float
) -> float:
    """What is given, in metres; else four fifths of what is safe, up to what looks good.

    Args:
        given_mm: the move's own value, None to find one.
        name: of the value, for errors.
        scene: what is photographed.
        shots_of_amount: as `relens.path.safe.safe_amount` has it, for metres.
        best_m: the largest amount that looks good.

    Raises ValueRangeError where so little is safe that nothing would move: in a scene lifted with little reach, or for
    a lens whose pupil alone uses it up.
    """
    if given_mm is not None:
        return 1e-3 * given_mm
    safe_m = safe_amount(scene, shots_of_amount, best_m / _SHARE_OF_SAFE)
    if safe_m < _LEAST_SHARE * best_m:
        told = f"a number: only {1e3 * safe_m:.1f} mm are without holes in this scene with this lens"
        raise ValueRangeError(name, "none", f"{told}; stop the lens down, lift with a greater reach, or say how far")
    return _SHARE_OF_SAFE * safe_m
