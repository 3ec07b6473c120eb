"""The exported file holds all of it, lets nothing in or out, and nothing in it breaks out of its element."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from move_scenes import LENS, head_scene
from two_colours import two_colours

from relens.errors import FileError, RelensError, ValueRangeError
from relens.photo.photo import SourceFile
from relens.viewer.html import page_of, write_html
from relens.viewer.unpack import unpacked

SCRIPT = 'const a = "</script><!-- <script>"; console.log(`${a}é`);'
STYLE = "main::after { content: '</style>'; }"
INDEX = """<!doctype html>
<html lang="en"><head><meta charset="utf-8" />
<title>relens</title>
<script type="module" crossorigin src="./assets/index-1a.js"></script>
<link rel="stylesheet" crossorigin href="./assets/index-2b.css">
<link rel="icon" href="data:," /></head>
<body><main id="app"></main></body></html>
"""


class Elements(HTMLParser):
    """Scripts, styles and metas, as a browser takes a page apart."""

    def __init__(self, text):
        super().__init__()
        self.found, self.metas, self.title, self._open = [], [], "", None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self._open = tag
        if tag == "meta":
            self.metas.append(dict(attrs))
        elif tag in ("script", "style"):
            self.found.append([tag, dict(attrs), ""])
        elif tag == "link":
            assert dict(attrs)["rel"] != "stylesheet"

    def handle_endtag(self, tag):
        self._open = None

    def handle_data(self, data):
        if self._open in ("script", "style"):
            self.found[-1][2] += data
        elif self._open == "title":
            self.title += data


@pytest.fixture
def page(tmp_path):
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "assets" / "index-1a.js").write_text(SCRIPT, "utf-8")
    (folder / "assets" / "index-2b.css").write_text(STYLE)
    return folder


def written(page, tmp_path, scene=None, **values):
    file = tmp_path / "me.html"
    result = write_html(scene or head_scene(), file, name="me & <you>", lens=LENS, page=page, **values)
    return result, file.read_text("utf-8"), Elements(file.read_text("utf-8"))


def test_the_scene_is_inside(page, tmp_path):
    result, text, elements = written(page, tmp_path)
    assert result.size_bytes == len(text.encode()) and result.level.level == 0 and not result.notes
    blocks = {attrs["id"]: (attrs["type"], content) for _, attrs, content in elements.found if "id" in attrs}
    assert set(blocks) == {"relens-info", "relens-pack"}
    kind, content = blocks["relens-info"]
    info = json.loads(content)
    assert kind == "application/json" and info["name"] == "me & <you>" and "<you" not in content
    assert info["exported"]["level"] == 0 and set(info["exported"]["safe"]) >= {"left_m", "back_m"}
    assert [move["name"] for move in info["exported"]["moves"]] == info["moves"]
    kind, content = blocks["relens-pack"]
    pack = unpacked(base64.b64decode(content))
    assert kind == "text/plain" and [layer.name for layer in pack.layers] == ["head", "wall"]
    assert elements.title == "me & <you> · relens"


def test_nothing_but_its_own_script_and_style_is_allowed(page, tmp_path):
    _, text, elements = written(page, tmp_path)
    (policy,) = (meta["content"] for meta in elements.metas if meta.get("http-equiv") == "Content-Security-Policy")
    allowed = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert allowed["default-src"] == "'none'" and allowed["img-src"] == "blob: data:"
    assert "http" not in policy and "unsafe" not in policy
    for kind, rule in (("script", "script-src"), ("style", "style-src")):
        runs = [content for tag, attrs, content in elements.found if tag == kind and "id" not in attrs]
        assert len(runs) == 1
        digest = base64.b64encode(hashlib.sha256(runs[0].encode()).digest()).decode()
        assert allowed[rule] == f"'sha256-{digest}'"
    # Before anything that it is to govern.
    assert text.index("Content-Security-Policy") < text.index("<script")
    assert not re.search(r'\b(src|href)="(?!data:)', text)


def test_the_script_still_says_the_same(page, tmp_path):
    _, _, elements = written(page, tmp_path)
    (script,) = (content for tag, attrs, content in elements.found if attrs.get("type") == "module")
    assert script == SCRIPT.replace("</script", r"<\/script").replace("<!--", r"<\!--")


def test_the_source_photo_comes_along(page, tmp_path):
    scene = replace(head_scene(), source=SourceFile("me.jpg", two_colours()))
    _, _, elements = written(page, tmp_path, scene)
    (source,) = (content for _, attrs, content in elements.found if attrs.get("id") == "relens-source")
    assert base64.b64decode(source)[8:12] == b"WEBP"


def test_a_text_that_looks_like_a_replacement_is_taken_as_it_is(page):
    (page / "assets" / "index-1a.js").write_text(r"const one = '\1\g<0>'; // </body>")
    text = page_of(page, r"\1", {"name": "</script>"}, {})
    assert r"const one = '\1\g<0>'" in text and text.count("</body>") == 2
    assert text.rindex("relens-info") > text.index(r"\g<0>")


def test_what_cannot_be_written(page, tmp_path):
    with pytest.raises(ValueRangeError, match="level=5"):
        written(page, tmp_path, level=5)
    with pytest.raises(FileError, match="does not exist"):
        write_html(head_scene(), tmp_path / "none" / "me.html", name="me", lens=LENS, page=page)
    (page / "assets" / "index-2b.css").unlink()
    with pytest.raises(RelensError, match=r"index-2b\.css: is missing.*make viewer"):
        written(page, tmp_path)
    (page / "index.html").write_text("<html></html>")
    with pytest.raises(RelensError, match="no built page"):
        written(page, tmp_path)
    assert not (tmp_path / "me.html").exists()
