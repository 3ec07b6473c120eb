"""JobStream: a job's words as lines of JSON, as they come; the newest only, for a reader who is slow."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from relens.serve.guard import Message, Receive, Scope, Send
from relens.serve.job import Done, Failed, Job, Waiting, Word
from relens.serve.jobs import Jobs

JOB_HEADER = b"x-relens-job"


class JobStream:
    """The answer to a request for long work: {"queued": n}, {"stage", "fraction"}, then {"done"} or {"error"}."""

    def __init__(
        self,
        jobs: Jobs,
        job: Job,
        to_error: Callable[[Exception], str],
        *,
        on_hang_up: Callable[[], None] = lambda: None,
        on_told: Callable[[], None] = lambda: None,
    ) -> None:
        """to_error: a line for people. on_hang_up: the client has gone before the end. on_told: it has the result.

        Has to be made in the event loop.
        """
        self._jobs, self._job, self._to_error = jobs, job, to_error
        self._on_hang_up, self._on_told = on_hang_up, on_told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream, as ASGI 3 has it, until the last word, or until the client hangs up."""
        newest = _Newest()
        self._jobs.follow(self._job, newest.put)
        gone = asyncio.ensure_future(_hung_up(receive))
        is_over = False
        try:
            headers = [(b"content-type", b"application/x-ndjson"), (JOB_HEADER, self._job.name.encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            # Whatever has happened since: what a page reads begins with it.
            await send(self._line(self._job.first, is_last=False))
            while not is_over:
                coming = asyncio.ensure_future(newest.get())
                await asyncio.wait({coming, gone}, return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    coming.cancel()
                    return
                word = coming.result()
                is_over = isinstance(word, Done | Failed)
                if word != self._job.first:
                    await send(self._line(word, is_last=is_over))
                if isinstance(word, Done):
                    self._on_told()
        finally:
            gone.cancel()
            self._jobs.unfollow(self._job, newest.put)
            if not is_over:
                self._on_hang_up()

    def _line(self, word: Word, *, is_last: bool) -> Message:
        body = json.dumps(content_of(word, self._to_error), allow_nan=False).encode() + b"\n"
        return {"type": "http.response.body", "body": body, "more_body": not is_last}


def content_of(word: Word, to_error: Callable[[Exception], str]) -> dict[str, Any]:
    """A word as JSON can hold it."""
    if isinstance(word, Waiting):
        return {"queued": word.before}
    if isinstance(word, Failed):
        return {"error": to_error(word.error)}
    if isinstance(word, Done):
        return {"done": word.result}
    return {"stage": word.stage, "fraction": min(1.0, max(0.0, float(word.fraction)))}


class _Newest:
    """The first word, then the newest: a reader who stands still makes no heap of them."""

    def __init__(self) -> None:
        self._loop, self._is_there = asyncio.get_running_loop(), asyncio.Event()
        self._word: Word | None = None
        # As one object, so that it is found again.
        self.put = self._put

    def _put(self, word: Word) -> None:
        """From any thread."""
        # Where the loop has ended, so has who waits.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._set, word)

    async def get(self) -> Word:
        """The next word."""
        await self._is_there.wait()
        self._is_there.clear()
        assert self._word is not None
        return self._word

    def _set(self, word: Word) -> None:
        self._word = word
        self._is_there.set()


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
