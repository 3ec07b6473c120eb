"""Requests over HTTP whose every failure is one line."""

import http.client
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from relens.errors import RelensError

_Answer = TypeVar("_Answer")
_ON = {"1", "ON", "YES", "TRUE"}


class UnreachableError(RelensError):
    """The server gave no answer at all; another try may help."""

    def __init__(self, url: str, problem: object) -> None:
        super().__init__(
            f"{host(url)} cannot be reached ({problem}); check the network, or set HF_ENDPOINT to a mirror"
        )


def host(url: str) -> str:
    """The server of an address, as people name it."""
    return urlsplit(url).netloc


def require_online() -> None:
    """Raises RelensError when the user has switched the hub off, by the variables that huggingface_hub reads."""
    for variable in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        if os.environ.get(variable, "").upper() in _ON:
            raise RelensError(f"{variable} is set: nothing may be fetched; unset it, or copy the files from elsewhere")


def connect(url: str, timeout_s: float, headers: Mapping[str, str] | None = None) -> http.client.HTTPResponse:
    """Ask for `url` and return the answer, its body unread; redirects are followed.

    Raises UnreachableError without an answer, RelensError for one that is no success.
    """
    try:
        request = urllib.request.Request(url, headers={"User-Agent": "relens", **(headers or {})})
        return urllib.request.urlopen(request, timeout=timeout_s)
    except urllib.error.HTTPError as error:
        with error:
            raise RelensError(_problem(url, error)) from error
    except urllib.error.URLError as error:
        raise UnreachableError(url, _words(error.reason)) from error
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(url, _words(error)) from error
    except ValueError as error:  # no address at all
        raise RelensError(
            f"{url}: is no address ({error}); HF_ENDPOINT has to be like https://huggingface.co"
        ) from error


def within(timeout_s: float, url: str, work: Callable[[], _Answer]) -> _Answer:
    """What `work` returns or raises, but UnreachableError after `timeout_s`.

    A look-up of the server's name, and each of its addresses in turn, would wait for as long as the system likes.
    """
    answers: list[_Answer] = []
    problems: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(work())
        except BaseException as problem:
            problems.append(problem)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(timeout_s)
    for problem in problems:
        raise problem
    for answer in answers:
        return answer
    raise UnreachableError(url, f"no answer within {timeout_s:g} s")


def refusal(url: str, why: object) -> str:
    """What to do where the hub wants to know who asks: leave that to its own program."""
    return (
        f"{url}: {why}, {host(url)} wants to know who asks; accept the terms on the model's page there, then "
        "`hf auth login` and `hf download OWNER/NAME` put it where relens finds it"
    )


def _problem(url: str, error: urllib.error.HTTPError) -> str:
    if error.code in (401, 403):
        return refusal(url, error.code)
    if error.code in (404, 410):
        return f"{url}: {error.code}, {host(url)} does not have it (any more); is HF_ENDPOINT right?"
    return f"{url}: {host(url)} answers {error.code} {error.reason}; try again later"


def _words(problem: object) -> str:
    if isinstance(problem, TimeoutError):
        return "no answer in time"
    return str(getattr(problem, "strerror", None) or problem or type(problem).__name__)
