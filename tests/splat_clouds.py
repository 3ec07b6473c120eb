"""Clouds of Gaussian splats, and files of them as the trainers and SHARP write them."""

import numpy as np

from relens.splats import Splats

SH_0 = 0.5 / np.sqrt(np.pi)


def cloud(means_m, scale_m, rgb=(0.5, 0.5, 0.5), opacity=0.9, rotations=(1, 0, 0, 0), **more):
    """Splats of plain colours; every argument for all of them, or one for each."""
    means_m = np.atleast_2d(np.asarray(means_m, np.float32))
    count = len(means_m)

    def each(values, size):
        return np.ascontiguousarray(np.broadcast_to(np.asarray(values, np.float32), (count, size)))

    scale_m = np.asarray(scale_m, np.float32)
    scales_m = each(scale_m[:, None] if scale_m.ndim == 1 and len(scale_m) == count != 3 else scale_m, 3)
    sh = ((each(rgb, 3) - 0.5) / SH_0).astype(np.float32)[:, None]
    opacity = np.ascontiguousarray(np.broadcast_to(np.asarray(opacity, np.float32), (count,)))
    return Splats(means_m, scales_m, each(rotations, 4), opacity, sh, **more)


def random_cloud(seed, count=40, degree=0, spread_m=(0.6, 0.5), depth_m=(1.0, 3.0)):
    """Long and flat splats of all directions, opacities and colours, before a camera at the origin."""
    rng = np.random.default_rng(seed)
    x, y = (rng.uniform(-spread, spread, count) for spread in spread_m)
    means_m = np.column_stack([x, y, rng.uniform(*depth_m, count)])
    rotations = rng.normal(size=(count, 4))
    rotations /= np.linalg.norm(rotations, axis=1, keepdims=True)
    return Splats(
        means_m.astype(np.float32),
        np.exp(rng.uniform(-5, -1.5, (count, 3))).astype(np.float32),
        rotations.astype(np.float32),
        rng.uniform(0.02, 1, count).astype(np.float32),
        rng.normal(0, 0.5, (count, (degree + 1) ** 2, 3)).astype(np.float32),
    )


def wall(depth_m, half_m, step_m, rgb_at, opacity=0.95):
    """A square of small flat splats across the axis; rgb_at(x, y) gives their colours."""
    at = np.arange(-half_m + step_m / 2, half_m, step_m)
    x, y = (values.ravel() for values in np.meshgrid(at, at))
    means_m = np.column_stack([x, y, np.full(len(x), depth_m)])
    return cloud(means_m, [0.6 * step_m, 0.6 * step_m, 0.02 * step_m], rgb_at(x, y), opacity)


def together(*clouds):
    """Clouds as one."""
    names = ("means_m", "scales_m", "rotations", "opacity", "sh")
    return Splats(*(np.concatenate([getattr(each, name) for each in clouds]) for name in names))


def raw_rows(splats, rest=0, normals=False):
    """The vertex rows of a splat PLY: names and numbers, (n, columns)."""
    names = ["x", "y", "z", *(["nx", "ny", "nz"] if normals else []), "f_dc_0", "f_dc_1", "f_dc_2"]
    names += [f"f_rest_{i}" for i in range(rest)]
    names += ["opacity", "scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3"]
    count = len(splats)
    with np.errstate(divide="ignore"):
        logit = np.log(splats.opacity / (1 - splats.opacity))[:, None]
        columns = [splats.means_m, *([np.zeros((count, 3))] if normals else []), splats.sh[:, 0]]
        columns += [splats.sh[:, 1:].swapaxes(1, 2).reshape(count, -1)[:, :rest], logit]
        # Trainers write quaternions of any length.
        columns += [np.log(splats.scales_m), 2.5 * splats.rotations]
    return names, np.column_stack(columns)


def write_ply(path, names, rows, extra=(), order="<", count=None):
    """A PLY file; extra: (element, kind, numbers) after the vertices; count: what the header claims."""
    words = {"f4": "float", "u4": "uint", "i4": "int", "u1": "uchar"}
    form = {"<": "binary_little_endian", ">": "binary_big_endian", "": "ascii"}[order]
    lines = ["ply", f"format {form} 1.0", "comment made by a test", f"element vertex {count or len(rows)}"]
    lines += [f"property float {name}" for name in names]
    for name, kind, numbers in extra:
        lines += [f"element {name} {len(numbers)}", f"property {words[kind]} {name}"]
    data = "\n".join([*lines, "end_header", ""]).encode()
    if order:
        data += rows.astype(order + "f4").tobytes()
        data += b"".join(np.asarray(numbers).astype(order + kind).tobytes() for _, kind, numbers in extra)
    else:
        data += "".join(" ".join(f"{value:.9g}" for value in row) + "\n" for row in rows).encode()
        data += "".join(f"{number}\n" for _, _, numbers in extra for number in numbers).encode()
    path.write_bytes(data)
    return path


def write_sharp(path, splats, fx_px=512.0, size=(640, 480), colour_space=0):
    """What SHARP's save_ply writes: no normals, no harmonics beyond the first, and the photo's camera."""
    intrinsic = [fx_px, 0, size[0] / 2, 0, fx_px, size[1] / 2, 0, 0, 1]
    extra = [("extrinsic", "f4", np.eye(4).ravel()), ("intrinsic", "f4", intrinsic), ("image_size", "u4", size),
             ("frame", "i4", [1, len(splats)]), ("disparity", "f4", [0.1, 0.9]), ("color_space", "u1", [colour_space]),
             ("version", "u1", [1, 5, 0])]  # fmt: skip
    return write_ply(path, *raw_rows(splats), extra)
