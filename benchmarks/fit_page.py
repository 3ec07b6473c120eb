#!/usr/bin/env python3
"""The canonical page: what held-out photos lose by it, and what an edit of it costs.

Fits each folder that posed_render.py wrote, and a model with free colours on the same surface; paints a cross on the
page and renders the held-out views again. Writes pages and views as PNG and the fits as OUT/fits/<scene>.fit, which
lens_on_fit.py takes. Surfaces are kept in OUT/fits too. Exit status 1 when the page is more than 1 dB behind free
colours, or a view of an edited page takes a second.
"""

import argparse
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image
from posed_data import PosedData, read_posed

import relens
from relens.camera import Camera
from relens.mesh import Mesh
from relens.photo import srgb_encode
from relens.render.choose import open_engine
from relens.render.engine import Engine

CHECKOUT = Path(__file__).parents[1]
MOST_BEHIND_DB, MOST_VIEW_S = 1.0, 1.0


def main() -> int:
    """Fit, measure, print, check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = CHECKOUT / "out" / "benchmarks"
    parser.add_argument("--posed", type=Path, default=default / "posed", help="folder that posed_render.py wrote")
    parser.add_argument("--scenes", nargs="+", help="only these")
    parser.add_argument("--steps", type=int, help="of the surface; the settings' own when left out")
    parser.add_argument("--page-steps", type=int, help="of page and free colours; the settings' own when left out")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="of torch (default: all cores)")
    parser.add_argument("--out", type=Path, default=default, help="folder for the results")
    args = parser.parse_args()
    folders = sorted(path.parent for path in args.posed.glob("*/transforms.json"))
    folders = [folder for folder in folders if args.scenes is None or folder.name in args.scenes]
    if not folders:
        print(f"{args.posed}: no */transforms.json there; run posed_render.py first", file=sys.stderr)
        return 2
    report, checks = {}, []
    for folder in folders:
        found = report[folder.name] = _measure(read_posed(folder), args)
        print(f"{folder.name}: " + ", ".join(f"{name} {value:.2f}" for name, value in found.items()), flush=True)
        behind, slowest = found["free_held_out_db"] - found["page_held_out_db"], found["edited_view_s"]
        checks.append((f"{folder.name}, page at most {MOST_BEHIND_DB} dB behind", behind, behind <= MOST_BEHIND_DB))
        checks.append((f"{folder.name}, edited view under {MOST_VIEW_S} s", slowest, slowest < MOST_VIEW_S))
    for floor, measured, passed in checks:
        print(f"{'pass' if passed else 'FAIL'}  {floor}: {measured:.2f}")
    file = args.out / "fit_page.json"
    file.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {file}")
    return 0 if all(passed for *_, passed in checks) else 1


def _measure(data: PosedData, args: argparse.Namespace) -> dict[str, float]:
    import torch

    from relens.multiview.fit_folder import save_fit
    from relens.multiview.page import PageSettings, fit_page
    from relens.multiview.page.free_colour import fit_free_colour
    from relens.multiview.page.psnr import psnr_db
    from relens.multiview.page.render_page import render_page
    from relens.multiview.surface import SurfaceSettings, fit_surface, mesh_of

    torch.set_num_threads(args.threads)
    fits, views = args.out / "fits", args.out / "fit_page" / data.name
    fits.mkdir(parents=True, exist_ok=True)
    views.mkdir(parents=True, exist_ok=True)
    photos = data.photos()
    settings = SurfaceSettings() if args.steps is None else SurfaceSettings(steps=args.steps)
    clock = _Clock()
    surface = fit_surface(photos, settings, checkpoint=fits / f"{data.name}-surface.pt")
    surface_s = clock.lap()
    mesh = mesh_of(surface, photos)
    mesh_s = clock.lap()
    page_settings = PageSettings() if args.page_steps is None else PageSettings(steps=args.page_steps)
    page = fit_page(photos, surface, mesh, page_settings)
    page_s = clock.lap()
    fitted = save_fit(fits / f"{data.name}.fit", photos, surface, mesh, page)
    save_s = clock.lap()
    free = fit_free_colour(photos, surface, page_settings)
    free_s = clock.lap()

    _show(views / "page.png", page.page[..., :3])
    edited = replace(page, page=_with_cross(page.page, page.field.layout.front_px))
    _show(views / "page_edited.png", edited.page[..., :3])
    field_s, mesh_view_s, whole_db = [], [], []
    part = replace(fitted.mesh.parts[0], texture=edited.page)
    edited_mesh = Mesh((part,))
    engine = open_engine(edited_mesh)
    for photo in photos.compared:
        name = Path(photo.name).stem
        clock.lap()
        shown = render_page(edited, surface, photo.camera)
        field_s.append(clock.lap())
        from_mesh = _pinhole(engine, photo.camera)
        mesh_view_s.append(clock.lap())
        unedited = render_page(page, surface, photo.camera)
        whole_db.append(psnr_db(unedited, photo.linear))
        _show(views / f"{name}.png", np.hstack([photo.linear, unedited, shown, from_mesh]))
    assert page.held_out_psnr_db is not None and free.held_out_psnr_db is not None
    return {
        "page_db": page.psnr_db,
        "free_db": free.psnr_db,
        "page_held_out_db": page.held_out_psnr_db,
        "free_held_out_db": free.held_out_psnr_db,
        # Of whole views: black where the surface has a hole, or a photo shows what lies beyond the box.
        "page_whole_views_db": float(np.mean(whole_db)),
        "surface_s": surface_s,
        "mesh_s": mesh_s,
        "page_s": page_s,
        "save_s": save_s,
        "free_s": free_s,
        "edited_view_s": max(field_s),
        "edited_view_of_mesh_s": max(mesh_view_s),
        "page_megatexels": page.page.shape[0] * page.page.shape[1] / 1e6,
    }


class _Clock:
    def __init__(self) -> None:
        self._last = time.perf_counter()

    def lap(self) -> float:
        """Seconds since the last lap."""
        now = time.perf_counter()
        self._last, gone = now, now - self._last
        return gone


def _pinhole(engine: Engine, camera: Camera) -> np.ndarray:
    """An all-sharp view of a mesh."""
    return relens.shoot(engine, relens.Lens(50, 128), camera=camera, samples=1).linear


def _with_cross(page: np.ndarray, front_px: int) -> np.ndarray:
    """A page with a red cross over the middle of what its front shows, as a painter would lay it."""
    painted = page.copy()
    rows, columns = np.nonzero(page[:front_px, :, 3] > 0.5)
    row, column = int(np.median(rows)), int(np.median(columns))
    long, wide = front_px // 4, max(2, front_px // 40)
    for part in (np.s_[row - wide : row + wide, column - long : column + long],
                 np.s_[row - long : row + long, column - wide : column + wide]):  # fmt: skip
        painted[part][..., :3] = np.array([0.8, 0.03, 0.03], np.float32) * painted[part][..., 3:]
    return painted


def _show(path: Path, linear: np.ndarray) -> None:
    Image.fromarray(np.round(255 * srgb_encode(np.clip(linear, 0, 1))).astype(np.uint8)).save(path)


if __name__ == "__main__":
    raise SystemExit(main())
