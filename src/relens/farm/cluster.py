"""The cluster that work is spread over: the cores of this machine, or a Ray cluster that runs somewhere."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from relens.errors import MissingPackageError, RelensError, ValueRangeError

LOCAL, THIS_MACHINES = "local", "auto"
_CONNECT_S = 5.0
_INSTALL = "pip install 'relens[cluster]'"
# Joins in a process of its own: where what answers is no cluster, Ray waits for minutes and then ends the process.
_TRIAL = """
import sys
import ray
try:
    ray.init(sys.argv[1], log_to_driver=False, configure_logging=False)
except BaseException as error:
    sys.exit("relens:" + " ".join(str(error).split()))
"""


@dataclass(frozen=True)
class Machine:
    """What one machine of a cluster has: a worker has to fit into one.

    Attributes:
        cores: processor cores.
        gpus: GPUs.
        memory_bytes: for workers, the object store not counted.
    """

    cores: int
    gpus: int
    memory_bytes: int


@dataclass(frozen=True)
class Cluster:
    """What a cluster has.

    Attributes:
        address: as the user said it.
        machines: each of them.
    """

    address: str
    machines: tuple[Machine, ...]

    @property
    def cores(self) -> int:
        """Processor cores of all machines."""
        return sum(machine.cores for machine in self.machines)

    @property
    def gpus(self) -> int:
        """GPUs of all machines."""
        return sum(machine.gpus for machine in self.machines)

    @property
    def memory_bytes(self) -> int:
        """For workers of all machines, object stores not counted."""
        return sum(machine.memory_bytes for machine in self.machines)


@contextmanager
def cluster(
    address: str = LOCAL, *, cores: int | None = None, object_store_bytes: int | None = None, patience_s: float = 30.0
) -> Iterator[Cluster]:
    """Connect for as long as the block runs; however it ends, workers are let go and a local cluster is taken down.

    Args:
        address: "local" starts a cluster on this machine that ends with the block; "auto" finds the one that runs on
            this machine; HOST:PORT is the head of another, of which this machine has to be a part. Where this process
            is connected already, that connection serves for the first two, and stays.
        cores: of a local cluster; those this process may use when left out.
        object_store_bytes: of a local cluster; Ray's own choice, a third of the memory, when left out.
        patience_s: how long to wait for an answer of another cluster.

    Raises MissingPackageError without Ray; RelensError, in time, where there is no cluster or one of other versions.
    """
    try:
        import ray
        from ray.exceptions import RayError
    except ImportError as error:
        raise MissingPackageError("ray", "work on a cluster", _INSTALL) from error
    if ray.is_initialized() and address in (LOCAL, THIS_MACHINES):
        yield _cluster(address)
        return
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    # What dies is reported by those who wait for it; Ray would print a page about it among a command's results.
    setattr(sys.modules["ray._private.worker"], "print_to_stdstream", lambda *_, **__: None)  # noqa: B010
    # Workers without a share of a GPU see none, and Ray says nothing about it.
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "1")
    logging.getLogger("ray").setLevel(logging.ERROR)
    if address != LOCAL:
        _require_cluster(address, patience_s)
    try:
        try:
            with _no_interrupt():
                if address == LOCAL:
                    ray.init(
                        address=LOCAL, num_cpus=cores or _own_cores(), object_store_memory=object_store_bytes,
                        include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR,
                    )  # fmt: skip
                else:
                    ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
        except (OSError, RuntimeError, ValueError, RayError) as error:
            raise RelensError(f"ray={address}: cannot start a cluster: {error}") from error
        if address != LOCAL:
            _require_relens(address)
        yield _cluster(address)
    finally:
        ray.shutdown()


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """While open, Ctrl-C waits: a cluster that is half up would leave processes behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            signal.raise_signal(signal.SIGINT)


def _own_cores() -> int:
    from relens.render.threads import thread_count

    return thread_count()


def _cluster(address: str) -> Cluster:
    import ray

    have = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    machines = [Machine(*(int(each.get(name, 0)) for name in ("CPU", "GPU", "memory"))) for each in have]
    return Cluster(address, tuple(machines))


def _require_cluster(address: str, patience_s: float) -> None:
    """Raise RelensError where no cluster answers that this process can be part of."""
    if address != THIS_MACHINES:
        host, colon, port = address.rpartition(":")
        if not colon or not host or not port.isdecimal() or int(port) > 65535 or "/" in host:
            raise ValueRangeError(
                "ray", address, "local, auto, or the HOST:PORT of a cluster's head (6379 is Ray's port)"
            )
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_S).close()
        except OSError as error:
            reason = error.strerror or str(error)
            raise RelensError(
                f"ray={address}: nothing answers there ({reason}); start one: ray start --head"
            ) from error
    try:
        trial = subprocess.run(
            [sys.executable, "-c", _TRIAL, address], capture_output=True, text=True, timeout=patience_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise RelensError(f"ray={address}: no Ray cluster answered within {patience_s:g} s") from error
    if "Unauthenticated" in trial.stderr:
        advice = "set RAY_AUTH_MODE=token, with its token on this machine (Ray's documentation, token authentication)"
        raise RelensError(f"ray={address}: the cluster lets in only who has its token; {advice}")
    if trial.returncode:
        said = [line.removeprefix("relens:") for line in trial.stderr.splitlines() if line.startswith("relens:")]
        raise RelensError(f"ray={address}: {said[0] if said else 'what answers there is no Ray cluster'}")


def _require_relens(address: str) -> None:
    """Raise RelensError where the cluster's machines have another relens than this one, or none."""
    import ray

    import relens

    def version() -> str | None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("relens")
        except PackageNotFoundError:
            return None

    theirs = ray.get(ray.remote(version).options(num_cpus=0).remote())
    if theirs != relens.__version__:
        have = f"relens {theirs}" if theirs else "no relens"
        raise RelensError(
            f"ray={address}: the cluster has {have}, this is {relens.__version__}; install the same on all machines"
        )
