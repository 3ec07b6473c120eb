"""What must not work, and beside each attack the request done right, which does: so each fails for its reason."""

import json
import socket
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from view_server import PAGE_PX, STROKE, VIEW, Answer, Ask, Running, edit, opened, page_folder, post, scene_folder

from relens.edit.page_set import RECORD_NAME
from relens.serve import patience

SCENE, SCRIPT, INDEX = Ask(), Ask(target="/assets/index-abc.js"), Ask(target="/")
SHOT = {"view": VIEW, "format": "png", "samples": 1}
FILM = {**SHOT, "format": "mp4", "size_px": [32, 24], "path": {"keyframes": [{"at_s": 0}, {"at_s": 0.05}]}}
TEXT = Ask(
    "POST", "/api/path/read", (("content-type", "text/plain"), ("x-relens-token", "{token}")),
    b"keyframes:\n- {at_s: 0}\n- {at_s: 1}\n",
)  # fmt: skip


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory):
    """One server for all attacks, beside files that nobody may read."""
    place = tmp_path_factory.mktemp("attacks")
    (place / "secret.txt").write_text("SECRET")
    (place / "secret.yaml").write_text("SECRET: [")
    folder, page = scene_folder(place / "me.relens"), page_folder(place / "dist")
    with Running(opened(folder), page) as running:
        yield running


