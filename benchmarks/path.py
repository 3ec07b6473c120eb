#!/usr/bin/env python3
"""How long a path of many keyframes takes: loading its file, and sampling as many frames.

Prints a table, checks the floor, and writes OUT/path.json. Exit status 1 when the floor is missed.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from two_layers import two_layers

import relens
from relens.path import CameraPath, read_path, shots
from relens.rotation import exp_so3

CHECKOUT = Path(__file__).parents[1]
LIMIT_S = 1.0
RUNS = 5


def main() -> int:
    """Write the files, load and sample them; print, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keyframes", type=int, default=10_000)
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    args = parser.parse_args()

    scene = two_layers(0.1)
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in _files(args.keyframes).items():
            file = Path(folder) / name.replace(" ", "-")
            file.write_text(text)
            loads, samplings = [], []
            for _ in range(RUNS):
                start_s = time.perf_counter()
                path = read_path(file)
                loaded_s = time.perf_counter()
                assert isinstance(path, CameraPath)
                frames = shots(path, scene)
                samplings.append(time.perf_counter() - loaded_s)
                loads.append(loaded_s - start_s)
            assert len(frames) == args.keyframes
            rows[name] = {"load_s": statistics.median(loads), "sample_s": statistics.median(samplings)}
    print(f"{args.keyframes} keyframes, as many frames, medians of {RUNS}\n")
    print(f"{'file':28}{'load':>9}{'sample':>9}{'sum':>9}")
    checks = []
    for name, row in rows.items():
        total_s = row["load_s"] + row["sample_s"]
        print(f"{name:28}{row['load_s']:8.3f}s{row['sample_s']:8.3f}s{total_s:8.3f}s")
        checks.append({"floor": f"{name}: under {LIMIT_S:g} s", "measured": total_s, "passed": total_s < LIMIT_S})
    print()
    for check in checks:
        print(f"{'pass' if check['passed'] else 'FAIL'}  {check['floor']}: {check['measured']:.3f}")
    args.out.mkdir(parents=True, exist_ok=True)
    report = {"relens": relens.__version__, "keyframes": args.keyframes, "files": rows, "checks": checks}
    (args.out / "path.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'path.json'}")
    return 0 if all(check["passed"] for check in checks) else 1


def _files(count: int) -> dict[str, str]:
    """A long drift as JSON and as YAML, by eye and angles, and by matrices."""
    rng = np.random.default_rng(1)
    eyes_m = np.cumsum(rng.normal(0, 1e-4, (count, 3)), axis=0).round(6)
    turns_deg = np.cumsum(rng.normal(0, 0.01, (count, 3)), axis=0).round(4)
    times_s = (np.arange(count) / 24).round(6)
    by_angles = [
        {"at_s": time_s, "eye_m": eye_m, "yaw_deg": yaw, "pitch_deg": pitch, "roll_deg": roll, "focus": "subject"}
        for time_s, eye_m, (yaw, pitch, roll) in zip(times_s.tolist(), eyes_m.tolist(), turns_deg.tolist(), strict=True)
    ]
    poses = np.tile(np.eye(4), (count, 1, 1))
    poses[:, :3, :3], poses[:, :3, 3] = exp_so3(np.radians(turns_deg)), eyes_m
    by_matrix = [
        {"at_s": time_s, "camera_to_world": pose, "fov_deg": 40, "focus": 2, "f_number": 2}
        for time_s, pose in zip(times_s.tolist(), poses.reshape(count, 16).tolist(), strict=True)
    ]
    files = {}
    for name, keyframes in (("angles", by_angles), ("matrices", by_matrix)):
        files[f"{name}.json"] = json.dumps({"keyframes": keyframes})
        # A keyframe a line, as YAML that a script writes.
        files[f"{name}.yaml"] = "keyframes:\n" + "".join(f"  - {json.dumps(key)}\n" for key in keyframes)
    return files


if __name__ == "__main__":
    sys.exit(main())
