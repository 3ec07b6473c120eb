"""Scores of a fitted surface against the true one: F-score, precision, recall, Chamfer, and thin parts by themselves.

Points are drawn alike over both surfaces (fixed seed) and kept where a fitted photo's camera sees them, each by its own
surface. A point counts as right nearer than 2 % of the scene's size to the other surface. As in Knapitsch et al., Tanks
and Temples, 2017, with the sizes of DebSDF's and MonoSDF's indoor scores.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

SHARE_OF_SIZE = 0.02
POINTS = 100_000
# A point is hidden where something lies nearer to the camera by more than this share of the scene's size.
_HIDDEN = 0.004
# What lies nearer to a thin part than this many of the distance that counts as right, is about that part.
_ABOUT = 2.0


@dataclass(frozen=True)
class Surface:
    """Triangles: vertices_m (v, 3), triangles (t, 3)."""

    vertices_m: np.ndarray
    triangles: np.ndarray

    def points(self, count: int, seed: int = 0) -> np.ndarray:
        """Points (count, 3), alike over the area."""
        random = np.random.default_rng(seed)
        a, b, c = (self.vertices_m[self.triangles[:, corner]].astype(np.float64) for corner in range(3))
        area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
        chosen = random.choice(len(area), count, p=area / area.sum())
        u, v = random.random((2, count, 1))
        u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
        a, b, c = a[chosen], b[chosen], c[chosen]
        return a + u * (b - a) + v * (c - a)


@dataclass(frozen=True)
class Views:
    """The fitted photos' cameras: poses (n, 4, 4) to world in OpenCV axes, and what they share.

    matrix: (3, 3) intrinsics in pixels. size_px: width, height.
    """

    poses: np.ndarray
    matrix: np.ndarray
    size_px: tuple[int, int]

    def seen(self, points_m: np.ndarray, surface: Surface, size_m: float) -> np.ndarray:
        """Which points at least one camera sees with this surface around them, bool (n,)."""
        import open3d

        tracer = open3d.t.geometry.RaycastingScene()
        vertices = open3d.core.Tensor.from_numpy(np.ascontiguousarray(surface.vertices_m, np.float32))
        tracer.add_triangles(vertices, open3d.core.Tensor.from_numpy(surface.triangles.astype(np.uint32)))
        seen = np.zeros(len(points_m), bool)
        for pose in self.poses:
            local = (points_m - pose[:3, 3]) @ pose[:3, :3]
            front = local[:, 2] > 1e-6
            at = local @ self.matrix.T
            at = at[:, :2] / np.where(front, at[:, 2], 1)[:, None]
            inside = np.flatnonzero(front & ((at > 0) & (at < self.size_px)).all(axis=1) & ~seen)
            if not len(inside):
                continue
            ways = points_m[inside] - pose[:3, 3]
            far_m = np.linalg.norm(ways, axis=1)
            rays = np.column_stack([np.broadcast_to(pose[:3, 3], ways.shape), ways / far_m[:, None]]).astype(np.float32)
            hit_m = tracer.cast_rays(open3d.core.Tensor.from_numpy(rays))["t_hit"].numpy()
            seen[inside] = hit_m > far_m - _HIDDEN * size_m
        return seen


def surface_scores(
    fitted: Surface, true: Surface, thin: Surface | None, views: Views, subject_m: np.ndarray, size_m: float
) -> dict[str, float]:
    """All scores; `subject_m` (2, 3) is the box within which both surfaces are compared, a little widened."""
    near_m = SHARE_OF_SIZE * size_m
    box = np.array([subject_m[0] - near_m, subject_m[1] + near_m])

    def drawn(surface: Surface, around: Surface) -> np.ndarray:
        points = surface.points(POINTS)
        points = points[((points >= box[0]) & (points <= box[1])).all(axis=1)]
        return points[views.seen(points, around, size_m)]

    mine, truth = drawn(fitted, fitted), drawn(true, true)
    scores = compared(mine, truth, near_m)
    scores["f_score_half"] = compared(mine, truth, near_m / 2)["f_score"]
    if thin is not None:
        thin_truth = drawn(thin, true)
        about = mine[_far_m(mine, thin_truth) < _ABOUT * near_m] if len(mine) else mine
        # Beside a thin part stands something else: all of the truth counts.
        precision, recall = _share(about, np.concatenate([truth, thin_truth]), near_m), _share(thin_truth, mine, near_m)
        strict = _share(thin_truth, mine, near_m / 2)
        scores |= {"thin_precision": precision, "thin_recall": recall, "thin_recall_half": strict}
        scores["thin_f_score"] = _harmonic(precision, recall)
    return scores


def compared(mine: np.ndarray, truth: np.ndarray, near_m: float) -> dict[str, float]:
    """Precision, recall, F-score and Chamfer distance (the mean of both ways) of two sets of points (n, 3)."""
    if not len(mine) or not len(truth):
        return {"precision": 0.0, "recall": 0.0, "f_score": 0.0, "chamfer_mm": float("inf")}
    to_truth, to_mine = _far_m(mine, truth), _far_m(truth, mine)
    precision, recall = float((to_truth < near_m).mean()), float((to_mine < near_m).mean())
    chamfer_mm = 500 * float(to_truth.mean() + to_mine.mean())
    return {
        "precision": precision,
        "recall": recall,
        "f_score": _harmonic(precision, recall),
        "chamfer_mm": chamfer_mm,
    }


def _far_m(of: np.ndarray, to: np.ndarray) -> np.ndarray:
    return np.asarray(KDTree(to).query(of)[0]) if len(to) else np.full(len(of), np.inf)


def _share(of: np.ndarray, to: np.ndarray, near_m: float) -> float:
    return float((_far_m(of, to) < near_m).mean()) if len(of) else 0.0


def _harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / max(precision + recall, 1e-12)


def _check() -> None:
    """On a plate of 1 m with a thin rod before it: scores that can be worked out by hand."""
    plate = Surface(np.array([[0.0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]]), np.array([[0, 1, 2], [0, 2, 3]]))
    rod = Surface(
        np.array([[0.495, 0, 0.7], [0.505, 0, 0.7], [0.505, 1, 0.7], [0.495, 1, 0.7]]), plate.triangles
    )  # it hides a strip of the plate
    both = Surface(
        np.concatenate([plate.vertices_m, rod.vertices_m]), np.concatenate([plate.triangles, rod.triangles + 4])
    )
    poses = np.array([np.eye(4)] * 2)
    poses[:, :3, 3] = [[0.4, 0.5, 0], [0.6, 0.5, 0]]
    views = Views(poses, np.array([[50.0, 0, 50], [0, 50, 50], [0, 0, 1]]), (100, 100))
    box = np.array([[-0.1, -0.1, 0.0], [1.1, 1.1, 2.0]])
    same = surface_scores(both, both, rod, views, box, 1.0)
    assert same["f_score"] == same["thin_f_score"] == 1 and same["chamfer_mm"] < 1, same
    without = surface_scores(plate, both, rod, views, box, 1.0)
    assert without["precision"] == 1 and without["thin_recall"] == 0 and 0.95 < without["recall"] < 1, without
    off = Surface(both.vertices_m + np.array([0, 0, 0.03]), both.triangles)
    assert surface_scores(off, both, rod, views, box, 1.0)["f_score"] < 0.05
    near = Surface(both.vertices_m + np.array([0, 0, 0.015]), both.triangles)
    scores = surface_scores(near, both, rod, views, box, 1.0)
    assert scores["f_score"] > 0.99 and abs(scores["chamfer_mm"] - 15) < 0.3 and scores["f_score_half"] < 0.05, scores
    hidden = Surface(np.concatenate([both.vertices_m, plate.vertices_m + np.array([0, 0, 0.5])]),
                     np.concatenate([both.triangles, plate.triangles + 8]))  # fmt: skip
    assert surface_scores(hidden, both, rod, views, box, 1.0)["precision"] > 0.97  # nobody sees what lies behind
    print("fit_scores.py: passed")


if __name__ == "__main__":
    _check()
