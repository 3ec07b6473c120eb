"""The app: which address does what."""

import asyncio
import re
import sys
import tempfile
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from relens.errors import RelensError
from relens.serve.body import pieces, read_json, read_text
from relens.serve.guard import AsgiApp
from relens.serve.health import Health
from relens.serve.job import Cancelled
from relens.serve.opening import Opening
from relens.serve.page_files import PageFile
from relens.serve.refusal import Conflict, Refusal
from relens.serve.shot_routes import ShotRoutes

if TYPE_CHECKING:
    from relens.scene import Scene

_T = TypeVar("_T")

_EDIT_BYTES, _PATH_BYTES = 2 << 20, 16 << 20
_TEXT_KINDS = ("text/plain", "application/json", "application/yaml")
_PNG_KINDS = ("image/png",)
_PACK_KIND, _WEBP_KIND = "application/octet-stream", "image/webp"
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
# Requests that are worked on at a time; most use all cores.
_THREADS = 4
_LONGEST_LINE = 400
_FOREVER = "public, max-age=31536000, immutable"


def app(opening: Opening, page: dict[bytes, PageFile]) -> AsgiApp:
    """The application for one page and the scene that is being opened; `relens.serve.guard` stands before it."""
    api = _Api(opening, page)
    routes = [
        Route("/api/scene", api.scene, methods=["GET"]),
        Route("/api/pack/{level}", api.pack, methods=["GET"]),
        Route("/api/source/{level}", api.source, methods=["GET"]),
        Route("/api/safe", api.safe, methods=["GET"]),
        Route("/api/move", api.move, methods=["POST"]),
        Route("/api/path/read", api.read_path, methods=["POST"]),
        Route("/api/edit", api.edit, methods=["POST"]),
        Route("/api/undo", api.undo, methods=["POST"]),
        Route("/api/redo", api.redo, methods=["POST"]),
        Route("/api/changes", api.changes, methods=["GET"]),
        Route("/api/page/{name}.png", api.export_page, methods=["GET"]),
        Route("/api/page/{name}", api.import_page, methods=["POST"]),
        *api.shots.routes(),
        Route("/healthz", api.health, methods=["GET"]),
        Route("/{path:path}", api.page_file, methods=["GET"]),
    ]
    kinds = (RelensError, HTTPException, OSError, MemoryError, ClientDisconnect, Exception)
    handlers: dict[Any, Any] = dict.fromkeys(kinds, _refused)
    return Starlette(routes=routes, exception_handlers=handlers)


