"""What the site has beside the pages of docs/: references made from the code, root files, and formulas as MathML."""

import re
import sys
from html import unescape
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
sys.path.insert(0, str(_HERE))

import api_pages  # noqa: E402
import benchmark_pages  # noqa: E402
import cli_pages  # noqa: E402
import format_tables  # noqa: E402
import gallery_page  # noqa: E402
from mkdocs.config.defaults import MkDocsConfig  # noqa: E402
from mkdocs.structure.files import File, Files  # noqa: E402
from mkdocs.structure.pages import Page  # noqa: E402

_AT_THE_ROOT = ("CONTRIBUTING.md", "CHANGELOG.md")
_FORMULA = re.compile(r'<(span|div) class="arithmatex">(.*?)</\1>', re.DOTALL)
_ROOT_LINK = re.compile(r"(!?)\[([^\]]+)\]\((?!https?:|#|mailto:)([^)\s]+)\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Give the nav a line for every command and every room."""
    _entries(config.nav or [], "Command line").extend(cli_pages.nav())
    _entries(config.nav or [], "Python").extend(api_pages.nav())
    config.watch.append(str(_HERE.parent / "src"))
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from the code, and those at the root of the repository."""
    made = cli_pages.pages() | api_pages.pages()
    for name in _AT_THE_ROOT:
        at_root = _HERE.parent / name
        if at_root.exists():
            made[name] = _links_from_the_root(at_root.read_text(encoding="utf-8"))
    for path, markdown in made.items():
        files.append(File.generated(config, path, content=markdown))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Fill in what a page takes from the gallery's file and from the code."""
    if "<!-- gallery -->" in markdown:
        report = Path(config.docs_dir).parent / "out/gallery/report.html"
        markdown = markdown.replace(
            "<!-- gallery -->", gallery_page.gallery_markdown("images/gallery", report.exists())
        )
    if "<!-- benchmarks -->" in markdown:
        markdown = markdown.replace("<!-- benchmarks -->", benchmark_pages.benchmarks_markdown())
    return format_tables.filled(markdown)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Write formulas as MathML, which browsers draw without any script."""
    return _FORMULA.sub(lambda found: _mathml(found[1], unescape(found[2])), html)


def on_post_build(config: MkDocsConfig) -> None:
    """Take along the report that `make gallery` made, where there is one."""
    report = Path(config.docs_dir).parent / "out/gallery/report.html"
    if report.exists():
        (Path(config.site_dir) / "report.html").write_bytes(report.read_bytes())


def _entries(nav: list[Any], title: str) -> list[Any]:
    """The list under a title of the nav, at any depth."""
    for item in nav:
        for name, value in item.items() if isinstance(item, dict) else ():
            if name == title:
                return value
            if isinstance(value, list) and (found := _entries(value, title)) is not None:
                return found
    return None  # pyright: ignore[reportReturnType]


def _links_from_the_root(markdown: str) -> str:
    """Links of a file at the root as the site has them: docs/ is the site, other files are named only."""

    def on_the_site(link: re.Match[str]) -> str:
        picture, text, target = link.groups()
        if target.startswith("docs/"):
            return f"{picture}[{text}]({target.removeprefix('docs/')})"
        if target.split("#")[0] in _AT_THE_ROOT:
            return link[0]
        return text if text.startswith("`") else f"`{target}`" if text == target else f"{text} (`{target}`)"

    return _ROOT_LINK.sub(on_the_site, markdown)


def _mathml(tag: str, latex: str) -> str:
    from latex2mathml.converter import convert

    latex = latex.strip().removeprefix("\\(").removesuffix("\\)").removeprefix("\\[").removesuffix("\\]")
    return convert(latex.strip(), display="block" if tag == "div" else "inline")
