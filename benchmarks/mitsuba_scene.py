"""Mitsuba 3 on a layered mesh: its thin-lens sensor, its ray intersection, its textures; nothing of relens.

With Debian's libllvm19 (or another LLVM from 17 on, named by DRJIT_LIBLLVM_PATH) the `llvm_ad_rgb` variant compiles
everything for the machine; without, `scalar_rgb` walks ray by ray.
"""

import math
import os
from dataclasses import dataclass
from glob import glob
from types import ModuleType
from typing import Any

import numpy as np
from layered_mesh import LayeredMesh

from relens import Camera, Lens

# Versions 14 to 16 abort the process.
_LLVM_FILES = [f"/usr/lib/*/libLLVM{name}" for n in (19, 18, 17) for name in (f".so.{n}.1", f"-{n}.so", f"-{n}.so.1")]
_LLVM_FILES += [f"/usr/lib/llvm-{n}/lib/libLLVM.so*" for n in (20, 19, 18, 17)]
_MOST_SURFACES = 16  # that one ray may pass; relens has no limit
# A ray goes on this far behind a surface. Mitsuba's own step of about 0.4 mm misses surfaces that cross there.
_STEP_M = 2e-5
_MOST_RAYS = 1 << 22  # in one kernel


def load_mitsuba() -> ModuleType:
    """Mitsuba in its fastest variant that works on this machine's CPU."""
    import mitsuba as mi

    if "DRJIT_LIBLLVM_PATH" not in os.environ:
        found = [path for pattern in _LLVM_FILES for path in sorted(glob(pattern))]
        if found:
            os.environ["DRJIT_LIBLLVM_PATH"] = found[0]
    mi.set_variant("llvm_ad_rgb" if "DRJIT_LIBLLVM_PATH" in os.environ else "scalar_rgb")
    return mi


def describe(mi: ModuleType) -> str:
    """Version, variant, and the LLVM behind it, for the report."""
    llvm = f", {os.environ['DRJIT_LIBLLVM_PATH']}" if mi.variant().startswith("llvm") else ""
    return f"Mitsuba {mi.__version__}, {mi.variant()}{llvm}"


def mitsuba_scene(mi: ModuleType, mesh: LayeredMesh):
    """The mesh as one shape: colour as a diffuse reflectance, which is read and never lit, alpha as a mask."""

    def texture(pixels: np.ndarray) -> dict:
        bitmap = mi.Bitmap(np.ascontiguousarray(pixels))
        return {"type": "bitmap", "bitmap": bitmap, "raw": True, "filter_type": "bilinear", "wrap_mode": "clamp"}

    surface = mi.load_dict(
        {
            "type": "mask",
            "opacity": texture(mesh.rgba[..., 3:]),
            "nested": {"type": "twosided", "nested": {"type": "diffuse", "reflectance": texture(mesh.rgba[..., :3])}},
        }
    )
    properties = mi.Properties()
    properties["mesh_bsdf"] = surface
    properties["face_normals"] = True
    shape = mi.Mesh("layers", len(mesh.vertices_m), len(mesh.triangles), props=properties, has_vertex_texcoords=True)
    parameters = mi.traverse(shape)
    parameters["vertex_positions"] = mesh.vertices_m.ravel()
    parameters["vertex_texcoords"] = mesh.uv.ravel()
    parameters["faces"] = mesh.triangles.ravel()
    parameters.update()
    return mi.load_dict({"type": "scene", "layers": shape})


@dataclass(frozen=True)
class MitsubaCamera:
    """Mitsuba's `thinlens` for a camera of relens, and the shift of the picture that its film leaves over (px)."""

    sensor: Any
    size_px: tuple[int, int]
    shift_px: tuple[float, float]
    sampler: str

    def rays(self, mi: ModuleType, column_px, row_px, pupil_square):
        """Rays through points of the picture, in relens's pixels, and of the unit square that becomes the pupil."""
        (width, height), (dx, dy) = self.size_px, self.shift_px
        position = mi.Point2f((column_px - dx) / width, (row_px - dy) / height)
        return self.sensor.sample_ray(mi.Float(0), mi.Float(0.5), position, pupil_square)[0]