class _Api:
    """What answers; every method is a route's."""

    def __init__(self, opening: Opening, page: dict[bytes, PageFile]) -> None:
        self._opening, self._page = opening, page
        self._threads = ThreadPoolExecutor(_THREADS, "relens-view")
        self._health = Health(opening)
        self.shots = ShotRoutes(opening, self._work, line_of)

    async def health(self, request: Request) -> Response:
        record = self._health.record()
        return JSONResponse(record, 503 if record["status"] == "ending" else 200)

    async def page_file(self, request: Request) -> Response:
        # The address as it was sent: no two ways to write it.
        file = self._page.get(request.scope["raw_path"])
        if file is None:
            raise Refusal(404, "there is nothing at this address")
        headers = {"cache-control": _FOREVER} if file.stays else None
        return Response(file.content, media_type=file.kind, headers=headers)

    async def scene(self, request: Request) -> Response:
        if (look := self._opening.look) is not None:
            return JSONResponse(look.info)
        session = await self._opening.session()
        return JSONResponse(await self._work(session.views.info, session.document.now, session.name))

    async def pack(self, request: Request) -> Response:
        level = _whole("level", request.path_params["level"])
        if (look := self._opening.look) is not None and level == look.level:
            return Response(look.pack, media_type=_PACK_KIND)
        session = await self._opening.session()
        now = session.document.now
        data = await self._work(session.views.pack, now, level)
        is_first = level == now.levels.sizes[-1].level
        after = BackgroundTask(self._work, session.document.keep_look) if is_first else None
        return Response(data, media_type=_PACK_KIND, background=after)

    async def source(self, request: Request) -> Response:
        level, session = _whole("level", request.path_params["level"]), await self._opening.session()
        levels = session.document.now.levels
        if levels.scene.source is None:
            raise Refusal(404, "the scene holds no photo; lift it from one")
        return Response(await self._work(session.views.source, levels, level), media_type=_WEBP_KIND)

    async def safe(self, request: Request) -> Response:
        session = await self._opening.session()
        found = await self._work(session.views.safe, session.document.now.scene)
        return JSONResponse(found.record())

    async def move(self, request: Request) -> Response:
        content, session = await read_json(request, _EDIT_BYTES), await self._opening.session()

        def made() -> dict[str, Any]:
            from relens.viewer.baked_moves import move_record
            from relens.viewer.view import read_view, shot_of

            name, view = _only(content, "name", "view")
            if not isinstance(name, str):
                raise Refusal(400, "name: expected the name of a move")
            scene = session.document.now.scene
            return move_record(name, scene, shot_of(read_view(view), scene)[1])

        return JSONResponse({"path": await self._work(made)})

    async def read_path(self, request: Request) -> Response:
        text, session = await read_text(request, _PATH_BYTES, _TEXT_KINDS), await self._opening.session()

        def made() -> dict[str, Any]:
            from relens.serve.page_path import record_of_text

            return record_of_text(text, session.document.now.scene)

        return JSONResponse({"path": await self._work(made)})

    async def edit(self, request: Request) -> Response:
        content, session = await read_json(request, _EDIT_BYTES), await self._opening.session()

        def patch() -> bytes:
            from relens.serve.page_edit import edit_of_page

            edit, revision, level = _only(content, "edit", "revision", "level")
            session.views.require_level(session.document.now.levels, _number("level", level))
            edited = session.document.do(edit_of_page(edit), _number("revision", revision))
            return session.views.patch(edited, level)

        return Response(await self._work(patch), media_type=_PACK_KIND)

    async def undo(self, request: Request) -> Response:
        return await self._crossed(request, back=True)

    async def redo(self, request: Request) -> Response:
        return await self._crossed(request, back=False)

    async def _crossed(self, request: Request, *, back: bool) -> Response:
        content, session = await read_json(request, _EDIT_BYTES), await self._opening.session()

        def patch() -> bytes:
            revision, level = _only(content, "revision", "level")
            session.views.require_level(session.document.now.levels, _number("level", level))
            change = session.document.undo if back else session.document.redo
            return session.views.patch(change(_number("revision", revision)), level)

        return Response(await self._work(patch), media_type=_PACK_KIND)

    async def changes(self, request: Request) -> Response:
        since, level = (_whole(name, request.query_params.get(name, "")) for name in ("since", "level"))
        session = await self._opening.session()

        def patch() -> bytes:
            return session.views.patch(session.document.changes(since), level)

        return Response(await self._work(patch), media_type=_PACK_KIND)

    async def export_page(self, request: Request) -> Response:
        session, name = await self._opening.session(), request.path_params["name"]
        data = await self._work(session.exchange.export, session.document.now.scene, name)
        disposition = f'attachment; filename="{name}.png"'
        return Response(data, media_type=_PNG_KINDS[0], headers={"content-disposition": disposition})

    async def import_page(self, request: Request) -> Response:
        from relens.serve.page_exchange import HEADER_BYTES, require_header, require_page, upload_limit

        revision, level = (_whole(name, request.query_params.get(name, "")) for name in ("revision", "level"))
        session, name = await self._opening.session(), request.path_params["name"]
        now = session.document.now
        require_page(now.scene, name)
        session.views.require_level(now.levels, level)
        with tempfile.TemporaryDirectory(prefix="relens-view-") as folder:
            png = Path(folder, "page.png")
            with png.open("wb") as file:
                head = b""
                async for piece in pieces(request, upload_limit(now.scene), _PNG_KINDS):
                    if len(head) < HEADER_BYTES and len(head := (head + piece)[:HEADER_BYTES]) == HEADER_BYTES:
                        require_header(head, now.scene)
                    file.write(piece)
            require_header(head, now.scene)

            def patch() -> bytes:
                def take_in(scene: "Scene") -> "Scene":
                    return session.exchange.take_in(scene, name, png)

                return session.views.patch(session.document.take(take_in, "import", revision), level)

            return Response(await self._work(patch), media_type=_PACK_KIND)

    async def _work(self, work: Callable[..., _T], *args: Any) -> _T:
        """Do it in a thread, so that others are answered meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args))


def line_of(error: Exception) -> str:
    """What went wrong, in a line for people. What is a mistake of ours is told in full in the terminal."""
    if isinstance(error, HTTPException):
        return error.detail
    if isinstance(error, MemoryError):
        return "not enough memory; try a smaller size, or close other programs"
    if isinstance(error, OSError) and not isinstance(error, RelensError):
        return f"the disk said: {error.strerror or error}"
    if not isinstance(error, RelensError | Cancelled):
        traceback.print_exception(error, file=sys.stderr)
        return f"relens made a mistake ({type(error).__name__}); its terminal says more"
    line = str(error) or "cancelled"
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}..."


def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, Conflict):
        return JSONResponse({"error": line_of(error), "history": error.edits.record()}, error.status)
    known = error.status if isinstance(error, Refusal) else 400 if isinstance(error, RelensError) else 500
    status = error.status_code if isinstance(error, HTTPException) else known
    if isinstance(error, ClientDisconnect):
        return Response(status_code=400)  # Nobody reads it.
    return JSONResponse({"error": line_of(error)}, status, getattr(error, "headers", None))


def _whole(name: str, text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise Refusal(400, f"{name}={ascii(text)[:40]}: expected a whole number, 0 or more")
    return int(text)


def _number(name: str, value: Any) -> int:
    if type(value) is not int or value < 0:
        raise Refusal(400, f"{name}={ascii(value)[:40]}: expected a whole number, 0 or more")
    return value


def _only(content: dict[str, Any], *names: str) -> list[Any]:
    """The values of an object that has these names and no others."""
    if set(content) != set(names):
        raise Refusal(400, f"the body has {ascii(sorted(content))[:120]}; expected {', '.join(names)}")
    return [content[name] for name in names]
