"""Path tracing of the scenes of truth_scenes.py with Mitsuba 3: photographs, depth, coverage."""

import math
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from truth_lamps import lamp_light
from truth_scene import HEIGHT_PX, SENSOR_WIDTH_MM, WIDTH_PX, Surface, TruthLens, TruthScene, fx_px, pupil_radius_m
from truth_shapes import Shape

_PASS_SAMPLES = 16
_LAMP_SAMPLES = 64  # in a pass; so bright a light shows its noise
# Depth is that of the first surface with which this much of what lies behind is covered.
_LEAST_COVER = 0.25
_MOST_SURFACES = 12
_MIDDLE_M = np.array([0.0, 0.0, 2.0])
# A ray goes on this far behind a see-through surface.
_STEP_M = 2e-5


@dataclass(frozen=True)
class Traced:
    """Linear light (h, w, 3), the samples that each pixel got, and the standard error of each value."""

    linear: np.ndarray
    samples: int
    noise: np.ndarray


def world(mi, scene: TruthScene, only_foreground: bool = False, black: str = ""):
    """The scene for Mitsuba; `black` takes the colour of its "foreground" or "background" away."""
    parts: dict[str, Any] = {"type": "scene"}
    for number, surface in enumerate(scene.surfaces):
        if only_foreground and not surface.is_foreground:
            continue
        is_black = black == ("foreground" if surface.is_foreground else "background")
        parts[f"surface{number}"] = _mesh(mi, surface, is_black)
    for number, window in enumerate(scene.windows):
        mesh = _mesh_of(mi, _facing_inwards(window.shape), mi.load_dict({"type": "diffuse"}), window.radiance)
        parts[f"window{number}"] = mesh
    for number, lamp in enumerate(scene.lamps):
        # Its light comes from a point that no camera sees; its disc is black here and drawn by truth_lamps.py.
        parts[f"disc{number}"] = {
            "type": "disk",
            "to_world": mi.ScalarTransform4f().translate(lamp.place_m).scale(lamp.radius_m),
            "bsdf": {"type": "diffuse", "reflectance": {"type": "rgb", "value": 0.0}},
        }
        if not lamp.lights_scene:
            continue
        power = math.pi * lamp.radius_m**2
        parts[f"lamp{number}"] = {
            "type": "point",
            "position": [lamp.place_m[0], lamp.place_m[1], lamp.place_m[2] - 0.01],
            "intensity": {"type": "rgb", "value": [power * value for value in lamp.radiance]},
        }
    if any(scene.sky):
        parts["sky"] = {"type": "constant", "radiance": {"type": "rgb", "value": list(scene.sky)}}
    if scene.sun is not None:
        way, irradiance = scene.sun
        value = [irradiance, 0.93 * irradiance, 0.8 * irradiance]
        parts["sun"] = {"type": "directional", "direction": list(way), "irradiance": {"type": "rgb", "value": value}}
    return mi.load_dict(parts)


def photograph(
    mi, scene: TruthScene, traced, lens: TruthLens | None, samples: int, time_limit_s: float, seed: int
) -> Traced:
    """A picture with a lens, or of the photo's pinhole, over the pixels' squares, in passes until time is up."""
    sensor = _sensor(mi, scene, lens)
    # Only the volume path tracer lets shadows through see-through surfaces.
    kind = "volpath" if any(surface.texture.shape[-1] == 4 for surface in scene.surfaces) else "path"
    integrator = mi.load_dict({"type": kind, "max_depth": scene.bounces + (6 if kind == "volpath" else 1)})
    total, square, passes = np.zeros((HEIGHT_PX, WIDTH_PX, 3)), np.zeros((HEIGHT_PX, WIDTH_PX, 3)), 0
    began = time.perf_counter()
    while passes * _PASS_SAMPLES < samples and (passes < 2 or time.perf_counter() - began < time_limit_s):
        picture = np.array(
            mi.render(traced, sensor=sensor, integrator=integrator, spp=_PASS_SAMPLES, seed=seed + passes), np.float64
        )
        picture += lamp_light(mi, scene, traced, lens, _LAMP_SAMPLES, seed + passes)
        total, square, passes = total + picture, square + picture**2, passes + 1
    mean = total / passes
    noise = np.sqrt(np.maximum(square / passes - mean**2, 0) / max(passes - 1, 1))
    return Traced(mean, passes * _PASS_SAMPLES, noise)


def depth(mi, scene: TruthScene) -> np.ndarray:
    """z-depth (h, w) in metres at pixel centres, of what covers a quarter of what lies behind; inf where nothing is."""
    row, column = (axis.ravel() + 0.5 for axis in np.mgrid[:HEIGHT_PX, :WIDTH_PX])
    _, metres = _march(mi, world(mi, scene), _pinhole_rays(mi, scene, column, row))
    return metres.reshape(HEIGHT_PX, WIDTH_PX).astype(np.float32)


def coverage(mi, scene: TruthScene, samples: int) -> np.ndarray:
    """What the foreground covers of each pixel's square, (h, w), from jittered rays on a grid of `samples`."""
    across = max(1, round(math.sqrt(samples)))
    foreground = world(mi, scene, only_foreground=True)
    random = np.random.default_rng(1)
    row, column = (axis.ravel() for axis in np.mgrid[:HEIGHT_PX, :WIDTH_PX])
    total = np.zeros(row.size)
    for place in range(across * across):
        shift = (np.array(divmod(place, across))[:, None] + random.random((2, row.size))) / across
        total += 1 - _march(mi, foreground, _pinhole_rays(mi, scene, column + shift[0], row + shift[1]))[0]
    return (total / across**2).reshape(HEIGHT_PX, WIDTH_PX).astype(np.float32)


