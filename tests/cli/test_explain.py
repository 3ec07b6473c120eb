import json


def test_it_writes_a_page_and_prints_its_numbers(relens, photo, depth, out):
    page = out / "report.html"
    done = relens("explain", photo, "-o", page, "--depth", depth, "--samples", 16, "--f-number", 2, "--json", "--quiet")
    assert done.status == 0, done.err
    numbers = json.loads(done.out)
    assert numbers["lens"]["f_number"] == 2 and abs(numbers["lens"]["focus_m"] - 0.4) < 1e-3
    assert numbers["depth"]["source"].startswith("file")
    text = page.read_text("utf-8")
    assert "http-equiv" in text and str(photo.parent) not in text
    assert [file.name for file in out.iterdir()] == ["report.html"]


def test_it_reads_a_scene_folder(relens, scene, out):
    done = relens("explain", scene, "-o", out / "report.html", "--samples", 16)
    assert done.status == 0, done.err
    assert "background blurred over" in done.out
    relens("explain", scene, "-o", out / "report.html", "--depth", "phone").assert_refused("--depth")


def test_mistakes_are_told_before_the_work(relens, photo, out):
    relens("explain", photo, "-o", out / "report.pdf").assert_refused(".html")
    relens("explain", photo, "-o", out / "none" / "report.html").assert_refused("none")
    relens("explain", photo, "-o", out / "report.html", "--focus", "there").assert_refused("--focus")
    assert not list(out.iterdir())
