"""Bodies of requests: taken in piece by piece, up to a limit, as JSON that means what it says."""

import asyncio
import json
import math
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request

from relens.serve.refusal import Refusal

# A body of which no more comes is given up.
_PATIENCE_S = 30.0
# Beyond it a double would round, and nothing here counts as far.
_MOST_WHOLE = 2**53
_DEEPEST = 32
# Of all bodies that are held at a time; pages that come in go to the disk.
_MOST_HELD_BYTES = 64 << 20
# What takes longer to parse than others may have to wait.
_PARSED_AT_ONCE = 1 << 16


async def pieces(request: Request, limit: int, kinds: tuple[str, ...]) -> AsyncIterator[bytes]:
    """The body as it comes in.

    limit: bytes. kinds: of content, one of which the request has to say.
    Raises Refusal for another kind (415), for more than the limit (413) as soon as it is said or comes, and where no
    more comes (408); ClientDisconnect where the client has gone.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in kinds:
        raise Refusal(415, f"the content is {ascii(kind)[:80]}; expected {' or '.join(kinds)}")
    too_large = Refusal(413, f"more than {limit} bytes came; expected at most that")
    said = request.headers.get("content-length", "0")
    # The server checks that it is a number, and true.
    if len(said) > 18 or int(said) > limit:
        raise too_large
    taken, is_more = 0, True
    while is_more:
        try:
            message = await asyncio.wait_for(request.receive(), _PATIENCE_S)
        except asyncio.TimeoutError as error:
            raise Refusal(408, f"nothing more came for {_PATIENCE_S:g} s; send it again") from error
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        piece, is_more = message.get("body", b""), message.get("more_body", False)
        taken += len(piece)
        if taken > limit:
            raise too_large
        yield piece


async def read_text(request: Request, limit: int, kinds: tuple[str, ...]) -> str:
    """The body as text in UTF-8. Raises Refusal as `pieces`, for what is no text, and while too much comes (503)."""
    held: list[bytes] = []
    try:
        async for piece in pieces(request, limit, kinds):
            held.append(piece)
            _HELD.size_bytes += len(piece)
            if _HELD.size_bytes > _MOST_HELD_BYTES:
                raise Refusal(503, "too much comes in at a time; send it again", retry_after_s=1)
        return b"".join(held).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(400, "the body is not text in UTF-8") from error
    finally:
        _HELD.size_bytes -= sum(map(len, held))


@dataclass
class _Held:
    """How much of bodies is held, in all requests; they share one thread."""

    size_bytes: int = 0


_HELD = _Held()


async def read_json(request: Request, limit: int) -> dict[str, Any]:
    """The JSON object in the body. Raises Refusal as `read_text` and `parsed` do."""
    text = await read_text(request, limit, ("application/json",))
    return parsed(text) if len(text) <= _PARSED_AT_ONCE else await asyncio.to_thread(parsed, text)


def parsed(text: str) -> dict[str, Any]:
    """The object that a JSON text stands for.

    Raises Refusal for anything else: a key twice, numbers that are not finite or too large to be exact, and values
    nested deeper than anything here is.
    """
    try:
        found = json.loads(
            text, parse_constant=_no_number, parse_float=_float, parse_int=_int, object_pairs_hook=_once_each
        )
    except (ValueError, RecursionError) as error:
        raise Refusal(400, f"the body is not JSON as expected: {str(error)[:120]}") from error
    if not isinstance(found, dict):
        raise Refusal(400, "the body is not what was expected: a JSON object, {...}")
    _require_shallow(found)
    return found


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number here")


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text[:20]} is too large")
    return value


def _int(text: str) -> int:
    # Its length first: reading long numbers takes long.
    if len(text) > 17 or abs(int(text)) > _MOST_WHOLE:
        raise ValueError(f"{text[:20]} is too large")
    return int(text)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def _require_shallow(content: Any) -> None:
    layer = [content]
    for _ in range(_DEEPEST):
        layer = [
            inner
            for value in layer
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not layer:
            return
    raise Refusal(400, f"the body is not JSON as expected: nested deeper than {_DEEPEST}")
