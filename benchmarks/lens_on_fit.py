#!/usr/bin/env python3
"""A lens on fitted scenes: pictures from a new view, against the same lens in Mitsuba 3 on the true scene.

Takes the fits that fit_page.py made of what posed_render.py wrote, FITS/<scene>.fit, and photographs a mesh with its
page from between the photos' places. What lies beyond the fitted box is plain grey in both. Beside it stand the true
mesh with its true light in the same engine (the best there can be) and the truth's own pinhole picture (no lens).
Scores as in fidelity.py. Exit status 1 where the edge band has less than 27 dB. Needs the `dev` extra and LLVM.
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from mitsuba_scene import load_mitsuba
from PIL import Image
from posed_data import PosedData, read_posed
from posed_radiance import true_mesh
from posed_render import depth, sensor
from posed_scenes import HEIGHT_PX, MAKERS, WIDTH_PX, PosedLens, PosedScene, truth_scene
from refocus_score import edge_band, score
from truth_mitsuba import world
from truth_scene import TruthScene

import relens
from relens.camera import Camera, Intrinsics
from relens.mesh import Mesh
from relens.photo import srgb_encode

CHECKOUT = Path(__file__).parents[1]
LEAST_DB = 27.0
GREY = 0.2
_FINER, _SAMPLES = 3, 64
# The true mesh's triangles, in metres: about a pixel of the new view.
_EDGE_M = {"head": 0.003, "room": 0.012}


def main() -> int:
    """Photograph, score, check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = CHECKOUT / "out" / "benchmarks"
    parser.add_argument("--posed", type=Path, default=default / "posed", help="folder that posed_render.py wrote")
    parser.add_argument("--fits", type=Path, default=default / "fits", help="folder of <scene>.fit")
    parser.add_argument("--scenes", nargs="+", choices=list(MAKERS), default=list(MAKERS), help="only these")
    parser.add_argument("--samples", type=int, default=512, help="of the truth's pixels (default 512)")
    parser.add_argument("--only-truth", action="store_true", help="no fit: the bounds alone")
    parser.add_argument("--out", type=Path, default=default, help="folder for the results")
    args = parser.parse_args()
    mi = load_mitsuba()
    if mi.variant().startswith("scalar"):
        print("no LLVM found for Mitsuba: install libllvm19, or set DRJIT_LIBLLVM_PATH", file=sys.stderr)
        return 2
    missing = [name for name in args.scenes if not args.only_truth and not (args.fits / f"{name}.fit").exists()]
    if missing:
        print(f"{args.fits}: no {missing[0]}.fit there; run fit_page.py first", file=sys.stderr)
        return 2
    report: dict[str, dict] = {}
    print(f"{'picture':<14}{'who':<12}{'whole dB':>9}{'edge band dB':>14}{'SSIM':>8}")
    for name in args.scenes:
        report |= _measure(mi, read_posed(args.posed / name), args)
    checks = [(name, rows["fit"][1]) for name, rows in report.items() if "fit" in rows]
    for name, measured in checks:
        print(f"{'pass' if measured >= LEAST_DB else 'FAIL'}  {name}, edge band at least {LEAST_DB} dB: {measured:.2f}")
    (args.out / "lens_on_fit.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'lens_on_fit.json'}")
    return 0 if all(measured >= LEAST_DB for _, measured in checks) else 1


