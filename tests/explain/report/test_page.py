import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from report_scenes import FAR_M, NASTY, NEAR_M, findings, taken_of

from relens.explain.report.diagram import scene_side, sensor_side
from relens.explain.report.optics import optics_of
from relens.explain.report.page import page_of
from relens.explain.report.say import length, percent, pixels
from relens.lens import Lens

_VOID = {"meta", "img", "input", "br", "link"}


class Checked(HTMLParser):
    """Collects what opens and closes, what is fetched, and the text."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.fetched, self.links, self.text, self.alts = [], [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if "style" in values or any(name.startswith("on") for name in values):
            self.wrong.append((tag, "inline style or script"))
        for name in ("src", "href", "srcset", "data", "poster", "action"):
            if name in values:
                (self.links if tag == "a" else self.fetched).append(values[name])
        if tag == "img":
            self.alts.append(values.get("alt", ""))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append((tag, "does not close what is open"))

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def page():
    return page_of(findings())


@pytest.fixture(scope="module")
def checked(page):
    parser = Checked()
    parser.feed(page)
    parser.close()
    return parser


def test_it_is_well_formed_and_says_what_its_pictures_show(checked):
    assert not checked.wrong and not checked.open
    assert len(checked.alts) > 15 and all(checked.alts)


def test_it_fetches_nothing(page, checked):
    assert checked.fetched and all(source.startswith("data:image/") for source in checked.fetched)
    assert all(link.startswith("https://") for link in checked.links)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    assert "url(" not in style and "@import" not in style
    assert re.search(r"default-src 'none'; script-src 'sha256-\S+'; style-src 'sha256-\S+'; img-src data:;", page)
    for paper in ("2410.02073", "2502.17093", "2312.06657", "2308.15536"):
        assert f"https://arxiv.org/abs/{paper}" in checked.links


def test_text_from_files_is_escaped(page, checked):
    assert NASTY not in page and "<i>note</i>" not in page
    text = "".join(checked.text)
    assert NASTY in text and "<i>note</i>" in text


def test_it_says_the_run_s_numbers(checked):
    found, text = findings(), "".join(checked.text)
    for said in (
        f"{50 / 1.4:.1f} mm",
        pixels(found.optics.coc_px),
        length(found.optics.background_m),
        percent(found.hidden.mean),
        f"{found.grain.photo:.2f}",
    ):
        assert said in text


def test_the_scene_s_side_is_to_scale():
    optics = optics_of(taken_of())
    group = ElementTree.fromstring(scene_side(optics)).find("g")
    per_m, per_mm = (float(group.get(f"data-px-per-{unit}")) for unit in ("m", "mm"))
    far, near = (_points(group, tone) for tone in ("far", "near"))
    lens_x = near[1][0]
    assert (lens_x - far[0][0]) / per_m == pytest.approx(FAR_M, rel=1e-4)
    assert (lens_x - near[0][0]) / per_m == pytest.approx(NEAR_M, rel=1e-4)
    assert (near[2][1] - near[1][1]) / per_mm == pytest.approx(50 / 1.4, rel=1e-4)
    spread = group.find("line[@class='spread']")
    # Similar triangles: the background's cone where it crosses the plane of focus.
    wide_mm = (float(spread.get("y2")) - float(spread.get("y1"))) / per_mm
    assert wide_mm == pytest.approx(50 / 1.4 * (1 - NEAR_M / FAR_M), rel=1e-4)
    sharp = group.find("rect")
    assert float(sharp.get("width")) / per_m == pytest.approx(optics.far_m - optics.near_m, abs=1e-5)


@pytest.mark.parametrize("f_number", [1.2, 16.0])
def test_the_sensor_s_side_has_one_scale(f_number):
    optics = optics_of(taken_of(), Lens(50, f_number, NEAR_M))
    group = ElementTree.fromstring(sensor_side(optics)).find("g")
    per_mm = float(group.get("data-px-per-mm"))
    near = _points(group, "near")
    assert (near[1][0] - near[0][0]) / per_mm == pytest.approx(optics.image_mm, abs=0.01)
    assert (near[2][1] - near[0][1]) / per_mm == pytest.approx(50 / f_number, abs=0.01)
    spread = group.find("line[@class='spread']")
    assert (float(spread.get("y2")) - float(spread.get("y1"))) / per_mm == pytest.approx(optics.coc_mm, abs=0.01)


def test_infinity_and_what_lies_before_the_focus_are_drawn_too():
    for lens in (Lens(50, 1.4), Lens(50, 1.4, 30.0), Lens(50, 1.4, 0.06)):
        optics = optics_of(taken_of(lens))
        for drawn in (scene_side(optics), sensor_side(optics)):
            assert "nan" not in drawn and "inf" not in drawn.replace("infinity", "")
            if drawn:
                ElementTree.fromstring(drawn)


def _points(group, tone):
    polygon = group.find(f"polygon[@class='cone {tone}']")
    return [tuple(map(float, pair.split(","))) for pair in polygon.get("points").split()]
