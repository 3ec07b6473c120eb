import signal
import socket
import sys
import time

import pytest

from relens.errors import MissingPackageError, RelensError, ValueRangeError
from relens.farm import cluster

pytest.importorskip("ray", reason="needs ray: pip install 'relens[cluster]'")


@pytest.mark.parametrize("address", ["somewhere", "host:", ":6379", "host:port", "host:99999", "ray://host:10001"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValueRangeError, match=r"^ray=.*HOST:PORT"), cluster(address):
        pass


def test_an_address_where_nothing_answers_is_refused_at_once():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        began_s = time.monotonic()
        with pytest.raises(RelensError, match=rf"^ray={address}: nothing answers there") as refused, cluster(address):
            pass
    # Ray alone may take seconds to load; left to itself it waits for two minutes.
    assert time.monotonic() - began_s < 30
    assert "\n" not in str(refused.value)


def test_what_answers_and_is_no_cluster_is_refused_in_time():
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        began_s = time.monotonic()
        refusal = rf"^ray={address}: no Ray cluster answered within 2 s"
        with pytest.raises(RelensError, match=refusal), cluster(address, patience_s=2):
            pass
    assert time.monotonic() - began_s < 30


def test_a_missing_ray_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with (
        pytest.raises(
            MissingPackageError, match=r"needs the package ray; install it with: pip install 'relens\[cluster"
        ),
        cluster(),
    ):
        pass


def test_an_interrupt_waits_until_the_cluster_can_be_taken_down(monkeypatch):
    came = []

    def start(**_):
        signal.raise_signal(signal.SIGINT)
        came.append("started")

    monkeypatch.setattr("ray.is_initialized", lambda: False)
    monkeypatch.setattr("ray.init", start)
    monkeypatch.setattr("ray.shutdown", lambda: came.append("down"))
    with pytest.raises(KeyboardInterrupt), cluster("local"):
        came.append("worked")
    assert came == ["started", "down"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_local_cluster_has_the_cores_it_was_given(two_cores):
    assert (two_cores.cores, two_cores.gpus) == (2, 0)
    assert two_cores.memory_bytes > 0


def test_a_process_that_is_connected_uses_that_connection(two_cores):
    import ray

    with cluster("local", cores=7) as same:
        assert same.cores == 2
    assert ray.is_initialized()
