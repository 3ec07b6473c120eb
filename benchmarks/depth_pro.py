#!/usr/bin/env python3
"""Depth Pro at full size: time, rate and memory of one run in each precision, each in a process of its own.

Without --weights the numbers of the network are random (seeded), which changes neither time nor memory; the depth is
then meaningless, and what a precision does to it only says how far the arithmetic drifts. With the true weights,
--weights DIR, the boundary F1 of each precision against float32 is that of real depth.

The rate is the useful arithmetic (that of the port's own forward, counted) over wall time; beside it stands the best
rate of float32 matrix products, measured before and after in the same process. The row "port" is transformers' own
forward in float32, as it comes: 35 patches at once and nothing freed. Writes OUT/depth_pro.json.
"""

import argparse
import contextlib
import json
import math
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from boundary_f1 import boundary_f1

CHECKOUT = Path(__file__).parents[1]
PORTRAIT = CHECKOUT / "scenes" / "iphone14-portrait" / "portrait.heic"
PORT = "port"
CPU_PRECISIONS = (PORT, "float32", "bfloat16", "float16", "int8")
CUDA_PRECISIONS = ("float32", "float16", "bfloat16")
# Of float32 on a CPU, at full size: against the port's own rate in the same run.
LEAST_RATE_RATIO = 0.8
MOST_RSS_GB = 6.0
# Of float16 on a GPU.
MOST_LATENCY_MS = 150.0
# A precision that would take longer than this is not run.
PATIENCE_S = 600.0
_INSIDE = "--inside"
_TINY = {"hidden_size": 64, "num_hidden_layers": 12, "num_attention_heads": 2}


