"""A batch: what is done already is skipped, the rest is worked through, and every end is written down as it comes."""

import os
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from relens.cli.batch import Batch
from relens.cli.batch_photos import BatchPhoto, batch_photos
from relens.cli.batch_plan import BatchPlan, stages_of
from relens.cli.batch_work import depth_work, scene_work, whole_work
from relens.cli.outcome import Outcome
from relens.cli.subject import check
from relens.depth.choose import backend
from relens.errors import FileError, RelensError
from relens.farm import Cluster, Crew, Ended, Share, cluster, one_by_one, spread
from relens.farm.cluster import Machine
from relens.farm.manifest import Manifest
from relens.farm.work import Work
from relens.ranges import number, whole
from relens.render.aim import parse_aim

_MANIFEST = "batch.jsonl"
# What lifting and shooting 7 megapixels peaks at, and Depth Pro beside it.
_PHOTO_BYTES, _NETWORK_BYTES = 2_500_000_000, 4_500_000_000
_NETWORKS = ("depth-pro", "depth-pro-apple")
_FAILURES_SHOWN = 20
_BAR = "photos {n_fmt}/{total_fmt} |{bar:32}| {elapsed}, {remaining} left {postfix}"


def run_batch(command: Batch) -> None:
    """Work through the photos of the command and print what became of them.

    Raises RelensError for every value that does not fit, before any work; and, once all others are done, where photos
    have failed.
    """
    plan = _plan(command)
    photos = batch_photos(command.photos, command.output)
    _require_names_of_their_own(plan, photos)
    try:
        command.output.mkdir(exist_ok=True)
    except OSError as error:
        raise FileError(command.output, f"cannot make this folder: {error.strerror or error}") from error
    manifest = Manifest(command.output / _MANIFEST)
    keys = {photo: plan.key(photo) for photo in photos}
    to_do = [
        photo
        for photo in photos
        if not (manifest.is_done(photo.name, keys[photo]) and all(path.exists() for path in plan.outputs(photo)))
    ]
    failures: list[str] = []
    with _bar(len(to_do), command.quiet) as tell, closing(_ended(to_do, plan, command)) as all_ended:
        for ended in all_ended:
            _write_down(manifest, plan, ended, keys[ended.item])
            if ended.error is not None:
                failures.append(_said(ended))
            tell(len(failures))
    if not command.quiet:
        skipped = f", {len(photos) - len(to_do)} were already" if len(to_do) < len(photos) else ""
        Outcome(f"{command.output}: {len(to_do) - len(failures)} of {len(to_do)} photos done{skipped}").show()
    if failures:
        _show(failures)
        again = "the same command tries them again and skips the others"
        raise RelensError(f"{len(failures)} of {len(to_do)} photos failed, see {command.output / _MANIFEST}; {again}")


def _plan(command: Batch) -> BatchPlan:
    options = command.options
    keep = stages_of(command.do)
    focus = parse_aim(command.focus)
    options.lens.focused(1e3 if focus.distance_m is None else focus.distance_m)
    check(options)
    number("reach_m", command.reach_m, "more than 0 and at most 10 m", 1e-6, 10)
    if command.workers is not None:
        whole("workers", command.workers, "1 or more", 1)
        if command.ray is None:
            raise RelensError("--workers is for --ray; without it photos are worked on one by one")
    return BatchPlan(
        keep, str(command.output.absolute()), os.getcwd(), options, command.focus, command.reach_m, command.format
    )


def _require_names_of_their_own(plan: BatchPlan, photos: list[BatchPhoto]) -> None:
    """Raise RelensError where a result would take the place of a photo, or of another one's result."""
    originals = {_file(photo.path) for photo in photos}
    taken: dict[Path, str] = {}
    for photo in photos:
        for path in plan.outputs(photo):
            if path.exists() and _file(path) in originals:
                raise RelensError(f"{path}: is one of the photos; choose another folder for the results")
            if path in taken:
                raise RelensError(f"{taken[path]} and {photo.path}: both would have the result {path}; rename one")
            taken[path] = photo.path


