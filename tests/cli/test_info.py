import json
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


def _json(outcome) -> dict:
    assert (outcome.status, outcome.err) == (0, "")
    return json.loads(outcome.out, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))


def test_a_photo(relens, photo: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Maker", "Model 7"
    exif.get_ifd(0x8769)[0xA405] = 26
    Image.open(photo).save(photo.with_suffix(".jpg"), exif=exif)
    outcome = relens("info", photo.with_suffix(".jpg"))
    for words in ("(photo)", "48 x 36 px", "JPEG 8-bit", "Maker Model 7", "35 mm", "degrees"):
        assert words in outcome.out
    facts = _json(relens("info", photo.with_suffix(".jpg"), "--json"))
    assert facts["file"]["kind"] == "photo"
    assert facts["size_px"] == [48, 36]
    fx_px = facts["intrinsics"]["fx_px"]
    assert fx_px == pytest.approx(26 / math.hypot(36, 24) * 60, rel=1e-6)
    assert facts["view_deg"][0] == pytest.approx(math.degrees(2 * math.atan(24 / fx_px)))


def test_a_scene(relens, scene: Path) -> None:
    facts = _json(relens("info", scene, "--json"))
    assert facts["file"]["kind"] == "scene folder"
    assert facts["border_px"] > 0
    assert len(facts["layers"]) == 2
    outcome = relens("info", scene)
    for words in ("0.400 m", "2.00 m", "file depth.npz", "photo.png"):
        assert words in outcome.out


def test_a_depth_file(relens, depth: Path) -> None:
    metres = np.array([[np.nan, 1.0], [np.inf, 4.0]], np.float32)
    np.savez(depth, depth=metres)
    outcome = relens("info", depth)
    for words in ("(depth file)", "2 x 2 px", "1.00 m", "25.0%"):
        assert words in outcome.out
    facts = _json(relens("info", depth, "--json"))
    assert (facts["depth_size_px"], facts["unknown"], facts["infinite"]) == ([2, 2], 0.25, 0.25)


@pytest.mark.parametrize("name", ["none.png", "none.npz", "broken.npz", "broken.heic", "empty.jpg", "folder"])
def test_what_cannot_be_read(relens, out: Path, name: str) -> None:
    (out / "broken.npz").write_bytes(b"PK\x03\x04 and no more")
    (out / "broken.heic").write_bytes(b"\0\0\0\x18ftypheic")
    (out / "empty.jpg").touch()
    (out / "folder").mkdir()
    relens("info", out / name).assert_refused(name)
