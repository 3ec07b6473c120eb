"""Embree ray casting, through open3d's RaycastingScene, of a layered mesh; thin lens and texture reading in numpy."""

import time

import numpy as np
from layered_mesh import LayeredMesh

from relens import Camera, Lens

_STEP_M = 2e-5  # a ray goes on this far behind a surface
_MOST_SURFACES = 16


class EmbreeScene:
    """The mesh in Embree's hierarchy, and what shading needs of it."""

    def __init__(self, mesh: LayeredMesh) -> None:
        import open3d

        self._core = open3d.core
        self._scene = open3d.t.geometry.RaycastingScene()
        self._scene.add_triangles(self._tensor(mesh.vertices_m), self._tensor(mesh.triangles))
        height, width = mesh.rgba.shape[:2]
        texel = mesh.uv * np.array([width, height], np.float32) - 0.5
        # Texels of a corner and of the two edges from it, a row for each triangle: one read finds them all.
        a, b, c = (texel[mesh.triangles[:, corner]] for corner in range(3))
        self._frame = np.concatenate([a, b - a, c - a], axis=1)
        self._texels = np.ascontiguousarray(mesh.rgba).reshape(-1, 4)
        self._size = height, width
        self._scene.cast_rays(self._tensor(np.array([[0, 0, 0, 0, 0, 1]], np.float32)))  # builds the hierarchy

    def picture(self, camera: Camera, lens: Lens, samples: int, seed: int) -> tuple[np.ndarray, float]:
        """The mean of independent lens samples, (h, w, 3), and the seconds spent casting."""
        k, random = camera.intrinsics, np.random.default_rng(seed)
        x = (np.arange(k.width_px, dtype=np.float32) + np.float32(0.5 - k.cx_px)) / np.float32(k.fx_px)
        y = (np.arange(k.height_px, dtype=np.float32) + np.float32(0.5 - k.cy_px)) / np.float32(k.fy_px)
        pinhole = np.stack([*np.meshgrid(x, y), np.ones((k.height_px, k.width_px), np.float32)], axis=-1).reshape(-1, 3)
        rotation, eye_m = camera.rotation.astype(np.float32), camera.eye_m.astype(np.float32)
        light, cast_s = np.zeros((len(pinhole), 3), np.float32), 0.0
        rays = np.empty((len(pinhole), 6), np.float32)
        for _ in range(samples):
            pupil_m = _disc(random, len(pinhole), lens.pupil_diameter_m / 2)
            rays[:, 3:] = pinhole
            rays[:, 3:5] -= pupil_m * np.float32(lens.focus_inverse_m)
            rays[:, 3:] = rays[:, 3:] @ rotation.T
            rays[:, :3] = eye_m + pupil_m @ rotation.T[:2]
            cast_s += self._gather(rays, light)
        return (light / samples).reshape(k.height_px, k.width_px, 3), cast_s

    def _gather(self, rays: np.ndarray, light: np.ndarray) -> float:
        """Adds what the rays meet to `light`; the seconds spent casting."""
        clear, cast_s, which, last = None, 0.0, None, None
        for _ in range(_MOST_SURFACES):
            began = time.perf_counter()
            found = self._scene.cast_rays(self._tensor(rays))
            cast_s += time.perf_counter() - began
            t, triangle = found["t_hit"].numpy(), found["primitive_ids"].numpy()
            hit = np.isfinite(t)
            rgba = self._shade(np.where(hit, triangle, 0), found["primitive_uvs"].numpy())
            front = hit & (np.einsum("ij,ij->i", found["primitive_normals"].numpy(), rays[:, 3:]) < 0)
            if last is not None:
                front &= triangle != last
            rgba *= front[:, None]
            if which is None or clear is None:
                light += rgba[:, :3]
                clear = 1 - rgba[:, 3]
            else:
                light[which] += clear[:, None] * rgba[:, :3]
                clear *= 1 - rgba[:, 3]
            on = hit & (clear > 1e-4)
            if not on.any():
                break
            step = t[on] + _STEP_M / np.linalg.norm(rays[on, 3:], axis=1)
            rays = np.column_stack([rays[on, :3] + step[:, None] * rays[on, 3:], rays[on, 3:]])
            which = np.flatnonzero(on) if which is None else which[on]
            clear, last = clear[on], triangle[on]
        return cast_s

    def _shade(self, triangle: np.ndarray, uv: np.ndarray) -> np.ndarray:
        """The texture at barycentric coordinates of triangles, bilinear, (n, 4)."""
        frame, (height, width) = self._frame[triangle], self._size
        column = frame[:, 0] + uv[:, 0] * frame[:, 2] + uv[:, 1] * frame[:, 4]
        row = frame[:, 1] + uv[:, 0] * frame[:, 3] + uv[:, 1] * frame[:, 5]
        left = np.clip(column.astype(np.int32), 0, width - 2)
        top = np.clip(row.astype(np.int32), 0, height - 2)
        right_part, low_part = (column - left)[:, None], (row - top)[:, None]
        at = top * width + left
        upper = self._texels[at] * (1 - right_part) + self._texels[at + 1] * right_part
        lower = self._texels[at + width] * (1 - right_part) + self._texels[at + width + 1] * right_part
        return upper * (1 - low_part) + lower * low_part

    def _tensor(self, values: np.ndarray):
        return self._core.Tensor.from_numpy(np.ascontiguousarray(values))


def _disc(random: np.random.Generator, count: int, radius_m: float) -> np.ndarray:
    """Points uniform on a disc, (n, 2) float32."""
    radius = np.float32(radius_m) * np.sqrt(random.random(count, dtype=np.float32))
    angle = np.float32(2 * np.pi) * random.random(count, dtype=np.float32)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
