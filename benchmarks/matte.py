"""Mattes against the truth: phones' own, composites with known alpha, and pymatting's closed form on the same trimap.

    python benchmarks/matte.py [--shared ../shared] [--out out/benchmarks/matte] [--skip-large]

Portraits: the phone's own matte counts as truth; a coarse mask made of it, and the people found in the photo, are
refined. Composites: furry things before backgrounds, and path-traced rods and glass where benchmarks/truth.py has made
them. Side by side: solver and closed form get the same trimap; each method runs in a process of its own, so that its
peak memory is its own.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from matte_errors import matte_errors
from matte_scenes import MatteScene, backgrounds, coarse_mask, hairy, traced

import relens
from relens.matte.band import solve_band
from relens.matte.matte import cut_out
from relens.matte.refine import refine
from relens.matte.states import FOREGROUND, UNKNOWN, dilated, trimap
from relens.photo import srgb_encode
from relens.progress import silent

# The unknown band around what is surely neither side; the sides of the 2.2 and the 7 MP picture.
_BAND_PX, _LARGE_PX = 8, (1500, 2640)
# A method that needs more memory than this fails, and says so.
_MOST_BYTES = 18 << 30
_ERRORS = ("SAD", "MAD", "grad", "conn")
_TIMES, _MEMORY = 5, 10


def main() -> None:
    """Run all tables; `--one` is how a method is run in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--truth", type=Path, default=Path("out/benchmarks/truth"))
    parser.add_argument("--out", type=Path, default=Path("out/benchmarks/matte"))
    parser.add_argument("--skip-large", action="store_true")
    parser.add_argument("--one", nargs=2, metavar=("METHOD", "FILE"))
    options = parser.parse_args()
    if options.one:
        _one(options.one[0], Path(options.one[1]))
        return
    options.out.mkdir(parents=True, exist_ok=True)
    found = {"portraits": _portraits(options.shared, options.out)}
    scenes = [hairy(name, behind) for name, behind in backgrounds(options.shared / "bench").items()]
    scenes += traced(options.truth)
    # The closed form needs pixels that are surely the foreground's.
    scenes = [scene for scene in scenes if (scene.alpha >= 1).any()]
    found["composites"] = [_side_by_side(scene, options.out) for scene in scenes]
    _verdict(found["composites"], "composites")
    if not options.skip_large:
        cloth = backgrounds(options.shared / "bench")["cloth"]
        sizes = [hairy(f"{side_px**2 / 1e6:.1f} MP", cloth, side_px) for side_px in _LARGE_PX]
        found["large"] = [_side_by_side(scene, options.out) for scene in sizes]
        for row in found["large"]:
            _verdict([row], row["scene"], cost=True)
    (options.out / "matte.json").write_text(json.dumps(found, indent=1))


def _portraits(shared: Path, out: Path) -> list[dict]:
    print(f"{'portrait':34} {'from':22} {'where':10} " + " ".join(f"{name:>8}" for name in _ERRORS) + "        s")
    rows = []
    for path in sorted((shared / "assets/portraits").iterdir()):
        if path.suffix.lower() not in (".jpg", ".heic"):
            continue
        photo = relens.read_photo(path)
        size = photo.width_px, photo.height_px
        truth = np.clip(cv2.resize(photo.mattes["portrait"], size, interpolation=cv2.INTER_LINEAR), 0, 1)
        hair = photo.mattes.get("hair")
        mask = coarse_mask(truth, 256)
        # As a network's: 256 cells on the longer side, of the photo's aspect.
        mask = cv2.resize(mask, (round(256 * size[0] / max(size)), round(256 * size[1] / max(size))))
        depth = None if photo.embedded_depth is None else photo.embedded_depth.inverse_depth
        ways = {
            "mask, only resampled": lambda photo=photo, mask=mask, size=size: np.clip(
                cv2.resize(mask, size, interpolation=cv2.INTER_CUBIC), 0, 1
            ),
            "mask, refined": lambda photo=photo, mask=mask, depth=depth: (
                refine(photo.linear, mask, inverse_depth=depth).alpha
            ),
            "people": lambda photo=photo: cut_out(photo, "people", features=None).alpha,
        }
        for way, make in ways.items():
            start = time.perf_counter()
            alpha = make()
            seconds = time.perf_counter() - start
            cv2.imwrite(
                str(out / f"{path.stem}-{way.split(',')[-1].strip().split()[-1]}.png"),
                np.round(alpha * 255).astype(np.uint8),
            )
            regions = {"all": np.ones(truth.shape, bool)}
            if hair is not None:
                regions["hair"] = dilated(cv2.resize(hair, size) > 0.1, 20) & dilated((truth > 0) & (truth < 1), 8)
            for where, region in regions.items():
                errors = matte_errors(alpha, truth, region)
                rows.append({"photo": path.name, "from": way, "where": where, "seconds": seconds, **errors})
                numbers = " ".join(f"{errors[name]:8.2f}" for name in _ERRORS)
                print(f"{path.name[:33]:34} {way:22} {where:10} {numbers} {seconds:8.1f}", flush=True)
    return rows