def _mesh(mi, surface: Surface, is_black: bool):
    def texture(pixels: np.ndarray) -> dict:
        bitmap = mi.Bitmap(np.ascontiguousarray(pixels, np.float32))
        return {"type": "bitmap", "bitmap": bitmap, "raw": True, "filter_type": "bilinear", "wrap_mode": "repeat"}

    reflectance = {"type": "rgb", "value": 0.0} if is_black else texture(surface.texture[..., :3])
    bsdf = {"type": "twosided", "nested": {"type": "diffuse", "reflectance": reflectance}}
    if surface.texture.shape[-1] == 4:
        opacity = texture(surface.texture[..., 3:]) | {"wrap_mode": "clamp"}
        bsdf = {"type": "mask", "opacity": opacity, "nested": bsdf}
    return _mesh_of(mi, surface.shape, mi.load_dict(bsdf))


def _mesh_of(mi, shape, bsdf, radiance: tuple[float, float, float] | None = None):
    properties = mi.Properties()
    properties["mesh_bsdf"] = bsdf
    if radiance is not None:
        light = {"type": "area", "radiance": {"type": "rgb", "value": list(radiance)}}
        properties["mesh_emitter"] = mi.load_dict(light)
    counts = len(shape.vertices_m), len(shape.triangles)
    mesh = mi.Mesh("shape", *counts, has_vertex_normals=True, has_vertex_texcoords=True, props=properties)
    parameters = mi.traverse(mesh)
    parameters["vertex_positions"] = shape.vertices_m.astype(np.float32).ravel()
    parameters["vertex_normals"] = shape.normals.astype(np.float32).ravel()
    parameters["vertex_texcoords"] = shape.uv.astype(np.float32).ravel()
    parameters["faces"] = shape.triangles.astype(np.uint32).ravel()
    parameters.update()
    return mesh


def _facing_inwards(shape: Shape) -> Shape:
    """A flat shape with its front to where scenes have their middle."""
    a, b, c = shape.vertices_m[shape.triangles[0]]
    looks_in = np.dot(np.cross(b - a, c - a), _MIDDLE_M - a) > 0
    return shape if looks_in else replace(shape, normals=-shape.normals, triangles=shape.triangles[:, ::-1])


def _sensor(mi, scene: TruthScene, lens: TruthLens | None):
    eye_m = (0.0, 0.0, 0.0) if lens is None else lens.eye_m
    # Mitsuba's camera looks along +z with x to the left and y up.
    pose = np.diag([-1.0, -1.0, 1.0, 1.0])
    pose[:3, 3] = eye_m
    sensor: dict[str, Any] = {
        "type": "perspective",
        "to_world": mi.ScalarTransform4f(pose),
        "fov": math.degrees(2 * math.atan(SENSOR_WIDTH_MM / 2 / scene.focal_length_mm)),
        "fov_axis": "x",
        "near_clip": 0.01,
        "far_clip": 1e6,
        "sampler": {"type": "multijitter"},
        "film": {
            "type": "hdrfilm",
            "width": WIDTH_PX,
            "height": HEIGHT_PX,
            "pixel_format": "rgb",
            "component_format": "float32",
            "rfilter": {"type": "box"},
        },
    }
    if lens is not None:
        sensor |= {
            "type": "thinlens",
            "aperture_radius": pupil_radius_m(scene, lens),
            "focus_distance": lens.focus_distance_m,
        }
    return mi.load_dict(sensor)


def _pinhole_rays(mi, scene: TruthScene, column_px: np.ndarray, row_px: np.ndarray):
    focal_px = fx_px(scene)
    way = np.stack([(column_px - WIDTH_PX / 2) / focal_px, (row_px - HEIGHT_PX / 2) / focal_px, np.ones(len(row_px))])
    way /= np.linalg.norm(way, axis=0)
    return mi.Ray3f(mi.Point3f(0, 0, 0), mi.Vector3f(*(mi.Float(axis.astype(np.float32)) for axis in way)))


def _march(mi, traced, ray) -> tuple[np.ndarray, np.ndarray]:
    """What rays see through everything, and the z at which a quarter of the light is stopped (inf: never)."""
    import drjit as dr

    def step(clear, metres, passed, active, ray):
        hit = traced.ray_intersect(ray, active)
        active = active & hit.is_valid()
        behind = clear * dr.select(active, hit.bsdf(ray).eval_null_transmission(hit, active)[0], 1)
        metres = dr.select(active & (clear > 1 - _LEAST_COVER) & (behind <= 1 - _LEAST_COVER), hit.p.z, metres)
        passed = passed + 1
        on = active & (behind > 1e-3) & (passed < _MOST_SURFACES)
        return behind, metres, passed, on, mi.Ray3f(hit.p + _STEP_M * ray.d, ray.d)

    count = dr.width(ray)
    state = dr.ones(mi.Float, count), dr.full(mi.Float, math.inf, count), mi.UInt32(0), mi.Bool(True), ray
    loop: Any = dr.while_loop
    clear, metres, *_ = loop(state, lambda *s: s[3], step, labels=("clear", "metres", "passed", "on", "ray"))
    return clear.numpy().astype(np.float64), metres.numpy()
