"""Every item comes back exactly once, with what its work made of it, whatever happens to workers.

Work is defined inside the tests: only then it travels to workers that cannot import them.
"""

import os
import signal
import time
from contextlib import closing

import numpy as np
import pytest

from relens.errors import RelensError
from relens.farm import Crew, Share, spread


def squares(wait_s=0.0):
    """Makes work that squares numbers and tells who did it."""

    def make():
        def square(item, made):
            import os
            import time

            time.sleep(wait_s)
            return item**2, os.getpid()

        return {"square": square}

    return make


@pytest.mark.parametrize("in_order", [False, True])
def test_every_item_comes_once_with_its_value(two_cores, in_order):
    with closing(spread(range(40), [Crew(squares(), count=2)], in_order=in_order)) as all_ended:
        ended = list(all_ended)
    assert sorted(each.item for each in ended) == list(range(40))
    assert [each.item for each in ended] == list(range(40)) or not in_order
    assert all(each.value[0] == each.item**2 and each.error is None and each.deaths == 0 for each in ended)
    assert all(each.seconds.keys() == {"square"} and each.seconds["square"] >= 0 for each in ended)
    workers = {each.value[1] for each in ended}
    assert 1 <= len(workers) <= 2 and os.getpid() not in workers


@pytest.mark.parametrize("in_order", [False, True])
def test_killed_workers_lose_and_double_nothing(two_cores, in_order):
    crew = Crew(squares(0.02), count=2)
    killed, ended = [], []
    with closing(spread(range(60), [crew], in_order=in_order)) as all_ended:
        for each in all_ended:
            ended.append(each)
            if len(ended) in (10, 25):
                killed += crew.pids()
                for pid in crew.pids():
                    os.kill(pid, signal.SIGKILL)
    assert len(set(killed)) == len(killed) >= 2
    assert sorted(each.item for each in ended) == list(range(60))
    assert [each.item for each in ended] == list(range(60)) or not in_order
    assert all(each.value[0] == each.item**2 for each in ended)
    assert sum(each.deaths for each in ended) >= 2
    assert not {each.value[1] for each in ended[-10:]} & set(killed)


def test_what_work_raises_ends_its_item_only(two_cores):
    def make():
        from relens.errors import FileError

        def work(item, made):
            if item == 3:
                raise FileError("photo.jpg", "is broken")
            if item == 5:
                raise ZeroDivisionError("over\nzero")
            return item

        return {"first": work, "second": lambda item, made: made}

    with closing(spread(range(8), [Crew(make)], in_order=True)) as all_ended:
        ended = list(all_ended)
    assert [each.value for each in ended] == [0, 1, 2, None, 4, None, 6, 7]
    errors = {each.item: each.error for each in ended if each.error}
    assert errors == {3: "photo.jpg: is broken", 5: "ZeroDivisionError: over zero"}
    assert list(ended[3].seconds) == ["first"] and list(ended[4].seconds) == ["first", "second"]


def test_an_item_that_kills_its_workers_is_given_up_and_harms_no_other(two_cores):
    def make():
        import os
        import signal

        def work(item, made):
            if item == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            return item

        return {"work": work}

    with closing(spread(range(8), [Crew(make)])) as all_ended:
        ended = {each.item: each for each in all_ended}
    assert sorted(ended) == list(range(8))
    assert ended[2].deaths == 4 and "given up: 4 workers died on it" in ended[2].error
    assert all(each.value == item and each.deaths <= 1 for item, each in ended.items() if item != 2)


def test_items_are_taken_only_as_workers_get_free(two_cores):
    taken = 0

    def items():
        nonlocal taken
        for item in range(1000):
            taken += 1
            yield item

    crew = Crew(squares(), count=2)
    with closing(spread(items(), [crew])) as all_ended:
        for done, _ in enumerate(all_ended, 1):
            assert taken <= done + crew.places + 1
            if done == 20:
                break
    assert taken < 30


def test_results_in_order_never_run_far_ahead_of_a_slow_one(two_cores):
    taken = []

    def items():
        for item in range(200):
            taken.append(item)
            yield item

    def make():
        import time

        return {"work": lambda item, made: time.sleep(0.7 if item == 0 else 0) or item}

    with closing(spread(items(), [Crew(make, count=2)], in_order=True, ahead=12)) as all_ended:
        assert next(all_ended).item == 0
        # The other worker went on until it was 12 ahead; one more is at hand.
        assert 12 <= len(taken) <= 14 + 4
        assert [each.item for each in all_ended] == list(range(1, 200))


def test_stages_hand_on_what_they_make_without_bringing_it_here(two_cores):
    def first():
        import numpy as np

        return {"make": lambda item, made: np.full(1_000_000, item, np.float32)}

    def second():
        return {"add": lambda item, made: (float(made.sum()) / made.size, made.flags.writeable)}

    with closing(spread(range(6), [Crew(first), Crew(second)], in_order=True)) as all_ended:
        ended = list(all_ended)
    assert [each.value for each in ended] == [(float(item), False) for item in range(6)]
    assert list(ended[0].seconds) == ["make", "add"]


def test_workers_share_an_array_of_the_object_store(two_cores):
    import ray

    array = np.random.default_rng(0).random(8_000_000)

    def make(shared):
        def own_bytes():
            with open("/proc/self/status") as lines:
                return next(1024 * int(line.split()[1]) for line in lines if line.startswith("RssAnon"))

        before = own_bytes()
        total = float(shared.sum())
        return {"tell": lambda item, made: (total, own_bytes() - before, shared.flags.writeable)}

    if not os.path.exists("/proc/self/status"):
        pytest.skip("needs /proc to see a process's own memory")
    with closing(spread(range(8), [Crew(make, ray.put(array), count=2)])) as all_ended:
        for each in all_ended:
            total, grown_bytes, writeable = each.value
            assert total == pytest.approx(array.sum())
            assert grown_bytes < array.nbytes / 8 and not writeable


def test_workers_have_the_threads_of_their_share(two_cores):
    def make():
        from relens.render.threads import thread_count

        return {"count": lambda item, made: thread_count()}

    for cores in (1, 2):
        with closing(spread([0], [Crew(make, share=Share(cores=cores))])) as all_ended:
            assert next(all_ended).value == cores


def test_workers_that_cannot_start_end_all_with_their_reason(two_cores):
    def make():
        raise RelensError("no weights here; fetch them")

    with closing(spread(range(5), [Crew(make)])) as all_ended, pytest.raises(RelensError, match=r"^no weights here"):
        next(all_ended)


def test_workers_that_die_as_they_start_end_all(two_cores):
    def make():
        import os

        os._exit(1)

    with closing(spread(range(5), [Crew(make)])) as all_ended, pytest.raises(RelensError, match="die as they start"):
        next(all_ended)


def test_closing_lets_workers_go(two_cores):
    crew = Crew(squares(0.05), count=2)
    with closing(spread(range(100), [crew])) as all_ended:
        next(all_ended)
        pids = crew.pids()
    deadline_s = time.monotonic() + 10
    while any(os.path.exists(f"/proc/{pid}") and _is_alive(pid) for pid in pids):
        assert time.monotonic() < deadline_s
        time.sleep(0.05)


def test_no_items_make_no_results(two_cores):
    assert list(spread([], [Crew(squares())])) == []


def _is_alive(pid):
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
