"""What pages ask of `Shots`: to take a picture, how far it is, and its file."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from relens.serve.body import read_json
from relens.serve.job_stream import JobStream, content_of
from relens.serve.opening import Opening
from relens.serve.refusal import Refusal

ORDER_BYTES = 16 << 20
VIEWER_HEADER = "x-relens-viewer"
_VIEWER = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class ShotRoutes:
    """Answers for the queue of shots; every method with a request is a route's."""

    def __init__(
        self, opening: Opening, work: Callable[..., Awaitable[Any]], line_of: Callable[[Exception], str]
    ) -> None:
        """work: does something in a thread. line_of: an error for people."""
        self._opening, self._work, self._line_of = opening, work, line_of

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/api/shoot", self.shoot, methods=["POST"]),
            Route("/api/jobs", self.jobs, methods=["GET"]),
            Route("/api/jobs/{name}", self.job, methods=["GET"]),
            Route("/api/jobs/{name}", self.cancel, methods=["DELETE"]),
            Route("/api/result/{name}/{file}", self.result, methods=["GET"]),
        ]

    async def shoot(self, request: Request) -> Any:
        """Queue a shot; the answer streams how far it is. Who hangs up cancels it."""
        viewer = _viewer(request)
        content, session = await read_json(request, ORDER_BYTES), await self._opening.session()
        shots, scene = session.shots, session.document.now.scene
        job = await self._work(shots.order, content, scene, viewer)

        def told() -> None:
            self._later(shots.told, job)

        def gone() -> None:
            self._later(shots.cancel, job)

        return JobStream(shots.jobs, job, self._line_of, on_hang_up=gone, on_told=told)

    async def jobs(self, request: Request) -> Response:
        """All jobs: those that are over, the running one, and those that wait, as they come."""
        session = await self._opening.session()
        found = [
            {"id": job.name, "viewer": job.owner, "resumed": job.is_resumed, **content_of(job.last, self._line_of)}
            for job in session.shots.jobs.all()
        ]
        return JSONResponse({"jobs": found})

    async def job(self, request: Request) -> Any:
        """Stream how far a job is; hanging up leaves it as it is."""
        session = await self._opening.session()
        return JobStream(session.shots.jobs, session.shots.find(request.path_params["name"]), self._line_of)

    async def cancel(self, request: Request) -> Response:
        """Cancel a job."""
        session = await self._opening.session()
        await self._work(session.shots.cancel, session.shots.find(request.path_params["name"]))
        return JSONResponse({})

    async def result(self, request: Request) -> Response:
        """A file that a job made."""
        session = await self._opening.session()
        name = request.path_params["name"]
        file = session.shots.results.find(name, request.path_params["file"])
        if file is None:
            raise Refusal(404, "there is no such picture; only the last few are kept")
        self._later(session.shots.fetched, name)
        return FileResponse(file, filename=file.name)

    def _later(self, work: Callable[..., None], *args: Any) -> None:
        """In a thread, and nobody waits for it: it touches the disk."""
        task = asyncio.ensure_future(self._work(work, *args))
        _TASKS.add(task)
        task.add_done_callback(_TASKS.discard)


# The event loop itself holds its tasks weakly.
_TASKS: set[asyncio.Future[Any]] = set()


def _viewer(request: Request) -> str:
    """Who orders: the page's own name for itself, else the address that it asks from."""
    said = request.headers.get(VIEWER_HEADER)
    if said is None:
        return request.client.host if request.client else "nobody"
    if not _VIEWER.fullmatch(said):
        raise Refusal(400, f"{VIEWER_HEADER} is {ascii(said)[:80]}; expected up to 64 letters, digits, - and _")
    return said
