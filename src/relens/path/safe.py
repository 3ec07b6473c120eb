"""Safe volume: how far a camera may go before it sees what the scene does not have, found by looking."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from relens.camera import Camera
from relens.lens import Lens
from relens.moving_camera import MovingCamera
from relens.path.shot import Shot
from relens.path.witness import Witness, witness_of
from relens.ranges import positive
from relens.rotation import between_so3
from relens.scene import Scene

# The part of the picture that may be empty: of a look of 224 x 168 pixels, three.
EMPTY_SHARE = 1e-4
# First both halves, then halves of the half that holds the limit.
_HALVINGS = 5
_FRAMES_LOOKED_AT = 48
# Stretches of frames that follow each other sooner are told as one.
_APART_S = 1.0
# Nearer to the photo's place it is not the place that shows holes, but where the camera looks and how wide.
_SAME_PLACE_M = 1e-3


def empty_share(witness: Witness, shot: Shot) -> float:
    """The part of a shot's picture, 0 to 1, that is empty and is not in the photo's own view through the same lens.

    Empty is what the scene has no surface for: past its border, and between surfaces. Not counted are surfaces that a
    far camera sees at a slant, and so stretches, and texture that lifting made up; look at a move that goes far.
    """
    share = witness.empty_share(shot.camera, shot.lens)
    if share <= EMPTY_SHARE:
        return share
    focus_m = max(shot.lens.focus_distance_m, 2e-3 * shot.lens.focal_length_mm)
    return max(0.0, share - witness.empty_share(witness.photo, replace(shot.lens, focus_distance_m=focus_m)))


def safe_amount(
    scene: Scene,
    shots_of_amount: Callable[[float], Sequence[Shot]],
    greatest: float,
    witness: Witness | None = None,
) -> float:
    """The largest amount of a move up to `greatest` that shows no hole; 0 where the least shows one.

    Every shot is looked at with half of the amount and all of it, then by bisection below the first that shows a hole,
    to a 64th of `greatest`: an amount counts as safe only where smaller ones are.

    Args:
        scene: what the shots photograph.
        shots_of_amount: as many shots for every amount, those that show the most in any order.
        greatest: the largest amount that is wanted.
        witness: of the scene, where one is there already.

    Raises ValueRangeError unless `greatest` is positive and finite.
    """
    safe = positive("greatest", greatest, "a positive amount")
    looking = witness or witness_of(scene)

    def is_safe(amount: float, index: int) -> bool:
        return empty_share(looking, shots_of_amount(amount)[index]) <= EMPTY_SHARE

    for index in range(len(shots_of_amount(safe))):
        if safe > 0:
            safe = _greatest(lambda amount, index=index: is_safe(amount, index), safe)
    return safe


def _greatest(is_safe: Callable[[float], bool], greatest: float) -> float:
    """The largest amount before the first that is not safe."""
    for low, high in ((0.0, 0.5 * greatest), (0.5 * greatest, greatest)):
        if not is_safe(high):
            for _ in range(_HALVINGS):
                middle = 0.5 * (low + high)
                low, high = (middle, high) if is_safe(middle) else (low, middle)
            return low
    return greatest


def warnings_of(shots: Sequence[Shot], scene: Scene) -> tuple[str, ...]:
    """A line for every stretch of a path in which holes show: when, how far out the camera is, and what is safe.

    Some 48 frames are looked at, evenly spread, the first and the last among them. What is safe is found on the way
    from the photo's place to the camera's, the camera turning along.
    """
    witness = witness_of(scene)
    looked_at = np.unique(np.linspace(0, len(shots) - 1, _FRAMES_LOOKED_AT).round().astype(int))
    seen = [shots[int(index)] for index in looked_at]
    outside = [(shot, share) for shot in seen if (share := empty_share(witness, shot)) > EMPTY_SHARE]
    return tuple(_told(witness, stretch) for stretch in _stretches(outside))


def _stretches(outside: Sequence[tuple[Shot, float]]) -> Iterator[list[tuple[Shot, float]]]:
    """Shots that follow each other closely."""
    stretch: list[tuple[Shot, float]] = []
    for found in outside:
        if stretch and found[0].time_s - stretch[-1][0].time_s > _APART_S:
            yield stretch
            stretch = []
        stretch.append(found)
    if stretch:
        yield stretch


def _told(witness: Witness, stretch: list[tuple[Shot, float]]) -> str:
    first, last = stretch[0][0].time_s, stretch[-1][0].time_s
    when = f"from {first:.1f} s to {last:.1f} s" if last > first else f"at {first:.1f} s"
    shot, share = max(stretch, key=lambda found: found[1])
    camera = _still(shot)
    away_m = float(np.linalg.norm(camera.eye_m))
    if away_m < _SAME_PLACE_M or not _is_safe_at(witness, camera, shot.lens, 0.0):
        lacking = f"shows {100 * share:.2g} % that is past the photo's frame"
        return f"{when} the camera {lacking} (at {shot.time_s:.1f} s): turn it less, or zoom in"
    low, high = 0.0, 1.0
    while (high - low) * away_m > max(_SAME_PLACE_M, away_m / 64):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _is_safe_at(witness, camera, shot.lens, middle) else (low, middle)
    out_mm, away_mm, safe_mm = 1e3 * (1 - low) * away_m, 1e3 * away_m, 1e3 * low * away_m
    outside = f"{when} the camera stands up to {out_mm:.0f} mm outside of what the scene shows without holes"
    where = f"at {shot.time_s:.1f} s, {away_mm:.0f} mm from the photo's place; safe that way: {safe_mm:.0f} mm"
    return f"{outside} ({where})"


def _still(shot: Shot) -> Camera:
    return shot.camera.middle if isinstance(shot.camera, MovingCamera) else shot.camera


def _is_safe_at(witness: Witness, camera: Camera, lens: Lens, share: float) -> bool:
    """Whether a shot is without holes once the camera has gone a share of the way from the photo's place."""
    pose = np.eye(4)
    pose[:3, :3] = between_so3(np.eye(3), camera.rotation, np.asarray(share))
    pose[:3, 3] = share * camera.eye_m
    return empty_share(witness, Shot(0.0, replace(camera, camera_to_world=pose), lens)) <= EMPTY_SHARE
