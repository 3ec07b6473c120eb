"""The site's pages agree with the code and with each other: files, links, pictures, and every shell command."""

import functools
import importlib.util
import re
import shlex
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
AT_THE_ROOT = ("CONTRIBUTING.md", "CHANGELOG.md")
CODE = re.compile(r"^( *)```+ *(\w*)[^\n]*\n(.*?)^ *```+ *$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")


def module(name: str) -> ModuleType:
    """A file of docs/, which is no package."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec and spec.loader
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


@functools.cache
def made(name: str) -> dict[str, str]:
    """The pages that the site makes from the code: of the commands, or of the API."""
    return module(name).pages()


def made_pages() -> set[str]:
    return {*made("cli_pages"), *made("api_pages")}


def nav_files(entry: Any) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    values = entry.values() if isinstance(entry, dict) else entry
    return [file for value in values for file in nav_files(value)]


def config() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))


def test_every_page_of_the_nav_exists_and_every_page_is_in_it():
    named = set(nav_files(config()["nav"]))
    lost = {
        file for file in named - made_pages() if not (ROOT if file in AT_THE_ROOT else DOCS).joinpath(file).is_file()
    }
    assert not lost
    assert {str(page.relative_to(DOCS).as_posix()) for page in PAGES} <= named


def test_every_command_has_a_page():
    from relens.cli.main import _COMMANDS

    pages = made("cli_pages")
    for name in _COMMANDS:
        page = pages[f"reference/cli/{name}.md"]
        assert page.startswith(f"# relens {name}\n")
        assert f"[`relens {name}`]({name}.md)" in pages["reference/cli/index.md"]
    # Flags, what they take, and their defaults.
    assert "| `--f-number` `N` |" in pages["reference/cli/shoot.md"]
    assert "## relens edit recolour" in pages["reference/cli/edit.md"]


def test_every_public_name_is_in_the_reference():
    import relens
    import relens.edit

    pages = made("api_pages")
    for name in relens.__all__:
        assert name.startswith("__") or re.search(
            rf"^::: [\w.]+\.{name}$", pages["reference/api/relens.md"], re.MULTILINE
        )
    for name in relens.edit.__all__:
        assert re.search(rf"^::: [\w.]+\.{name}$", pages["reference/api/relens.edit.md"], re.MULTILINE)


def text_outside_code(page: Path) -> str:
    return re.sub(r"`[^`\n]*`", "", CODE.sub("", page.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_relative_links_and_pictures_exist(page: Path):
    from_code = made_pages()
    for found in LINK.finditer(text_outside_code(page)):
        target = (found[1] or found[2]).split("#")[0]
        if not target or re.match(r"[a-z]+:", target):
            continue
        # Pages written as HTML link to what their Markdown becomes.
        target = target.removesuffix(".html") + ".md" if target.endswith(".html") else target
        path = (page.parent / target).resolve()
        inside = path.is_relative_to(DOCS)
        assert inside, f"{page}: {target} leaves the site"
        name = path.relative_to(DOCS).as_posix()
        assert path.is_file() or name in from_code or name in AT_THE_ROOT, f"{page}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_anchors_of_other_pages_exist(page: Path):
    for found in re.finditer(r"\]\(([^)\s#]+\.md)#([^)\s]+)\)", text_outside_code(page)):
        path = (page.parent / found[1]).resolve()
        if not path.is_file():
            continue  # made from the code
        text = path.read_text(encoding="utf-8")
        if path.name == "benchmarks.md":
            text += (ROOT / "benchmarks/README.md").read_text(encoding="utf-8")
        headings = [
            re.sub(r"[^\w\- ]", "", line).strip().lower() for line in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        ]
        anchors = {re.sub(r"[\s-]+", "-", heading) for heading in headings} | set(re.findall(r"\{ *#([\w-]+)", text))
        if path.name == "gallery.md":
            anchors |= {picture["name"] for picture in gallery()["pictures"]} | {"report"}
        assert found[2] in anchors, f"{page}: {found[0]}"


def gallery() -> dict[str, Any]:
    return yaml.safe_load((DOCS / "gallery.yaml").read_text(encoding="utf-8"))


def test_the_pictures_of_the_gallery_exist_and_are_small():
    from PIL import Image

    image_name = module("gallery_page").image_name
    wanted = {image_name(picture, at) for picture in gallery()["pictures"] for at in range(len(picture["show"]))}
    there = {file.name for file in (DOCS / "images/gallery").iterdir()}
    assert there == wanted
    for name in wanted:
        file = DOCS / "images/gallery" / name
        assert file.stat().st_size <= 300_000
        with Image.open(file) as picture:
            assert max(picture.size) <= 1600


def test_each_command_of_the_gallery_makes_what_is_shown():
    for picture in gallery()["pictures"]:
        outputs = [word for command in picture["run"] for word in shlex.split(command)]
        for shown in picture["show"]:
            assert any(shown == word or shown.startswith(f"{word}/") for word in outputs), shown
        page = module("gallery_page").gallery_markdown("images/gallery", has_report=False)
        for command in picture["run"]:
            assert command in page


def shell_commands(markdown: str) -> list[str]:
    """The commands of a page's shell code: fenced as sh, or indented by four spaces outside of a list."""
    blocks = [text for _, language, text in CODE.findall(markdown) if language in ("sh", "bash", "console")]
    indented = re.findall(r"(?:^ {4}\S.*\n?)+", CODE.sub("", markdown), re.MULTILINE)
    lines = "\n".join([*blocks, *indented])
    # Text in quotes may go over several lines.
    return [
        each for each in re.split(r"\n(?=\s*(?:relens|pip|make|python|ns-|ray|$))", lines.replace("\\\n", " ")) if each
    ]


def relens_commands() -> list[Any]:
    pages = {page.relative_to(DOCS).as_posix(): page.read_text(encoding="utf-8") for page in PAGES}
    pages["README"] = (ROOT / "README.md").read_text(encoding="utf-8")
    found = [(name, command.strip()) for name, text in pages.items() for command in shell_commands(text)]
    found += [
        ("gallery.yaml", command)
        for entry in [{"run": gallery()["prepare"]}, *gallery()["pictures"]]
        for command in entry["run"]
    ]
    commands = dict.fromkeys((name, command) for name, command in found if command.startswith("relens "))
    return [pytest.param(command, id=f"{name}: {command[:60]}") for name, command in commands]


@pytest.mark.parametrize("command", relens_commands())
def test_every_command_in_the_pages_is_understood(command: str):
    words = shlex.split(command, comments=True)[1:]
    if words[0] in ("--version", "--help") or words[-1] == "--help" or "COMMAND" in words:
        return
    from relens.cli.main import _COMMANDS

    assert words[0] in _COMMANDS, f"no command {words[0]}"
    try:
        parser(words[0]).parse_args(words[1:])
    except SystemExit as refused:
        pytest.fail(f"not understood: {command} ({refused})")


@functools.cache
def parser(name: str) -> Any:
    return module("cli_pages").parser(name)
