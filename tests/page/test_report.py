"""The page of `relens explain` in a browser, from a file, without a network."""

import numpy as np
import pytest
from page_browser import Tab
from report_scenes import findings

from relens.explain.report.page import page_of


@pytest.fixture
def report(chrome, tmp_path):
    path = tmp_path / "report of mine.html"
    path.write_text(page_of(findings()), "utf-8")
    context = chrome.new_context(viewport={"width": 900, "height": 700}, offline=True)
    tab = Tab(context.new_page())
    tab.page.goto(path.as_uri())
    tab.until("!!window.relief && window.relief.frames > 0")
    yield tab
    context.close()


def test_the_layers_turn_and_the_ring_changes_the_picture(report):
    canvas = report.page.locator("#relief")
    canvas.scroll_into_view_if_needed()

    def drawn():
        return report.do(
            """() => {
                const gl = document.getElementById("relief").getContext("webgl");
                const pixels = new Uint8Array(4 * gl.drawingBufferWidth * gl.drawingBufferHeight);
                gl.readPixels(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
                return Array.from(pixels.filter((_, index) => index % 64 < 3));
            }"""
        )

    before = np.array(drawn())
    assert before.std() > 5  # more than the empty ground
    frames = report.do("() => window.relief.frames")
    canvas.focus()
    report.page.keyboard.press("ArrowRight")
    report.until(f"window.relief.frames > {frames}")
    assert (np.array(drawn()) != before).any()

    shown = "document.querySelector('.stops figure.on img').src"
    first = report.do(f"() => [{shown}, document.getElementById('stop-coc').textContent]")
    report.page.locator("#stop").focus()
    report.page.keyboard.press("Home")
    last = report.do(f"() => [{shown}, document.getElementById('stop-coc').textContent]")
    assert first[0] != last[0] and first[1] != last[1]
    assert report.do("() => document.getElementById('stop-name').textContent") == "f/16"
    assert report.do("() => document.documentElement.scrollWidth <= innerWidth")
    assert not report.problems
