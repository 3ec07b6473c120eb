"""When a save counts: every file whole, and none changed for a while."""

import os

from relens.edit.watch import saves


def watched(path, steps):
    """How many saves were seen after each step; the clock is a list of what happens while the watch sleeps."""
    seen, waiting = [], iter(steps)

    class Over(Exception):
        pass

    def sleep(_):
        step = next(waiting, None)
        if step is None:
            raise Over
        seen.append(0)
        step()

    try:
        for _ in saves(path, sleep=sleep):
            seen[-1] += 1
    except Over:
        return seen
    raise AssertionError("a watch never ends")


def write(file, data, at):
    def step():
        file.write_bytes(data)
        os.utime(file, ns=(at, at))

    return step


def nothing():
    pass


def test_a_save_counts_once_it_rests(tmp_path):
    file = tmp_path / "photo.png"
    write(file, b"a", 1)()
    steps = [nothing, write(file, b"ab", 2), write(file, b"abc", 3), nothing, nothing, write(file, b"x", 4), nothing]
    assert watched(tmp_path, steps) == [0, 0, 0, 1, 0, 0, 1]


def test_a_file_that_is_removed_and_written_anew(tmp_path):
    file = tmp_path / "pages.ora"
    write(file, b"a", 1)()
    assert watched(file, [file.unlink, write(file, b"ab", 2), nothing, nothing]) == [0, 0, 1, 0]


def test_other_files_do_not_count(tmp_path):
    steps = [write(tmp_path / "photo.kra", b"a", 1), nothing, write(tmp_path / ".photo.png", b"a", 1), nothing, nothing]
    assert watched(tmp_path, steps) == [0] * 5


def test_a_save_before_the_first_poll_counts(tmp_path):
    write(tmp_path / "photo.png", b"a", 1)()
    watch = saves(tmp_path, sleep=lambda _: None)
    write(tmp_path / "photo.png", b"ab", 2)()
    next(watch)