def _side_by_side(scene: MatteScene, out: Path) -> dict:
    """Every method on a scene with one trimap, each in its own process."""
    unknown = dilated((scene.alpha > 0) & (scene.alpha < 1), _BAND_PX)
    states = np.where(unknown, UNKNOWN, (scene.alpha >= 1) * FOREGROUND).astype(np.uint8)
    prior = cv2.resize(coarse_mask(scene.alpha), scene.alpha.shape[::-1], interpolation=cv2.INTER_LINEAR)
    file = out / "input.npz"
    np.savez(file, linear=scene.linear, states=states, prior=np.clip(prior, 0, 1))
    row: dict = {"scene": scene.name, "unknown": float(unknown.mean()), "methods": {}}
    for method in ("relens", "closed form", "closed form, encoded"):
        if method == "closed form, encoded" and scene.alpha.size > 1e6:
            continue
        words = [sys.executable, __file__, "--one", method, str(file)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{scene.name:14} {method:22} failed: {done.stderr.strip().splitlines()[-1:]}", flush=True)
            continue
        alpha = np.load(file.with_suffix(".out.npy"))
        cost = json.loads(done.stdout.splitlines()[-1])
        row["methods"][method] = {**cost, **matte_errors(alpha, scene.alpha, unknown)}
        stem = f"{scene.name}-{method}".replace(" ", "-").replace(",", "")
        cv2.imwrite(str(out / f"{stem}.png"), np.round(alpha * 255).astype(np.uint8))
        numbers = " ".join(f"{name} {row['methods'][method][name]:8.2f}" for name in _ERRORS)
        print(f"{scene.name:14} {method:22} {numbers}  {cost['seconds']:7.2f} s {cost['mb']:8.0f} MB", flush=True)
    file.unlink()
    return row


def _one(method: str, file: Path) -> None:
    """Solve one input; print its seconds and the memory it took beyond the input."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    with np.load(file) as data:
        linear, states, prior = (data[name] for name in ("linear", "states", "prior"))
    if method == "relens":
        # Kernels are compiled, or loaded, before the clock starts; the library's are, too.
        _relens(linear[:64, :64], states[:64, :64].copy(), prior[:64, :64])
        edge = np.where(np.arange(64) < 32, 0, 1).astype(np.uint8)
        edge[24:40] = UNKNOWN
        _relens(linear[:64, :64], np.tile(edge, (64, 1)), np.tile(np.linspace(0, 1, 64, dtype=np.float32), (64, 1)))
        before, start = _peak_mb(), time.perf_counter()
        alpha = _relens(linear, states, prior)
    else:
        from pymatting import estimate_alpha_cf

        image = linear if method == "closed form" else srgb_encode(linear)
        small_map = np.full((16, 16), 0.5)
        small_map[:, 0], small_map[:, -1] = 0, 1
        estimate_alpha_cf(np.asarray(image[:16, :16], np.float64), small_map)
        before, start = _peak_mb(), time.perf_counter()
        alpha = estimate_alpha_cf(image.astype(np.float64), trimap(states).astype(np.float64))
    seconds = time.perf_counter() - start
    np.save(file.with_suffix(".out.npy"), np.asarray(alpha, np.float32))
    print(json.dumps({"seconds": seconds, "mb": _peak_mb() - before}))


def _relens(linear: np.ndarray, states: np.ndarray, prior: np.ndarray) -> np.ndarray:
    return solve_band(linear, states, prior, silent)[0]


def _peak_mb() -> float:
    """This process's own peak; what `getrusage` says may be the parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _verdict(rows: list[dict], name: str, *, cost: bool = False) -> None:
    """Medians of the ratios to the better of the closed forms."""
    for error in (*_ERRORS, *(("seconds", "mb") if cost else ())):
        ratios = []
        for row in rows:
            ways = dict(row["methods"])
            own = ways.pop("relens")
            if ways:
                ratios.append(own[error] / max(min(way[error] for way in ways.values()), 1e-9))
        if not ratios:
            continue
        ratio = float(np.median(ratios))
        least = {"seconds": 1 / _TIMES, "mb": 1 / _MEMORY}.get(error, 1.0)
        verdict = "pass" if ratio <= least else "MISS"
        print(f"{verdict}  {name}: {error} is {ratio:.3f} of closed form's; {least:g} at most")


if __name__ == "__main__":
    main()
