"""Shots: pictures and films that pages order, from the order to the file, across servers of the same scene."""

import threading
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

from relens.errors import FileError, RelensError
from relens.progress import Progress
from relens.scene import Scene
from relens.serve.desk import Desk
from relens.serve.job import Done, Failed, Job, Word
from relens.serve.jobs import Jobs
from relens.serve.order_book import Entry, OrderBook
from relens.serve.refusal import Refusal
from relens.serve.results import Results
from relens.serve.scene_digest import SceneDigests
from relens.serve.shoot import Studio
from relens.serve.shot_order import order_of_page

# A waiting picture holds the scene as it was when it was ordered: with every edit the pages that it changed.
MOST_SCENES = 8


class Shots:
    """What was ordered of one opened scene. Threads share it."""

    def __init__(self, name: str, desk: Desk, say: Callable[[str], None]) -> None:
        """name: of the scene, for the files' names. say: prints a line for people."""
        self._desk, self._say = desk, say
        self.results = Results(lambda: desk.results)
        self.studio, self.jobs = Studio(name, self.results), Jobs(self._over)
        self._digests, self._adding = SceneDigests(), threading.Lock()
        # Of jobs that wait or run, by their names.
        self._scenes: dict[str, Scene] = {}

    def order(self, content: dict[str, Any], scene: Scene, viewer: str) -> Job:
        """Queue what a page ordered. It is on the disk before this returns.

        Raises RelensError as `order_of_page`, FileError where the disk does not take it, and Refusal: 429 where too
        much waits, 503 at the end.
        """
        self.jobs.require_room(viewer)
        order_of_page(content, scene)
        digest = self._digests.digest(scene)
        with self._adding:
            self._require_few_scenes(scene)
            name = self._book.add(viewer, digest, content)
            try:
                return self._queued(name, viewer, scene)
            except Refusal:
                self._forget(name)
                raise

    def resume(self, scene: Scene) -> None:
        """Queue what an earlier server of this scene has left, and show what it had done."""
        if not self._desk.was_left:
            return
        entries = [entry for name in self._book.names if (entry := self._entry(name)) is not None]
        if not self._desk.is_lasting:
            return  # Another server has it.
        self.results.adopt({_result_of(entry.done) for entry in entries if entry.done})
        digest = self._digests.digest(scene) if entries else ""
        with self.jobs.together():
            count = sum(self._resumed(entry, scene, digest) for entry in entries)
        if count:
            what = "picture waited" if count == 1 else "pictures waited"
            turn = "is taken" if count == 1 else "are taken"
            self._say(f"{count} {what} when the viewer ended last, and {turn} now")

    def find(self, name: str) -> Job:
        """A job. Raises Refusal (404) where there is none of this name, or no longer."""
        for job in self.jobs.all():
            if job.name == name:
                return job
        raise Refusal(404, "there is no such picture; only the last few are kept")

    def cancel(self, job: Job) -> None:
        """Nobody wants it any more; it is not taken the next time, either."""
        if self.jobs.cancel(job) or (job.is_over and not self._is_ending):
            self._forget(job.name)

    def told(self, job: Job) -> None:
        """Who ordered it has heard that it is done; at the end, too late to fetch it."""
        if not self._is_ending:
            self._forget(job.name)

    def fetched(self, result: str) -> None:
        """Somebody has a result."""
        for job in self.jobs.all():
            if isinstance(job.last, Done) and _result_of(job.last.result) == result:
                self.told(job)

    def stop(self) -> None:
        """Take no more; who waits hears that. What runs goes on. Returns at once."""
        self._is_ending = True
        self.jobs.stop(self._ending)

    def wind_down(self, longest_s: float) -> None:
        """After `stop`: what runs has so long to end; then it ends at its next word of progress, and stays ordered."""
        if self.jobs.running is None:
            return
        self._say(f"the picture that is taken has {longest_s:g} s to end; the same signal again stops at once")
        if not self.jobs.wait(longest_s):
            self.jobs.interrupt(self._ending)

    def close(self) -> None:
        """Interrupt what runs, and remove what is temporary; what waits stays on the disk, if it can."""
        self.stop()
        self.jobs.close(self._ending)
        if not self._has_book:
            self._desk.close()
            return
        entries = [entry for name in self._book.names if (entry := self._entry(name)) is not None]
        self.results.close({_result_of(entry.done) for entry in entries if entry.done} if self._desk.is_lasting else ())
        if entries and self._desk.is_lasting:
            count = len(entries)
            what = "picture waits" if count == 1 else "pictures wait"
            self._say(f"{count} {what} for the next relens view of this scene")
        self._desk.close()

    _is_ending = False

    @property
    def _has_book(self) -> bool:
        return "_book" in vars(self)

    @cached_property
    def _book(self) -> OrderBook:
        return OrderBook(self._desk.orders)

    @property
    def _ending(self) -> RelensError:
        kept = "; it is taken when the viewer is started again" if self._desk.is_lasting else ""
        return RelensError(f"relens view has ended before the picture was done{kept}")

    def _queued(self, name: str, viewer: str, scene: Scene, *, is_resumed: bool = False) -> Job:
        self._scenes[name] = scene
        return self.jobs.add(name, viewer, partial(self._take, name, scene), is_resumed=is_resumed)

    def _resumed(self, entry: Entry, scene: Scene, digest: str) -> bool:
        """Whether an order of last time waits again."""
        if entry.done and self._is_there(entry.done):
            self.jobs.remember(entry.name, entry.viewer, Done(entry.done))
            return False
        if entry.scene == digest:
            self._queued(entry.name, entry.viewer, scene, is_resumed=True)
            return True
        self._forget(entry.name)
        problem = "a picture of last time is out of date: the scene was changed after it was ordered; shoot it again"
        self.jobs.remember(entry.name, entry.viewer, Failed(RelensError(problem)))
        self._say(problem)
        return False

    def _take(self, name: str, scene: Scene, progress: Progress) -> dict[str, Any]:
        # Read again: thousands of keyframes in memory are many times as large.
        order = order_of_page(self._book.read(name).order, scene)
        return self.studio.take(order, scene, progress).record()

    def _over(self, job: Job, word: Word) -> Word:
        self._scenes.pop(job.name, None)
        if isinstance(word, Done):
            try:
                self._book.finish(job.name, word.result)
            except FileError as error:  # The picture is there all the same.
                self._say(str(error))
                return word
            if self._is_ending and self._desk.is_lasting:
                # Nobody can fetch it any more.
                return Failed(RelensError("relens view has ended; the picture is done, and shows at its next start"))
        elif not (self._is_ending and job.interruption is not None):
            self._forget(job.name)
        return word

    def _forget(self, name: str) -> None:
        self._scenes.pop(name, None)
        self._book.remove(name)

    def _entry(self, name: str) -> Entry | None:
        try:
            return self._book.read(name)
        except FileError as error:
            self._say(str(error))
            self._book.remove(name)
            return None

    def _is_there(self, record: dict[str, Any]) -> bool:
        name, _, file = str(record.get("url", "")).removeprefix("api/result/").partition("/")
        return self.results.find(name, file) is not None

    def _require_few_scenes(self, scene: Scene) -> None:
        scenes = {id(each) for each in list(self._scenes.values())}
        if id(scene) not in scenes and len(scenes) >= MOST_SCENES:
            line = f"pictures of {len(scenes)} states of the scene are waiting already; try again when one is done"
            raise Refusal(429, line, retry_after_s=self.jobs.retry_after_s)


def _result_of(record: Any) -> str:
    """The name of a result's folder, from what a page is told of it."""
    url = record.get("url") if isinstance(record, dict) else None
    return str(url).removeprefix("api/result/").partition("/")[0]
