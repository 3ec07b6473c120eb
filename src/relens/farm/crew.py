"""Crew: workers that all do the same work, each a process somewhere in the cluster; who dies is replaced."""

import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from relens.errors import RelensError
from relens.farm.job import Job
from relens.farm.work import Report, Work, tried

# One item waits at each worker while it is on another, so that none is idle while results travel.
_JOBS_A_WORKER = 2
# How many may die as they start, without one that starts in between.
_MOST_STILLBORN = 3
# Libraries with threads of their own look at these once, when they load.
_THREADS = ("RELENS_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")


@dataclass(frozen=True)
class Share:
    """What each worker of a crew gets of the cluster.

    Attributes:
        cores: processor cores, and threads.
        gpus: GPUs; a part is that part of one GPU.
        memory_bytes: what it will need; 0 does not say.
    """

    cores: int = 1
    gpus: float = 0
    memory_bytes: int = 0


@dataclass
class _Member:
    """A worker, and its calls in the order in which it takes them: references to report and value, and the job."""

    actor: Any
    is_ready: bool = False
    calls: "deque[tuple[Any, Any, Job | None]]" = field(default_factory=deque)


class Crew:
    """Workers that hold what `make` made for as long as they live.

    make: called by each worker once, with `arguments`; returns its `Work`. References among the arguments arrive as
        what they refer to: arrays out of the object store are shared by all workers of a machine, and read-only.
    """

    def __init__(self, make: Callable[..., Work], *arguments: Any, count: int = 1, share: Share | None = None) -> None:
        import ray

        share = share or Share()
        self._actor = ray.remote(_Worker).options(
            num_cpus=share.cores, num_gpus=share.gpus, memory=share.memory_bytes, max_restarts=0, max_task_retries=0
        )
        self._made_of = share.cores, make, *arguments
        self._stillborn = 0
        self._members = [self._hired() for _ in range(max(1, count))]

    @property
    def places(self) -> int:
        """How many jobs can be at its workers."""
        return _JOBS_A_WORKER * len(self._members)

    def has_room(self) -> bool:
        """Whether a worker is ready for another job."""
        return self._free(_JOBS_A_WORKER) is not None

    def give(self, job: Job) -> bool:
        """Hand a job to the worker that has the fewest; False where it has to wait.

        One whose worker died is given to an idle worker and stays alone there: so that it takes no others down with it,
        if it was the cause, and is not taken down by them.
        """
        member = self._free(1 if job.deaths else _JOBS_A_WORKER)
        if member is None:
            return False
        # Report and value apart, so that reports are read without bringing values here.
        report, value = member.actor.do.options(num_returns=2).remote(job.item, job.made)
        member.calls.append((report, value, job))
        return True

    def next_reports(self) -> list[Any]:
        """References to the report that is due next from each worker."""
        return [member.calls[0][0] for member in self._members if member.calls]

    def collect(self, due: Any) -> list[Job]:
        """The jobs that a report which was due settles, each knowing where it goes next.

        That is the one reported on; or, where the worker died, all of its jobs, to be done again.
        Raises RelensError for workers that cannot start.
        """
        import ray
        from ray import exceptions

        index = next(i for i, member in enumerate(self._members) if member.calls and member.calls[0][0] is due)
        member = self._members[index]
        _, value, job = member.calls[0]
        try:
            report: Report = ray.get(due)
        except exceptions.RayActorError as error:
            # It may live on, out of reach, and keep what the next one needs.
            ray.kill(member.actor)
            self._members[index] = self._hired()
            return self._orphaned(member, error)
        except exceptions.RayError as error:
            if job is None:
                raise RelensError(f"workers cannot start: {error}") from error
            member.calls.popleft()
            job.start_again(error)
            return [job]
        member.calls.popleft()
        if job is not None:
            job.go_on(report, value)
            return [job]
        if report.error is not None:
            raise RelensError(report.error)
        member.is_ready, self._stillborn = True, 0
        return []

    def pids(self) -> list[int]:
        """Process ids of the workers that have started, on whatever machines they are."""
        import ray

        return ray.get([member.actor.pid.remote() for member in self._members if member.is_ready])

    def dismiss(self) -> None:
        """Let all workers go, whatever they are on."""
        import ray

        # Without a connection Ray would start a cluster, to find nobody there.
        if ray.is_initialized():
            for member in self._members:
                ray.kill(member.actor)
        self._members = []

    def _hired(self) -> _Member:
        actor = self._actor.remote(*self._made_of)
        return _Member(actor, calls=deque([(actor.start.remote(), None, None)]))

    def _orphaned(self, member: _Member, error: Exception) -> list[Job]:
        orphans = [job for _, _, job in member.calls if job is not None]
        if not member.is_ready:
            self._stillborn += 1
            if self._stillborn > _MOST_STILLBORN * len(self._members):
                raise RelensError(f"workers die as they start: {' '.join(str(error).split())[:300]}") from error
        for job in orphans:
            job.count_death(error)
        return orphans

    def _free(self, jobs: int) -> _Member | None:
        """The worker that has the fewest jobs, if these are fewer than `jobs` and none has to stay alone."""
        free = [
            member
            for member in self._members
            if member.is_ready
            and len(member.calls) < jobs
            and not any(job and job.deaths for _, _, job in member.calls)
        ]
        return min(free, key=lambda member: len(member.calls), default=None)


class _Worker:
    """The actor: one process that makes its work once and does it to whatever it is given."""

    def __init__(self, cores: int, make: Callable[..., Work], *arguments: Any) -> None:
        os.environ.update(dict.fromkeys(_THREADS, str(cores)))
        self._make, self._arguments = make, arguments
        self._work: Work | None = None

    def start(self) -> Report:
        """Make the work: the first thing that is asked of it."""

        def make(_item: Any, _made: Any) -> None:
            self._work = self._make(*self._arguments)

        return tried({"start": make}, None)[0]

    def do(self, item: Any, made: Any) -> tuple[Report, Any]:
        """The work on one item."""
        assert self._work is not None
        return tried(self._work, item, made)

    def pid(self) -> int:
        """Of its process."""
        return os.getpid()
