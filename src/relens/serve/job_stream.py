"""JobStream: a job's words as lines of JSON, as they come; whoever hangs up cancels the job."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from relens.progress import Progress
from relens.serve.guard import Message, Receive, Scope, Send
from relens.serve.jobs import Done, Failed, Jobs, Waiting, Word, Working


class JobStream:
    """The answer to a request for long work: {"queued": n}, {"stage", "fraction"}, then {"done"} or {"error"}."""

    def __init__(self, jobs: Jobs, work: Callable[[Progress], Any], to_error: Callable[[Exception], str]) -> None:
        """Queue the work; has to be made in the event loop.

        work: what it returns is what JSON can hold. to_error: a line for people.
        Raises Refusal as `Jobs.add`.
        """
        loop, self._words = asyncio.get_running_loop(), asyncio.Queue[Word]()
        self._jobs, self._to_error = jobs, to_error
        self._job = jobs.add(work, lambda word: _put(loop, self._words, word))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream, as ASGI 3 has it, until the last word, or until the client hangs up."""
        gone = asyncio.ensure_future(_hung_up(receive))
        try:
            headers = [(b"content-type", b"application/x-ndjson")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            is_over = False
            while not is_over:
                word = asyncio.ensure_future(self._words.get())
                await asyncio.wait({word, gone}, return_when=asyncio.FIRST_COMPLETED)
                if not word.done():
                    word.cancel()
                    return
                is_over = isinstance(word.result(), Done | Failed)
                await send(self._line(word.result(), is_over))
        finally:
            gone.cancel()
            self._jobs.cancel(self._job)

    def _line(self, word: Word, is_last: bool) -> Message:
        body = json.dumps(self._content(word), allow_nan=False).encode() + b"\n"
        return {"type": "http.response.body", "body": body, "more_body": not is_last}

    def _content(self, word: Word) -> dict[str, Any]:
        if isinstance(word, Waiting):
            return {"queued": word.before}
        if isinstance(word, Working):
            return {"stage": word.stage, "fraction": min(1.0, max(0.0, float(word.fraction)))}
        if isinstance(word, Failed):
            return {"error": self._to_error(word.error)}
        return {"done": word.result}


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _put(loop: asyncio.AbstractEventLoop, words: "asyncio.Queue[Word]", word: Word) -> None:
    # Where the loop has ended, so has who waits.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(words.put_nowait, word)
