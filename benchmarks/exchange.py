#!/usr/bin/env python3
"""Out to an editor and back: the sample portrait, 7.2 megapixels, as a folder of pages and as one OpenRaster file.

Its pages are exported, and imported as they are, with a square painted on the photo's page, and with one on the
rearmost layer of the OpenRaster file. The scene is also saved and loaded. Times are medians of several runs in one
process, kernels compiled; CPU time is that of all threads.
Prints a table, checks the floors, and writes OUT/exchange.json. Exit status 1 when a floor is missed.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

import relens
from relens.edit.pages_in import ImportReport, import_pages
from relens.edit.pages_out import export_pages
from relens.samples import sample_path
from relens.scene import Scene

CHECKOUT = Path(__file__).parents[1]
LIMIT_S = 3.0
EXPORT, SAVE, LOAD = "export", "save the scene", "load the scene"
UNEDITED, PHOTO, RASTER = "import, unedited", "import, photo painted", "import, pages.ora painted"
# Blue first, 16 bits.
PAINT = (0, 20000, 60000)


def main() -> int:
    """Lift or load, export, paint, import; print, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scene", type=Path, help="a saved scene; without it the sample portrait is lifted")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    args = parser.parse_args()

    portrait = args.scene or sample_path("iphone14-portrait")
    scene = relens.load_scene(portrait) if args.scene else relens.lift(relens.read_photo(portrait))
    rows, checks = {}, []
    with tempfile.TemporaryDirectory() as room:
        pages, saved = Path(room, "pages"), Path(room, "scene.relens")
        _, rows[EXPORT] = _timed(lambda: export_pages(scene, pages), args.runs, pages)
        (same, report), rows[UNEDITED] = _timed(lambda: import_pages(scene, pages), args.runs)
        checks.append(_law("an unedited import: the scene's bits", _same(scene, same) and not report.changed))
        sizes_mb = {"pages": _megabytes(pages)}

        painted = _paint_page(pages / "photo.png")
        (_, report), rows[PHOTO] = _timed(lambda: import_pages(scene, pages), args.runs)
        checks.append(_law("painted on the photo: that, and no more", _texels(report) == {"photo": painted}))

        rearmost = scene.layers[-1].name
        painted = _paint_raster(pages / "pages.ora", rearmost)
        (_, report), rows[RASTER] = _timed(lambda: import_pages(scene, pages / "pages.ora"), args.runs)
        checks.append(_law(f"painted on {rearmost}: that, and no more", _texels(report) == {rearmost: painted}))

        _, rows[SAVE] = _timed(lambda: scene.save(saved), args.runs, saved)
        _, rows[LOAD] = _timed(lambda: relens.load_scene(saved), args.runs)
        sizes_mb["scene"] = _megabytes(saved)

    k = scene.camera.intrinsics
    print(f"{k.width_px * k.height_px / 1e6:.1f} megapixels, {len(scene.layers)} layers, border {scene.border_px} px")
    print(f"pages {sizes_mb['pages']:.0f} MB, scene {sizes_mb['scene']:.0f} MB\n")
    print(f"{'':26}{'median':>8}{'CPU':>8}{'fastest':>9}")
    for name, row in rows.items():
        print(f"{name:26}{row['wall_s']:7.2f}s{row['cpu_s']:7.2f}s{row['fastest_s']:8.2f}s")
    for name in (EXPORT, UNEDITED, PHOTO, RASTER):
        wall_s = rows[name]["wall_s"]
        checks.append({"floor": f"{name}: at most {LIMIT_S:g} s", "measured": wall_s, "passed": wall_s <= LIMIT_S})
    print()
    for check in checks:
        print(f"{'pass' if check['passed'] else 'FAIL'}  {check['floor']}: {check['measured']:.2f}")
    args.out.mkdir(parents=True, exist_ok=True)
    report = {"relens": relens.__version__, "times": rows, "sizes_mb": sizes_mb, "checks": checks}
    (args.out / "exchange.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'exchange.json'}")
    return 0 if all(check["passed"] for check in checks) else 1


def _timed(work: Callable, runs: int, made: Path | None = None) -> tuple:
    """What the last run gave, and seconds. made: a folder that every run makes anew."""
    wall_s, cpu_s, result = [], [], None
    for _ in range(runs):
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        result = work()
        wall_s.append(time.perf_counter() - began_s)
        cpu_s.append(time.process_time() - began_cpu_s)
    medians = {"wall_s": statistics.median(wall_s), "cpu_s": statistics.median(cpu_s)}
    return result, {**medians, "fastest_s": min(wall_s)}


def _law(what: str, holds: bool) -> dict:
    return {"floor": what, "measured": float(holds), "passed": holds}


def _same(one: Scene, other: Scene) -> bool:
    return all(
        np.array_equal(mine.rgba.view(np.uint32), its.rgba.view(np.uint32))
        and np.array_equal(mine.inverse_depth.view(np.uint32), its.inverse_depth.view(np.uint32))
        for mine, its in zip(one.layers, other.layers, strict=True)
    )


def _texels(report: ImportReport) -> dict[str, int]:
    return {page.name: page.texels for page in report.pages if page.texels}


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def _painted(png: bytes) -> tuple[bytes, int]:
    """The page as an editor saves it, with a square painted where it is not empty; and how many texels that changed."""
    page = np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED))
    height, width = page.shape[:2]
    side = width // 8
    square = page[height // 3 :, width // 3 :][:side, :side]
    changes = (square[..., 3] > 0) & (square[..., :3] != PAINT).any(axis=2)
    square[changes, :3] = PAINT
    return cv2.imencode(".png", page)[1].tobytes(), int(changes.sum())


def _paint_page(path: Path) -> int:
    png, texels = _painted(path.read_bytes())
    path.write_bytes(png)
    return texels


def _paint_raster(path: Path, layer: str) -> int:
    with zipfile.ZipFile(path) as raster:
        members = {name: raster.read(name) for name in raster.namelist()}
    members[f"data/{layer}.png"], texels = _painted(members[f"data/{layer}.png"])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as raster:
        for name, data in members.items():
            raster.writestr(name, data)
    return texels


if __name__ == "__main__":
    sys.exit(main())
