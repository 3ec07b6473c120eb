"""Figure of docs/how/layers.md: how far behind a silhouette a lens can look."""

from pathlib import Path

import numpy as np
from axes import Axes, Axis
from drawing import Drawing

from relens import Intrinsics, Lens
from relens.lift.reach import Reach

NEAR_M, FAR_M = 0.8, 2.4


def hidden_px(lens: Lens, move_m: float, fx_px: float) -> float:
    """How far a ray looks behind an edge: fx u (1/near - 1/far), u the pupil's radius and the camera's move."""
    return Reach(lens.pupil_diameter_m / 2 + move_m, fx_px).parallax_px * (1 / NEAR_M - 1 / FAR_M)


def reach(folder: Path) -> None:
    """A ray from the pupil's rim that grazes an edge, in the room and in (column, 1/z)."""
    k = Intrinsics.centred(900.0, 1200, 900)
    lens = Lens(85, 1.0, NEAR_M)
    u = lens.pupil_diameter_m / 2 + 0.04
    width_px = hidden_px(lens, 0.04, k.fx_px)
    drawing = Drawing(760, 424, "A ray from beside the pinhole that grazes a near edge sees a strip behind it")
    room = Axes(
        drawing, (70, 46, 310, 285), Axis(-0.35, 0.35, ticks=[(-0.2, "-0.2"), (0, "0"), (0.2, "0.2")], title="x, m"),
        Axis(0, 2.7, ticks=[(n, str(n)) for n in range(3)], title="z, m"), "in the room",
    )  # fmt: skip
    photo = Axes(
        drawing, (450, 46, 285, 285),
        Axis(480, 720, ticks=[(500, "500"), (600, "600"), (700, "700")], title="column of the photo, px"),
        Axis(1.45, 0.2, ticks=[(0.5, "0.5"), (1, "1")], title="1/z, 1/m"), "in the photo's space",
    )  # fmt: skip
    x_edge = 0.0
    grazing = np.array([0.01, FAR_M])
    # From (u, 0) past the edge (x_edge, near) on to the wall.
    x_wall = u + (x_edge - u) * FAR_M / NEAR_M
    room.curve(np.array([-0.35, 0.35]), np.array([FAR_M, FAR_M]), "grey", 5)
    room.curve(np.array([-0.35, x_edge]), np.array([NEAR_M, NEAR_M]), "violet", 5)
    room.curve(np.array([0, 0]), grazing, "soft", 1.4, "4 4")
    room.curve(np.array([u, x_wall]), np.array([0, FAR_M]), "orange", 2)
    room.curve(np.array([x_wall, 0.0]), np.array([FAR_M, FAR_M]), "red", 6)
    drawing.dot(*room.at(u, 0), 4, "orange")
    drawing.text(room.at(u, 0)[0] + 8, room.at(u, 0)[1] - 8, f"u = {u * 1e3:.1f} mm", "orange", 12)
    drawing.text(*room.at(-0.34, NEAR_M + 0.08), f"near, {NEAR_M} m", "violet", 12)
    drawing.text(*room.at(0.33, FAR_M + 0.08), f"far, {FAR_M} m", "grey", 12, "end")
    drawing.text(room.at(x_wall / 2, 0)[0], room.at(0, FAR_M - 0.2)[1], "seen", "red", 12, "middle")

    def column(x: float, z: float) -> float:
        return k.fx_px * x / z + k.cx_px

    edge, wall = column(x_edge, NEAR_M), column(x_wall, FAR_M)
    # What is drawn, from the room's geometry, has to be as wide as the code says.
    if abs((edge - wall) - width_px) > 1e-6:
        raise ArithmeticError(f"drawn {edge - wall} px, computed {width_px} px")
    photo.curve(np.array([480, 720]), np.array([1 / FAR_M] * 2), "grey", 5)
    photo.curve(np.array([480, edge]), np.array([1 / NEAR_M] * 2), "violet", 5)
    photo.curve(np.array([edge, edge]), np.array([1.45, 1 / FAR_M]), "soft", 1.4, "4 4")
    slope = (wall - edge) / (1 / FAR_M - 1 / NEAR_M)
    photo.curve(np.array([edge + slope * (1.45 - 1 / NEAR_M), wall]), np.array([1.45, 1 / FAR_M]), "orange", 2)
    photo.curve(np.array([wall, edge]), np.array([1 / FAR_M] * 2), "red", 6)
    y = photo.at(0, 1 / FAR_M)[1] - 16
    drawing.arrow((photo.at(wall, 1)[0], y), (photo.at(edge, 1)[0], y), "red", both=True)
    middle = (photo.at(wall, 1)[0] + photo.at(edge, 1)[0]) / 2
    drawing.text(middle, y - 8, f"{width_px:.1f} px", "red", 13, "middle", bold=True)
    numbers = f"{k.fx_px:.0f} px x {u:.4f} m x {1 / NEAR_M - 1 / FAR_M:.4f}/m = {width_px:.1f} px"
    drawing.text(380, 408, f"fx u (1/near - 1/far) = {numbers}", "ink", 13, "middle")
    drawing.save(folder / "reach.svg")


FIGURES = {"reach": reach}