def _measure(mi, data: PosedData, args: argparse.Namespace) -> dict[str, dict]:
    scene = MAKERS[data.name]()
    folder = args.out / "lens_on_fit" / data.name
    folder.mkdir(parents=True, exist_ok=True)
    traced = world(mi, truth_scene(scene))
    metres = depth(mi, traced, scene.new_view, scene.fx_px)
    k = Intrinsics.centred(scene.fx_px, WIDTH_PX, HEIGHT_PX)
    subjects = {"true mesh": (true_mesh(mi, traced, scene, _EDGE_M[data.name], 32), Camera(k, scene.new_view), 1.0)}
    if not args.only_truth:
        subjects["fit"] = _fitted(data, k, args.fits / f"{data.name}.fit")
    pinhole = _truth(mi, scene, traced, None, args.samples)
    _save(folder / "pinhole", pinhole)
    report = {}
    for number, lens in enumerate(scene.lenses):
        truth = _truth(mi, scene, traced, lens, args.samples)
        _save(folder / f"lens_{number}_truth", truth)
        facts = {
            "aperture_radius_m": lens.focal_length_mm * 5e-4 / lens.f_number,
            "focus_distance_m": lens.focus_distance_m,
        }
        band = edge_band(metres, scene.fx_px, facts)
        rows = {"no lens": score(pinhole, truth, band)}
        for who, (mesh, camera, scale) in subjects.items():
            # A fit whose unit is not the data set's takes a lens of its own unit.
            own = relens.Lens(lens.focal_length_mm * scale, lens.f_number, lens.focus_distance_m * scale)
            linear = _photographed(mesh, own, camera)
            _save(folder / f"lens_{number}_{who.replace(' ', '_')}", linear)
            rows[who] = score(linear, truth, band)
        key = f"{data.name}/lens_{number}"
        report[key] = rows
        for who, row in rows.items():
            print(f"{key:<14}{who:<12}{row[0]:>9.2f}{row[1]:>14.2f}{row[2]:>8.3f}", flush=True)
        print(f"{key:<14}edge band {100 * band.mean():.0f} % of the picture")
    return report


def _fitted(data: PosedData, k: Intrinsics, folder: Path):
    """The fitted mesh, the new view in its world, and metres of its world in one of the data set's."""
    from relens.multiview.fit_folder import load_fit

    fitted = load_fit(folder)
    world_from_dataset = np.linalg.inv(fitted.dataset_from_world)
    scale = float(np.linalg.norm(world_from_dataset[:3, 0]))
    pose = world_from_dataset @ data.new_view
    pose[:3, :3] /= scale
    return fitted.mesh, Camera(k, pose), scale


def _photographed(mesh: Mesh, lens: relens.Lens, camera: Camera) -> np.ndarray:
    """The picture over grey, finer and then reduced: a mesh's rays go through pixels' centres, the truth's anywhere."""
    k = camera.intrinsics
    fine = replace(camera, intrinsics=k.resized(_FINER * k.width_px, _FINER * k.height_px))
    picture = relens.shoot(mesh, lens, camera=fine, samples=_SAMPLES)
    linear = picture.linear + GREY * (1 - picture.alpha[..., None])
    return linear.reshape(k.height_px, _FINER, k.width_px, _FINER, 3).mean(axis=(1, 3))


def _truth(mi, scene: PosedScene, traced, lens: PosedLens | None, samples: int) -> np.ndarray:
    """Path traced; rays that meet nothing that is fitted see grey."""
    fitted = world(mi, TruthScene(scene.name, 50, (*scene.solid, *scene.thin), (), (), sky=(1.0, 1.0, 1.0)))
    path = mi.load_dict({"type": "path", "max_depth": scene.bounces + 1})

    class Before(mi.SamplingIntegrator):
        def sample(self, scene, sampler, ray, medium=None, active=True):
            light, _, _ = path.sample(scene, sampler, ray, medium, active)
            import drjit as dr

            meets = fitted.ray_test(mi.Ray3f(ray.o, ray.d), active)
            return dr.select(meets, light, mi.Color3f(GREY)), True, []

    size = (lens.focal_length_mm * 5e-4 / lens.f_number, lens.focus_distance_m) if lens else (0.0, 1.0)
    camera = sensor(mi, scene.new_view, scene.fx_px, *size)
    return np.array(mi.render(traced, sensor=camera, integrator=Before(mi.Properties()), spp=samples), np.float32)


def _save(path: Path, linear: np.ndarray) -> None:
    np.savez_compressed(path.with_suffix(".npz"), linear=linear.astype(np.float16))
    shown = np.round(255 * srgb_encode(np.clip(linear, 0, 1))).astype(np.uint8)
    Image.fromarray(shown).save(path.with_suffix(".png"))


if __name__ == "__main__":
    raise SystemExit(main())