def with_headers(ask: Ask, **headers: str) -> Ask:
    """With these headers instead of its own of those names."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = tuple((name, value) for name, value in ask.headers if name not in named)
    return replace(ask, headers=(*kept, *named.items()))


def without(ask: Ask, name: str) -> Ask:
    return replace(ask, headers=tuple(pair for pair in ask.headers if pair[0] != name))


def assert_refused(target: Running, wrong: Ask, status: int, *words: str) -> Answer:
    before = target.document.now.revision
    answer = target.ask(wrong)
    assert answer.status == status, answer
    for word in words:
        assert word in answer.body.decode(), answer
    assert b"SECRET" not in answer.body and b"Traceback" not in answer.body
    assert target.document.now.revision == before
    return answer


def assert_done(target: Running, right: Ask) -> None:
    answer = target.ask(right)
    assert answer.status == 200, answer
    assert b'"error"' not in answer.body, answer


HOSTS = [
    "evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "127.0.0.1:1", "127.0.0.1", "localhost",
    "0.0.0.0:{port}", "192.168.0.1:{port}", "localhost.:{port}", "localhost:{port}:80", "127.1:{port}", "{port}", "",
    "127.0.0.1:{port}@evil.example", "evil.example@127.0.0.1:{port}", "[::ffff:127.0.0.1]:{port}",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("ask", [SCENE, SCRIPT, edit()], ids=["read", "page", "write"])
def test_a_name_that_was_pointed_here_is_no_way_in(target: Running, ask: Ask, host: str) -> None:
    assert_refused(target, replace(ask, host=host), 421, "not this server's")
    assert_done(target, replace(ask, host="LOCALHOST:{port}"))


def test_a_request_without_one_host_is_no_way_in(target: Running) -> None:
    assert target.ask(replace(SCENE, host=None)).status == 400
    assert target.ask(replace(SCENE, host=None, version="HTTP/1.0")).status == 421
    assert target.ask(replace(SCENE, headers=(("host", "evil.example"),))).status == 400
    absolute = replace(SCENE, target="http://evil.example/api/scene", host="evil.example")
    assert target.ask(absolute).status == 421


FOREIGN = [
    {"origin": "https://evil.example"}, {"origin": "null"}, {"origin": ""}, {"origin": "http://127.0.0.1:1"},
    {"origin": "https://{host}"}, {"origin": "http://localhost:{port}"}, {"origin": "http://{host}.evil.example"},
    {"origin": "http://{host}/"}, {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"},
    {"sec_fetch_site": "anything"},
    {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors", "sec_fetch_dest": "script"},
    {"sec_fetch_site": "same-site", "origin": "http://{host}"},
]  # fmt: skip


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("ask", [SCENE, SCRIPT, INDEX, edit()], ids=["read", "script", "page", "write"])
def test_a_page_of_another_site_gets_nothing(target: Running, ask: Ask, headers: dict[str, str]) -> None:
    answer = assert_refused(target, with_headers(ask, **headers), 403, "only the viewer's own may")
    assert "access-control-allow-origin" not in answer.headers
    assert_done(target, with_headers(ask, origin="http://{host}", sec_fetch_site="same-origin"))


def test_a_link_opens_the_page_and_nothing_else(target: Running) -> None:
    visit = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert_done(target, with_headers(INDEX, **visit))
    for wrong in (with_headers(SCENE, **visit), with_headers(INDEX, **visit | {"sec_fetch_dest": "iframe"})):
        assert_refused(target, wrong, 403, "another site")
    assert_refused(target, with_headers(edit(), **visit), 403, "another site")


def test_two_origins_are_none(target: Running) -> None:
    origin = ("origin", "http://{host}")
    assert_refused(target, replace(edit(), headers=(*edit().headers, origin, origin)), 400, "2 times")
    assert_done(target, edit().with_header(*origin))


WRITES = [
    edit(), post("/api/move", {"name": "rack-focus", "view": VIEW}), post("/api/shoot", SHOT), TEXT,
]  # fmt: skip
TOKENS = ["", "x", "{token}x", " {token} {token}", "Bearer {token}", "0" * 32, "\xe9" * 32]


@pytest.mark.parametrize("write", WRITES, ids=lambda ask: ask.target)
@pytest.mark.parametrize("token", TOKENS)
def test_a_write_with_another_token_changes_nothing(target: Running, write: Ask, token: str) -> None:
    assert_refused(target, with_headers(write, x_relens_token=token), 403, "token")


@pytest.mark.parametrize("write", WRITES, ids=lambda ask: ask.target)
def test_a_token_counts_in_its_header_only(target: Running, write: Ask) -> None:
    bare = without(write, "x-relens-token")
    for wrong in (
        bare,
        replace(bare, target=f"{bare.target}?token={{token}}&x-relens-token={{token}}"),
        bare.with_header("cookie", "x-relens-token={token}; token={token}"),
        bare.with_header("authorization", "{token}"),
        bare.with_header("x-http-method-override", "GET"),
    ):
        assert_refused(target, wrong, 403, "token")
    twice = write.with_header("x-relens-token", "{token}")
    assert_refused(target, twice, 400, "2 times")
    assert_done(target, write)


def test_a_form_of_another_site_does_nothing(target: Running) -> None:
    form = Ask("POST", "/api/undo", (("content-type", "application/x-www-form-urlencoded"),), b"revision=0&level=0")
    assert_refused(target, form, 403, "token")
    assert_refused(target, with_headers(form, origin="https://evil.example"), 403, "evil.example")


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded", "json"])
def test_content_of_another_kind_is_not_read(target: Running, kind: str) -> None:
    assert_refused(target, with_headers(edit(), content_type=kind), 415, "application/json")
    assert_done(target, with_headers(edit(), content_type="Application/JSON; charset=utf-8"))


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW", "get"])
@pytest.mark.parametrize("address", ["/", "/api/scene", "/api/edit", "/assets/index-abc.js"])
def test_other_methods_do_nothing(target: Running, method: str, address: str) -> None:
    assert_refused(target, Ask(method, address), 403, "token")
    assert_refused(target, Ask(method, address, (("x-relens-token", "{token}"),)), 405)


def test_a_socket_that_stays_open_is_not_offered(target: Running) -> None:
    upgrade = {"upgrade": "websocket", "sec_websocket_key": "dGhlIHNhbXBsZSBub25jZQ==", "sec_websocket_version": "13"}
    assert target.ask(with_headers(INDEX, **upgrade)).status == 200  # a page, and no 101
    assert_refused(target, with_headers(INDEX, origin="https://evil.example", **upgrade), 403)


PATHS = [
    "/../secret.txt", "/../../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/%2E%2E/secret.txt",
    "/.%2e/secret.txt", "/assets/%2e%2e%2f%2e%2e%2fsecret.txt", "/assets/..%2f..%2fsecret.txt",
    "/assets/..\\..\\secret.txt", "/..\\secret.txt", "/..%5csecret.txt", "/assets/..%5c..%5csecret.txt",
    "/%252e%252e/secret.txt", "/%252e%252e%252fsecret.txt", "/%c0%ae%c0%ae/secret.txt", "/..%c0%afsecret.txt",
    "/%uff0e%uff0e/secret.txt", "/....//secret.txt", "/..;/secret.txt", "//etc/passwd", "/etc/passwd",
    "/%2fetc%2fpasswd", "///etc/passwd", "/file:///etc/passwd", "/C:/windows/win.ini", "/c%3a%5cwindows%5cwin.ini",
    "/notes.txt", "/notes.txt%00.js", "/assets/index-abc.js%00", "/assets/index-abc.js%00.css", "/%00",
    "/assets/link.js", "/linked/secret.js", "/assets/../linked/secret.js", "/secret/secret.js", "/me.relens/scene.json",
    "/assets/", "/assets", "/.", "/..", "/./assets/index-abc.js", "//assets/index-abc.js", "/assets//index-abc.js",
    "/assets/index-abc.js/", "/assets/index-abc.js/.", "/assets/index-abc.js;x", "/assets/index%2dabc.js",
    "/ASSETS/INDEX-ABC.JS", "/assets/index-abc.js%20", "/assets/index-abc.js.", "/assets/%69ndex-abc.js",
    "http://{host}/assets/index-abc.js",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_address_means_a_file_that_is_not_in_the_table(target: Running, path: str) -> None:
    assert_refused(target, Ask(target=path), 404)
    assert_done(target, SCRIPT)


NAMES = [
    "..", "%2e%2e", "..%2fsubject", "%2e%2e%2f%2e%2e%2fsecret", "..%5csubject", "subject%00", "subject%2f", "Subject",
    "%2fetc%2fpasswd", "scene.json", "subject.png", "secret", "..%2f..%2fsecret", "subject%20", "pages", "", "a" * 2000,
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_one_of_the_scenes_and_no_file(target: Running, name: str) -> None:
    assert_refused(target, Ask(target=f"/api/page/{name}.png"), 404)
    headers = (("content-type", "image/png"), ("x-relens-token", "{token}"))
    upload = Ask("POST", f"/api/page/{name}?revision={{revision}}&level=0", headers, b"")
    assert target.ask(upload).status in (404, 405)
    assert_done(target, Ask(target="/api/page/subject.png"))


@pytest.mark.parametrize(
    "result",
    ["AAAAAAAAAAAAAAAAAAAAAA/me.png", "./me.png", "%2e%2e/secret.txt", "..%2f..%2fsecret.txt/x", "/me.png",
     "x/..%2fsecret", "%00/me.png", "{id}/..%2fpreview.png", "{id}/%2e%2e", "{id}/me.png%00", "{id}/nothing.png",
     "{id}/", "{short}/{file}"],
)  # fmt: skip
def test_results_are_found_by_their_whole_names_only(target: Running, result: str) -> None:
    url = target.ask(post("/api/shoot", SHOT)).lines[-1]["done"]["url"]
    name, file = url.removeprefix("api/result/").split("/")
    wrong = result.replace("{id}", name).replace("{short}", name[:-1]).replace("{file}", file)
    assert_refused(target, Ask(target=f"/api/result/{wrong}"), 404)
    assert_done(target, Ask(target=f"/{url}"))


@pytest.mark.parametrize(
    "level", ["-1", "1.0", "0x1", "1e1", "٣", "%D9%A3", "", "x", "9" * 9, "9" * 5000, "0%00", "..%2f0"]
)
def test_a_level_is_a_small_number(target: Running, level: str) -> None:
    if not level.isascii():
        level = level.encode().decode("latin-1")
    answer = target.ask(Ask(target=f"/api/pack/{level}"))
    assert answer.status in (400, 404)
    assert_done(target, Ask(target="/api/pack/0"))


@pytest.mark.parametrize(
    "query", ["", "since=0", "since=-1&level=0", "since=x&level=0", "since=" + "9" * 400 + "&level=0"]
)
def test_changes_are_asked_for_with_two_numbers(target: Running, query: str) -> None:
    assert_refused(target, Ask(target=f"/api/changes?{query}"), 400, "whole number")
    assert_done(target, Ask(target="/api/changes?since=0&level=0"))


def test_long_addresses_and_heads_are_not_read(target: Running) -> None:
    """What came in one piece is let go; of what comes in many, only so much is kept."""
    assert target.ask(Ask(target="/" + "a" * 10_000)).status == 404
    with target.connected() as connection:
        connection.sendall(b"GET /" + b"a" * 17_000)
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 400")
    assert_done(target, SCENE.with_header("x-long", "a" * 1000))


def test_too_large_a_body_is_refused_before_it_comes(target: Running) -> None:
    headers = edit().headers
    for size in (3 << 20, 1 << 40, 10**19):
        assert_refused(target, Ask("POST", "/api/edit", (*headers, ("content-length", str(size)))), 413, "at most")
    assert_refused(target, replace(TEXT, body=b"", length=str(17 << 20)), 413, "at most")
    page = with_headers(replace(edit(), target="/api/page/wall?revision={revision}&level=0"), content_type="image/png")
    assert_refused(target, replace(page, body=b"", length=str(1 << 30)), 413, "at most")


def test_too_large_a_body_in_chunks_is_refused_as_it_comes(target: Running) -> None:
    def chunked(body: bytes) -> Ask:
        headers = (*edit().headers, ("transfer-encoding", "chunked"))
        return Ask("POST", "/api/edit", headers, f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n")

    assert_refused(target, chunked(b" " * (3 << 20)), 413, "at most")
    values = {"edit": {"name": "paint", "values": STROKE}, "revision": target.document.now.revision, "level": 0}
    assert_done(target, chunked(json.dumps(values).encode()))


@pytest.mark.parametrize(
    "headers",
    [{"content-length": "-1"}, {"content-length": "x"}, {"content-length": "1, 2"},
     {"transfer-encoding": "gzip, chunked"}, {"content-length": "5", "transfer-encoding": "chunked"}],
    ids=str,
)  # fmt: skip
def test_a_body_of_unclear_length_is_no_second_request(target: Running, headers: dict[str, str]) -> None:
    before = target.document.now.revision
    smuggled = target.bytes_of(edit())
    ask = Ask("POST", "/api/edit", (*edit().headers, *headers.items()), b"0\r\n\r\n" + smuggled)
    with target.send(ask) as connection:
        data = b""
        while piece := _received(connection):
            data += piece
    assert data.split()[1] in (b"400", b"501") and data.count(b"HTTP/1.1 ") == 1
    assert target.document.now.revision == before


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1 << 16)
    except ConnectionResetError:
        return b""


VALID = {"edit": {"name": "paint", "values": STROKE}, "revision": 0, "level": 0}
JSON_BOMBS = {
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "nested": json.dumps({**VALID, "level": json.loads("[" * 60 + "]" * 60)}).encode(),
    "nan": json.dumps(VALID).replace('"level": 0', '"level": NaN').encode(),
    "infinity": json.dumps(VALID).replace('"level": 0', '"level": Infinity').encode(),
    "huge float": json.dumps(VALID).replace('"level": 0', '"level": 1e999').encode(),
    "huge whole": json.dumps(VALID).replace('"level": 0', '"level": ' + "9" * 100_000).encode(),
    "beyond doubles": json.dumps(VALID).replace('"level": 0', '"level": 9007199254740993').encode(),
    "a key twice": json.dumps(VALID).replace('"level": 0', '"level": 0, "level": 1').encode(),
    "a list": b"[1, 2]",
    "text": b'"edit"',
    "nothing": b"",
    "no UTF-8": b"\xff\xfe{}",
    "cut off": json.dumps(VALID).encode()[:-3],
    "two values": json.dumps(VALID).encode() * 2,
}


@pytest.mark.parametrize("body", JSON_BOMBS.values(), ids=JSON_BOMBS)
def test_what_is_no_honest_json_is_refused(target: Running, body: bytes) -> None:
    assert len(assert_refused(target, post("/api/edit", body), 400, "the body is not").body) < 500


@pytest.mark.parametrize(
    ("change", "word"),
    [({"revision": True}, "revision"), ({"revision": -1}, "revision"), ({"revision": 1.5}, "revision"),
     ({"revision": "0"}, "revision"), ({"revision": None}, "revision"), ({"level": 77}, "level"),
     ({"level": [0]}, "level"), ({"extra": 1}, "extra"), ({"edit": None}, "edit"),
     ({"edit": {"name": "paint"}}, "edit"),
     ({"edit": {**VALID["edit"], "path": "/etc/passwd"}}, "edit")],
    ids=str,
)  # fmt: skip
def test_an_edit_has_its_keys_and_no_others(target: Running, change: dict, word: str) -> None:
    content = {**VALID, "revision": target.document.now.revision, **change}
    assert_refused(target, post("/api/edit", content), 400, word)
    assert_done(target, edit())


OTHER_EDITS = [
    "stylise",
    "decal",
    "extract",
    "remove",
    "background",
    "clone",
    "text",
    "Paint",
    "__class__",
    "",
    None,
    7,
]


@pytest.mark.parametrize("name", OTHER_EDITS, ids=str)
def test_edits_that_open_files_or_run_code_are_not_done(target: Running, name: object) -> None:
    assert_refused(target, edit(name=name), 400, "heal, paint, recolour")
    assert_done(target, edit(name="heal", values={"where": STROKE["where"]}))


def brushed(**where: object) -> dict[str, object]:
    return {**STROKE, "where": {**STROKE["where"], **where}}


VALUES = {
    "a mask": (brushed(mask="/etc/passwd"), "where.mask"),
    "a mask and no file": (brushed(mask=""), "where.mask"),
    "too many points": (brushed(brush_px=[[1, 1]] * 20_001), "20001 points"),
    "a point far away": (brushed(brush_px=[[1e9, 0]]), "brush_px"),
    "a huge radius": (brushed(radius_px=1e300), "radius_px"),
    "a huge feather": (brushed(feather_px=1e9), "feather_px"),
    "a layer that is a path": (brushed(layer="../../secret"), "layer"),
    "text for a number": (brushed(radius_px="3"), "radius_px"),
    "true for a number": (brushed(radius_px=True), "radius_px"),
    "a field that is none": (brushed(path="/etc/passwd"), "path"),
    "an edit's field that is none": ({**STROKE, "module": "os"}, "module"),
    "a list": ([1], "values"),
    "a where that is none": ({**STROKE, "where": "everywhere"}, "where"),
    "a colour of markup": ({**STROKE, "to": "<script>alert(1)</script>"}, "to="),
    "a colour of a megabyte": ({**STROKE, "to": "#" * 1_000_000}, "to="),
}


@pytest.mark.parametrize(("values", "word"), VALUES.values(), ids=VALUES)
def test_an_edits_values_are_checked(target: Running, values: object, word: str) -> None:
    assert len(assert_refused(target, edit(values), 400, word).body) < 1000
    assert_done(target, edit(brushed(mask=None)))


def seen(**lens: object) -> dict[str, object]:
    return {**SHOT, "view": {**VIEW, "lens": {**VIEW["lens"], **lens}}}


SHOTS = {
    "an image that is a path": (seen(image="/etc/passwd"), "image"),
    "an image that is a path from here": (seen(image="../../secret.txt"), "image"),
    "an image that is no preset's": (seen(image="50mm-f1.8-5blade"), "image"),
    "a lens of text": (seen(f_number="1.4"), "f_number"),
    "a lens that is none": (seen(f_number=0), "f_number"),
    "a focus of text": ({**SHOT, "view": {**VIEW, "focus": "/etc/passwd"}}, "focus"),
    "a view with more": ({**SHOT, "view": {**VIEW, "output": "/tmp/x"}}, "output"),
    "no view": ({"format": "png"}, "view"),
    "a file name for a format": ({**SHOT, "format": "../x.png"}, "format"),
    "a list for a format": ({**SHOT, "format": ["png"]}, "format"),
    "a huge size": ({**SHOT, "size_px": [10**6, 10**6]}, "size_px"),
    "a size of one": ({**SHOT, "size_px": [10]}, "size_px"),
    "a size that is no number": ({**SHOT, "size_px": [True, "9"]}, "size_px"),
    "too many samples": ({**SHOT, "samples": 10**9}, "samples"),
    "an output": ({**SHOT, "output": "/tmp/x.png"}, "output"),
    "a picture along a path": ({**FILM, "format": "png"}, "format"),
    "a film without a path": ({**FILM, "path": None}, "path"),
    "a film of a move": ({**FILM, "path": {"move": "push-in"}}, "path"),
    "a film of a year": ({**FILM, "path": {"keyframes": [{"at_s": 0}, {"at_s": 3e7}]}}, "frames"),
    "a million frames a second": ({**FILM, "fps": 1e6}, "fps"),
    "a path whose lens is a file": ({**FILM, "path": {**FILM["path"], "lens": "{place}/secret.yaml"}}, "path.lens"),
    "a path whose image is a file": (
        {**FILM, "path": {**FILM["path"], "lens": {"image": "{place}/secret.txt"}}}, "path.lens.image",
    ),
    "a path with a key that is none": ({**FILM, "path": {**FILM["path"], "output": "x"}}, "output"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "word"), SHOTS.values(), ids=SHOTS)
def test_a_shot_names_no_file_and_asks_for_no_more_than_a_picture(target: Running, content: dict, word: str) -> None:
    place = target.page.parent.as_posix()
    body = json.dumps(content).replace("{place}", place).encode()
    assert_refused(target, post("/api/shoot", body), 400, word)
    assert_done(target, post("/api/shoot", SHOT))


def test_a_film_along_an_honest_path_is_made(target: Running) -> None:
    pytest.importorskip("av")
    assert_done(target, post("/api/shoot", FILM))


TEXTS = {
    "a lens that is a file": ("lens: {place}/secret.yaml\nkeyframes:\n- {at_s: 0}\n- {at_s: 1}\n", "path.lens"),
    "a lens beside": ("lens: secret.yaml\nkeyframes:\n- {at_s: 0}\n- {at_s: 1}\n", "path.lens"),
    "an image": ("lens: {image: {place}/secret.txt}\nkeyframes:\n- {at_s: 0}\n- {at_s: 1}\n", "path"),
    "an image in JSON": ('{"lens": {"image": "{place}/secret.txt"}, "keyframes": [{"at_s": 0}, {"at_s": 1}]}', "image"),
    "a lens for nerfstudio": (
        '{"camera_path": [{"camera_to_world": [1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1], "fov": 40}], "fps": 24,'
        ' "relens": {"lens": {"image": "{place}/secret.txt"}}}',
        "lens",
    ),
    "a bomb of anchors": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "path"),
    "tags": ("keyframes: !!python/object/apply:os.system ['true']\n", "path"),
    "deep": ("[" * 10_000, "path"),
    "too long": ("keyframes:\n- {at_s: 0}\n- {at_s: 1e9}\n", "frames"),
    "nothing": ("", "path"),
    "a picture": ("\x89PNG\r\n", "path"),
}


@pytest.mark.parametrize(("text", "word"), TEXTS.values(), ids=TEXTS)
def test_a_paths_text_opens_no_file(target: Running, text: str, word: str) -> None:
    body = text.replace("{place}", target.page.parent.as_posix()).encode()
    assert_refused(target, replace(TEXT, body=body), 400, word)
    assert_done(target, TEXT)


def png(width_px: int, height_px: int, pixels: bytes, bits: int = 16, kind: int = 6) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width_px, height_px, bits, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


ZEROS = zlib.compress(bytes((8 * PAGE_PX[0] + 1) * PAGE_PX[1]))
PNGS = {
    "no PNG": b"GIF89a" + bytes(100),
    "nothing": b"",
    "a signature": b"\x89PNG\r\n\x1a\n",
    "a huge picture": png(60_000, 60_000, zlib.compress(bytes(1 << 20))),
    "the largest": png(0x7FFFFFFF, 0x7FFFFFFF, b""),
    "of no width": png(0, PAGE_PX[1], ZEROS),
    "a column too many": png(PAGE_PX[0] + 1, PAGE_PX[1], ZEROS),
    "grey": png(*PAGE_PX, zlib.compress(bytes((2 * PAGE_PX[0] + 1) * PAGE_PX[1])), kind=0),
    "no pixels": png(*PAGE_PX, b""),
    "garbage": png(*PAGE_PX, b"garbage" * 100),
    "cut off": png(*PAGE_PX, ZEROS)[:-20],
    "pixels that unpack to more": png(*PAGE_PX, zlib.compress(bytes(1 << 28), 9)),
}


@pytest.mark.parametrize("data", PNGS.values(), ids=PNGS)
def test_a_page_that_is_none_of_this_scene_is_not_taken_in(target: Running, data: bytes) -> None:
    headers = (("content-type", "image/png"), ("x-relens-token", "{token}"))
    upload = Ask("POST", "/api/page/photo?revision={revision}&level=0", headers, data)
    answer = assert_refused(target, upload, 400)
    assert answer.error and str(target.session.exchange.folder) not in answer.error
    right = replace(upload, body=target.get("/api/page/photo.png").body)
    assert_done(target, right)


def test_a_huge_picture_is_refused_by_its_head_before_the_rest_comes(target: Running) -> None:
    headers = (("content-type", "image/png"), ("x-relens-token", "{token}"), ("content-length", "1000000"))
    upload = Ask("POST", "/api/page/photo?revision={revision}&level=0", headers, png(60_000, 60_000, b"")[:33])
    assert_refused(target, upload, 400, "60000 x 60000", f"{PAGE_PX[0]} x {PAGE_PX[1]}")


def test_a_record_beside_the_page_is_the_servers_own(target: Running) -> None:
    """An upload under a page's name writes that page, and no other file of the exchange."""
    target.get("/api/page/photo.png")
    assert {file.name for file in (target.session.exchange.folder / "pages").iterdir()} >= {RECORD_NAME}
    assert_refused(target, Ask("POST", f"/api/page/{RECORD_NAME}?revision=0&level=0", edit().headers, b"{}"), 404)


def test_who_sends_the_head_letter_by_letter_is_hung_up_on(
    monkeypatch: pytest.MonkeyPatch, folder: Path, page: Path
) -> None:
    monkeypatch.setattr(patience, "_PATIENCE_S", 0.2)
    with Running(opened(folder), page) as served, served.connected() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nhost: ")
        assert connection.recv(1) == b""
        assert served.get("/").status == 200