def _file(path: str | Path) -> str | tuple[int, int]:
    """What two names of one file have in common."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return str(path)
    return status.st_dev, status.st_ino


def _ended(photos: list[BatchPhoto], plan: BatchPlan, command: Batch) -> Generator[Ended, None, None]:
    if not photos:
        return
    if command.ray is None:
        yield from one_by_one(photos, whole_work(plan))
        return
    with cluster(command.ray) as on, closing(spread(photos, _crews(plan, on, command.workers))) as all_ended:
        yield from all_ended


def _crews(plan: BatchPlan, on: Cluster, workers: int | None) -> list[Crew]:
    """Workers that do everything, a core each as far as memory goes; a network on GPUs has workers of its own."""
    most = workers or on.cores
    on_gpus = min(most, on.gpus)
    if plan.options.quality.engine == "cuda":
        if not on_gpus:
            # Its workers would be waited for without end.
            raise RelensError(f"engine cuda: no GPU in the cluster {on.address}; use --engine cpu")
        return [Crew(whole_work, plan, count=on_gpus, share=Share(gpus=1))]
    if not _has_network(plan):
        return [_on_cores(whole_work, plan, most, on.machines, _PHOTO_BYTES)]
    if not on_gpus:
        return [_on_cores(whole_work, plan, most, on.machines, _PHOTO_BYTES + _NETWORK_BYTES)]
    beside = [replace(machine, cores=max(0, machine.cores - machine.gpus)) for machine in on.machines]
    if not any(machine.cores for machine in beside):
        return [Crew(whole_work, plan, count=on_gpus, share=Share(gpus=1))]
    measuring = Crew(depth_work, plan, count=on_gpus, share=Share(gpus=1))
    return [measuring, _on_cores(scene_work, plan, most, beside, _PHOTO_BYTES)]


def _on_cores(
    make: Callable[[BatchPlan], Work], plan: BatchPlan, most: int, machines: Sequence[Machine], need_bytes: int
) -> Crew:
    count, share = workers_that_fit(machines, most, need_bytes)
    return Crew(make, plan, count=count, share=share)


def workers_that_fit(machines: Sequence[Machine], most: int, need_bytes: int) -> tuple[int, Share]:
    """How many workers, `most` or fewer but one at least, have a core and the memory; and what each of them gets.

    No share is more than one machine has: such a worker would be waited for without end.
    """
    need_bytes = min(need_bytes, max(machine.memory_bytes for machine in machines))

    def fit(cores: int) -> int:
        return sum(min(each.cores // cores, each.memory_bytes // max(1, need_bytes)) for each in machines)

    count = max(1, min(most, fit(1)))
    cores = max(
        (cores for cores in range(1, 1 + max(each.cores for each in machines)) if fit(cores) >= count), default=1
    )
    return count, Share(cores=cores, memory_bytes=need_bytes)


def _has_network(plan: BatchPlan) -> bool:
    """Whether photos may need a depth network."""
    source = plan.options.photo.depth
    if source != "auto":
        return source in _NETWORKS
    states = [backend(name, plan.options.photo.weights).readiness() for name in _NETWORKS]
    return any(state.usable or state.fetchable for state in states)


def _write_down(manifest: Manifest, plan: BatchPlan, ended: Ended, key: str) -> None:
    photo: BatchPhoto = ended.item
    about = {"photo": photo.path, "seconds": {name: round(seconds, 3) for name, seconds in ended.seconds.items()}}
    if ended.error is None:
        about |= {"outputs": [str(path) for path in plan.outputs(photo)], "notes": list(ended.value.notes)}
    else:
        about |= {"error": ended.error}
    manifest.add(photo.name, key, ended.error is None, about)


def _said(ended: Ended) -> str:
    """Which photo, and why; what its file is called once."""
    error = ended.error or ""
    return error if error.startswith(ended.item.path) else f"{ended.item.path}: {error}"


def _show(failures: list[str]) -> None:
    for failure in failures[:_FAILURES_SHOWN]:
        print(f"relens: failed: {failure}", file=sys.stderr)
    if len(failures) > _FAILURES_SHOWN:
        print(f"relens: failed: and {len(failures) - _FAILURES_SHOWN} more", file=sys.stderr)


@contextmanager
def _bar(photos: int, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Draws how many photos are done, and how long the rest will take, on stderr; nothing there when quiet."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield lambda failed: None
        return
    from tqdm import tqdm

    with tqdm(total=photos, unit="photo", leave=False, bar_format=_BAR, smoothing=0.05, file=sys.stderr) as bar:

        def tell(failed: int) -> None:
            if failed:
                bar.set_postfix_str(f"{failed} failed", refresh=False)
            bar.update()

        bar.refresh()
        yield tell