def mitsuba_camera(mi: ModuleType, camera: Camera, lens: Lens, sampler: str = "independent") -> MitsubaCamera:
    """The camera and lens of relens as Mitsuba's `thinlens`; its camera looks along +z with x to the left and y up.

    The plugin's principal point is its film's middle: the film is widened until that is true to the nearest half pixel,
    and cropped to the picture.
    """
    k = camera.intrinsics
    if k.fx_px != k.fy_px:
        raise ValueError(f"fx {k.fx_px} px, fy {k.fy_px} px: Mitsuba's thin lens has square pixels")
    off_px = 2 * k.cx_px - k.width_px, 2 * k.cy_px - k.height_px  # film beyond the picture on one side
    whole_px = round(off_px[0]), round(off_px[1])
    film_px = k.width_px + abs(whole_px[0]), k.height_px + abs(whole_px[1])
    sensor = mi.load_dict(
        {
            "type": "thinlens",
            "to_world": mi.ScalarTransform4f(camera.camera_to_world @ np.diag([-1.0, -1.0, 1.0, 1.0])),
            "fov": math.degrees(2 * math.atan(film_px[0] / 2 / k.fx_px)),
            "fov_axis": "x",
            "aperture_radius": lens.pupil_diameter_m / 2,
            "focus_distance": lens.focus_distance_m,
            "near_clip": 0.01,
            "far_clip": 1e6,
            "sampler": {"type": sampler},
            "film": {
                "type": "hdrfilm",
                "width": film_px[0],
                "height": film_px[1],
                "crop_width": k.width_px,
                "crop_height": k.height_px,
                "crop_offset_x": max(-whole_px[0], 0),
                "crop_offset_y": max(-whole_px[1], 0),
                "pixel_format": "rgb",
                "component_format": "float32",
                "rfilter": {"type": "box"},
            },
        }
    )
    shift_px = (off_px[0] - whole_px[0]) / 2, (off_px[1] - whole_px[1]) / 2
    return MitsubaCamera(sensor, (k.width_px, k.height_px), shift_px, sampler)


def radiance(mi: ModuleType, scene, ray, active=True):
    """Premultiplied RGB that a ray gathers: colours laid over one another near to far, back faces let through."""
    import drjit as dr

    scalar = mi.variant().startswith("scalar")

    def step(light, clear, passed, active, ray, last):
        hit = scene.ray_intersect(ray, active)
        if scalar and not hit.is_valid():  # there is no surface to ask
            return light, clear, passed, False, ray, last
        active = active & hit.is_valid()
        seen = active & (dr.dot(hit.n, ray.d) < 0) & (hit.prim_index != last)
        bsdf = hit.bsdf(ray)
        colour = bsdf.eval_diffuse_reflectance(hit, seen)
        alpha = 1 - bsdf.eval_null_transmission(hit, seen)[0]
        light = light + dr.select(seen, clear * colour, 0)
        clear = dr.select(seen, clear * (1 - alpha), clear)
        passed = passed + 1
        on = active & (clear > 1e-4) & (passed < _MOST_SURFACES)
        return light, clear, passed, on, mi.Ray3f(hit.p + _STEP_M * ray.d, ray.d), mi.UInt32(hit.prim_index)

    none = mi.UInt32(0xFFFFFFFF)
    state = mi.Color3f(0), mi.Float(1), mi.UInt32(0), mi.Bool(active), mi.Ray3f(ray), none
    if scalar:
        while state[3]:
            state = step(*state)
    else:
        labels = ("light", "clear", "passed", "on", "ray", "last")
        loop: Any = dr.while_loop  # its stubs know one state variable only
        state = loop(state, lambda *state: state[3], step, labels=labels)
    return state[0]


def unlit_integrator(mi: ModuleType):
    """An integrator for mi.render that shows surfaces as they are."""

    class Unlit(mi.SamplingIntegrator):
        def sample(self, scene, sampler, ray, medium=None, active=True):
            return radiance(mi, scene, ray, active), True, []

    return Unlit(mi.Properties())


def picture_at(
    mi: ModuleType, scene, camera: MitsubaCamera, pixels: np.ndarray, samples: int, seed: int = 0, jitter: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """The mean over random lens rays, and its standard error, at points of the picture: two (n, 3) float64 arrays.

    `pixels` (n, 2) are (column, row); with `jitter` each ray starts somewhere in the square pixel around its point, as
    the box filter of Mitsuba's film has it.
    """
    sampler = mi.load_dict({"type": "independent"})
    sums = np.zeros((6, len(pixels)))
    if mi.variant().startswith("scalar"):
        for index, point in enumerate(pixels):
            sampler.seed(seed + index, 1)
            for _ in range(samples):
                sums[:, index] += np.array(
                    _light_and_square(mi, scene, camera, sampler, point[0], point[1], jitter)
                ).ravel()
    else:
        import drjit as dr

        most = max(1, _MOST_RAYS // len(pixels))
        for first in range(0, samples, most):
            count = min(most, samples - first)
            # A pixel's rays side by side: they meet the same triangles.
            sampler.seed(seed + first, len(pixels) * count)
            column, row = (dr.repeat(mi.Float(axis.astype(np.float32)), count) for axis in pixels.T)
            both = _light_and_square(mi, scene, camera, sampler, column, row, jitter)
            dr.eval(*both)  # once, not once a channel
            values = [dr.block_sum(channel, count) for colour in both for channel in (colour.x, colour.y, colour.z)]
            sums += np.array([value.numpy() for value in values])
    mean, square = (sums.T / samples).reshape(-1, 2, 3).transpose(1, 0, 2)
    return mean, np.sqrt(np.maximum(square - mean**2, 0) / samples)


def _light_and_square(mi: ModuleType, scene, camera: MitsubaCamera, sampler, column_px, row_px, jitter: bool):
    """Radiance along one ray for each lane, and its square."""
    if jitter:
        within = sampler.next_2d()
        column_px, row_px = column_px + within.x - 0.5, row_px + within.y - 0.5
    light = radiance(mi, scene, camera.rays(mi, column_px, row_px, sampler.next_2d()))
    return light, light * light
