"""One shot of the command line: every value is checked before the long work starts."""

import math
import time

from relens.cli.outcome import Outcome
from relens.cli.output import require_picture_path
from relens.cli.shoot import Shoot
from relens.cli.subject import check, focused, open_subject
from relens.errors import RelensError
from relens.explain.read_outs import read_outs
from relens.progress import Progress
from relens.ranges import positive
from relens.render.aim import parse_aim
from relens.render.picture import Picture
from relens.render.shoot import shoot
from relens.render.write_picture import write_picture

# The share of a picture that may be transparent without a word.
_VISIBLY_EMPTY = 0.0005


def take(command: Shoot, progress: Progress) -> Outcome:
    """Take the picture that the command asks for, write it, and return the lens read-outs.

    Raises RelensError for every value, file and folder that does not fit; nothing is written then.
    """
    start_s = time.monotonic()
    if command.source is None:
        raise RelensError("nothing to photograph: name a photo, scene, model or fit, or use --nerfstudio CONFIG.yml")
    options = command.options
    focus = parse_aim(command.focus)
    lens = options.lens.focused(math.inf if focus.distance_m is None else focus.distance_m)
    check(options)
    if command.noise is not None:
        positive("noise", command.noise, "a positive standard error in linear light, e.g. 0.002")
    if command.time_budget is not None:
        positive("time_budget_s", command.time_budget, "a positive number of seconds")
    require_picture_path(command.output, command.bit_depth, source=command.source)

    subject = open_subject(command.source, options, focus, lens, progress)
    picture = shoot(
        subject.thing,
        focused(subject, focus, lens),
        camera=subject.camera,
        framing=options.camera.framing,
        samples=options.quality.samples,
        seed=options.quality.seed,
        noise=command.noise,
        time_budget_s=command.time_budget,
        engine=options.quality.engine,
        progress=progress,
    )
    progress("write", 0.0)
    write_picture(picture, command.output, bit_depth=command.bit_depth, also=command.also)
    seconds = time.monotonic() - start_s
    taken = int(picture.sample_count.max())
    summary = (
        f"{command.output}: {read_outs(picture)}, {taken} samples, {seconds:.1f} s{_empty(subject.thing, picture)}"
    )
    return Outcome(summary, subject.notes)


def _empty(thing: object, picture: Picture) -> str:
    """What of the picture lies outside the scene, where that can be seen; a model has no outside."""
    from relens.scene import Scene

    empty = 1 - float(picture.alpha.mean())
    if not isinstance(thing, Scene) or empty <= _VISIBLY_EMPTY:
        return ""
    return f", {empty:.1%} empty: beyond the reach the scene was lifted with"