def main() -> int:
    """Run each precision, compare, print, check, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, help="the true weights (default: random ones)")
    parser.add_argument("--photo", type=Path, default=PORTRAIT, help="what the network looks at")
    parser.add_argument("--precisions", nargs="+", choices=CPU_PRECISIONS, help="(default: all)")
    parser.add_argument("--device", choices=("cpu", "cuda"), nargs="+", help="(default: the CPU, and the GPU if any)")
    parser.add_argument("--tiny", action="store_true", help="narrow encoders, for a quick check of this script")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "out" / "benchmarks", help="folder for the results")
    parser.add_argument(_INSIDE, nargs=3, metavar=("DEVICE", "PRECISION", "ANSWER"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        device, precision, answer = args.inside
        print(json.dumps(_job(args, device, precision, Path(answer))))
        return 0

    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for device in args.device or _devices():
            default = CPU_PRECISIONS if device == "cpu" else CUDA_PRECISIONS
            reference: np.ndarray | None = None
            for precision in args.precisions or default:
                answer = Path(folder) / f"{device}-{precision}.npy"
                row = _in_process(device, precision, answer)
                rows.append(row)
                if "run_s" in row:
                    canonical = np.load(answer)
                    reference = canonical if precision == "float32" else reference
                    if reference is not None:
                        row |= _difference(canonical, reference)
                print(_line(row), flush=True)
    report = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()},
        "weights": "true" if args.weights else "random",
        "size": "tiny" if args.tiny else "full",
        "rows": rows,
    }
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "depth_pro.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out / 'depth_pro.json'}")
    if not args.weights:
        print("random weights: the depth means nothing, and neither does its boundary F1; give --weights for those")
    port = next((row for row in rows if row["precision"] == PORT), {})
    held = [_holds(row, port) for row in rows]
    return 0 if args.tiny or all(held) else 1


def _devices() -> tuple[str, ...]:
    import torch

    return ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",)


def _in_process(device: str, precision: str, answer: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, *sys.argv[1:], _INSIDE, device, precision, str(answer)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        return {"device": device, "precision": precision, "problem": f"exit status {done.returncode}"}
    return json.loads(done.stdout.splitlines()[-1])


def _job(args: argparse.Namespace, device: str, precision: str, answer: Path) -> dict[str, Any]:
    """One precision, or the port as it comes, in a process of its own."""
    if precision == PORT:
        return _port_job(args, answer)
    import relens
    from relens.depth.depth_pro.forward import predict
    from relens.depth.depth_pro.input import network_input
    from relens.depth.depth_pro.load import blueprint, filled_network, load_network
    from relens.depth.depth_pro.plan import plan_run
    from relens.progress import silent

    model = _narrow_blueprint() if args.tiny else blueprint(args.weights)
    planned_at = time.perf_counter()
    plan = plan_run(model, device, precision)  # pyright: ignore[reportArgumentType]
    row: dict[str, Any] = {
        "device": device,
        "precision": precision,
        "plan_s": time.perf_counter() - planned_at,
        "foreseen_s": plan.seconds,
        "foreseen_gb": plan.memory_bytes() / 1e9,
        "parameters": plan.anatomy.encoder_weights + plan.anatomy.decoder_weights,
        "tflop": _forward_flops(model, plan.anatomy.side_px) / 1e12,
    }
    if plan.seconds > PATIENCE_S:
        return row
    square = network_input(relens.read_photo(args.photo).linear, plan.anatomy.side_px)
    loaded_at = time.perf_counter()
    if args.weights:
        network = load_network(args.weights, plan)
    else:
        network = filled_network(model, _random_tensors(model), Path("random weights"), plan)
    row["load_s"] = time.perf_counter() - loaded_at
    peak_before = _matmul_flops_per_s(device)
    marks: list[float] = []
    if device == "cuda":
        row["run_s"], prediction = _cuda_latency(lambda: predict(network, square, silent, ""))
    else:
        began, cpu = time.perf_counter(), time.process_time()
        prediction = predict(network, square, lambda stage, fraction: marks.append(time.perf_counter()), "")
        row["run_s"], row["run_cpu_s"] = time.perf_counter() - began, time.process_time() - cpu
        row["longest_silence_s"] = float(np.diff(marks).max())
    np.save(answer, prediction.canonical_inverse_depth)
    row["matmul_gflop_s"] = max(peak_before, _matmul_flops_per_s(device)) / 1e9
    row["gflop_s"] = 1e3 * row["tflop"] / row["run_s"]
    row["peak_rss_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    if device == "cuda":
        import torch

        row["peak_gpu_gb"] = torch.cuda.max_memory_allocated() / 1e9
    return row


def _port_job(args: argparse.Namespace, answer: Path) -> dict[str, Any]:
    """The port's own forward on the CPU."""
    import torch

    import relens
    from relens.depth.depth_pro.files import read_tensors, weight_files
    from relens.depth.depth_pro.input import network_input
    from relens.depth.depth_pro.load import blueprint

    model = _narrow_blueprint() if args.tiny else blueprint(args.weights)
    side_px = model.config.patch_size * 4
    row: dict[str, Any] = {"device": "cpu", "precision": PORT, "tflop": _forward_flops(model, side_px) / 1e12}
    files = weight_files(args.weights) if args.weights else ()
    tensors = (each for file in files for each in read_tensors(file)) if files else _random_tensors(model)
    tensors = {name: tensor.float() for name, tensor in tensors}
    model.load_state_dict(tensors, assign=True)
    square = torch.from_numpy(network_input(relens.read_photo(args.photo).linear, side_px))[None]
    peak_before = _matmul_flops_per_s("cpu")
    began = time.perf_counter()
    with torch.inference_mode():
        canonical = model(square).predicted_depth
    row["run_s"] = time.perf_counter() - began
    np.save(answer, canonical[0].numpy())
    row["matmul_gflop_s"] = max(peak_before, _matmul_flops_per_s("cpu")) / 1e9
    row["gflop_s"] = 1e3 * row["tflop"] / row["run_s"]
    row["peak_rss_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    return row


def _narrow_blueprint() -> Any:
    import torch
    from transformers import DepthProConfig, DepthProForDepthEstimation

    from relens.depth.depth_pro.architecture import apple_configuration

    settings = apple_configuration()
    for part in ("image_model_config", "patch_model_config", "fov_model_config"):
        settings[part] |= _TINY
    settings |= {"fusion_hidden_size": 32, "intermediate_feature_dims": [32, 32]}
    settings["scaled_images_feature_dims"] = [64, 64, 32]
    with torch.device("meta"):
        return DepthProForDepthEstimation(DepthProConfig(**settings)).eval()  # pyright: ignore[reportCallIssue]


def _random_tensors(model: Any) -> Iterator[tuple[str, Any]]:
    """The same for every precision; of a size that keeps the signal's through every layer."""
    import torch

    for index, (name, parameter) in enumerate(model.named_parameters()):
        generator = torch.Generator().manual_seed(index)
        tensor = torch.empty(parameter.shape)
        if tensor.ndim >= 2 and "token" not in name and "position" not in name:
            inputs = tensor[0].numel() if tensor.ndim == 4 or "layer" in name else tensor.shape[1]
            # Two by two transposed convolutions meet each output pixel once.
            inputs = tensor.shape[0] if "weight" in name and tensor.shape[2:] == (2, 2) else inputs
            tensor.uniform_(-1, 1, generator=generator).mul_(math.sqrt(3 / inputs))
        elif name.endswith(("norm1.weight", "norm2.weight", "layernorm.weight", "lambda1")):
            tensor.fill_(1.0)
        else:
            tensor.uniform_(-0.1, 0.1, generator=generator)
        if name.endswith("head.layers.4.bias"):
            tensor.fill_(1.0)
        yield name, tensor


def _forward_flops(model: Any, side_px: int) -> float:
    """Of the port's own forward, on the "meta" device: counted, not computed."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        model(torch.empty(1, 3, side_px, side_px, device="meta"))
    return float(counter.get_total_flops())


def _matmul_flops_per_s(device: str) -> float:
    """The best rate of float32 products in the shapes of a transformer layer, on one patch and on five."""
    import torch

    best = 0.0
    wait = torch.cuda.synchronize if device == "cuda" else contextlib.nullcontext
    with torch.inference_mode():
        for rows in (577, 5 * 577):
            for inputs, outputs in ((1024, 4096), (4096, 1024), (1024, 1024)):
                tokens, linear = torch.randn(rows, inputs, device=device), torch.nn.Linear(inputs, outputs).to(device)
                for _ in range(5):
                    wait()
                    began = time.perf_counter()
                    linear(tokens)
                    wait()
                    best = max(best, 2 * rows * inputs * outputs / (time.perf_counter() - began))
    return best


def _cuda_latency(call: Any) -> tuple[float, Any]:
    """The median of ten runs after three, by the device's own clock."""
    import torch

    times = []
    for _ in range(13):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        answer = call()
        end.record()
        torch.cuda.synchronize()
        times.append(start.elapsed_time(end) / 1000)
    return float(np.median(times[3:])), answer


def _difference(canonical: np.ndarray, reference: np.ndarray) -> dict[str, Any]:
    """How far the answer is from that of float32, where either sees something nearer than the sky."""
    near = (canonical > 1e-4) & (reference > 1e-4)
    log_ratio = np.abs(np.log(canonical[near] / reference[near])) if near.any() else np.array([np.nan])
    return {
        "median_difference": float(np.median(log_ratio)),
        "p99_difference": float(np.percentile(log_ratio, 99)),
        "boundary_f1_to_float32": boundary_f1(canonical, reference),
        "spread_of_log_depth": float(np.log(reference[near]).std()) if near.any() else float("nan"),
    }


def _line(row: dict[str, Any]) -> str:
    head = f"{row['device']:>4} {row['precision']:>8}  "
    if "problem" in row:
        return head + row["problem"]
    if "run_s" not in row:
        return head + f"not run: it would take {row['foreseen_s']:.0f} s"
    text = (
        f"{row['run_s']:8.3f} s  {row['gflop_s']:7.0f} GFLOP/s, float32 products {row['matmul_gflop_s']:.0f}: "
        f"{row['gflop_s'] / row['matmul_gflop_s']:.2f}  peak {row['peak_rss_gb']:.2f} GB"
    )
    if "foreseen_s" in row:
        text += f"  (foreseen {row['foreseen_s']:.3f} s, {row['foreseen_gb']:.2f} GB)"
    if "peak_gpu_gb" in row:
        text += f"  GPU {row['peak_gpu_gb']:.2f} GB"
    if "median_difference" in row and row["precision"] not in ("float32", PORT):
        text += (
            f"  differs from float32 by {row['median_difference']:.2%} (99 %: {row['p99_difference']:.2%}), "
            f"boundary F1 {row['boundary_f1_to_float32']:.3f}"
        )
    return head + text


def _holds(row: dict[str, Any], port: dict[str, Any]) -> bool:
    """The floors, each missed one printed."""
    if row["precision"] != ("float32" if row["device"] == "cpu" else "float16") or "run_s" not in row:
        return True
    if row["device"] == "cpu":
        checks = {f"peak memory, at most {MOST_RSS_GB} GB": row["peak_rss_gb"] <= MOST_RSS_GB}
        if "run_s" in port:
            name = f"rate over the port's own, at least {LEAST_RATE_RATIO}"
            checks[name] = port["run_s"] >= LEAST_RATE_RATIO * row["run_s"]
    else:
        checks = {f"latency, at most {MOST_LATENCY_MS} ms": 1000 * row["run_s"] <= MOST_LATENCY_MS}
    for name, held in checks.items():
        print(f"{'ok    ' if held else 'MISSED'} {row['device']} {row['precision']}: {name}")
    return all(checks.values())


if __name__ == "__main__":
    sys.exit(main())
