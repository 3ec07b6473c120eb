"""The numbers of a report for programs: what `relens explain --json` prints."""

import math
from typing import Any

from relens.explain.report.findings import Findings, RayFigure
from relens.explain.report.optics import Optics


def numbers_of(findings: Findings) -> dict[str, Any]:
    """All numbers of the page; None for infinity and for what is not known. Pixels are the photo's own.

    | key | holds |
    |---|---|
    | photo | file, size_px, fx_px and where it comes from, view_deg, equivalent_mm (full frame) |
    | depth | source, licence, subject_m (focus), background_m, range_m |
    | lens | focal_length_mm, f_number, pupil_mm, focus_m |
    | optics | of the shot: image_mm, background_image_mm, coc_mm, coc_px, coc_of_width, near_m, far_m, sharp_px,
      depth_of_field_cm, hyperfocal_m |
    | stops | the same from closed to open, with f_number and pupil_mm |
    | rays | background and detail: pixel, distance_m (None at infinity), coc_px, rays, spread_px, blocked,
      kept (local contrast of the result over the photo's; the detail only) |
    | layers | names front to back |
    | hidden | shares of the result's light from made-up surfaces: mean, beyond_frame, touched, mainly, most |
    | highlights | shares of pixels: clipped, raised, changed; most_stops, most_codes |
    | depth_errors | see `relens.explain.report.differences.DepthErrors` |
    | grain | display codes: photo, result, sampling |
    | perspective | see `relens.explain.report.differences.Perspective`; None at infinity |
    | run | seed, samples, seconds by stage, command, notes |
    """
    taken, k = findings.taken, findings.taken.scene.camera.intrinsics
    visible = taken.visible[~(taken.visible != taken.visible)]
    lens = taken.lens
    numbers = {
        "photo": {
            "file": taken.photo.file.name if taken.photo.file else None,
            "size_px": [k.width_px, k.height_px],
            "fx_px": k.fx_px,
            "intrinsics_from": k.source,
            "view_deg": [math.degrees(k.horizontal_fov_rad), math.degrees(2 * math.atan(k.height_px / 2 / k.fy_px))],
            "equivalent_mm": k.fx_px * 36 / max(k.width_px, k.height_px),
        },
        "depth": {
            "source": taken.scene.depth_source,
            "licence": taken.depth.licence if taken.depth else None,
            "subject_m": lens.focus_distance_m,
            "background_m": taken.background_m,
            "range_m": [_inverse(float(visible.max())), _inverse(float(visible.min()))],
        },
        "lens": {
            "focal_length_mm": lens.focal_length_mm,
            "f_number": lens.f_number,
            "pupil_mm": lens.pupil_diameter_m * 1e3,
            "focus_m": lens.focus_distance_m,
        },
        "optics": _optics(findings.optics, k.width_px),
        "stops": [
            {"f_number": stop.optics.lens.f_number, "pupil_mm": stop.optics.lens.pupil_diameter_m * 1e3}
            | _optics(stop.optics, k.width_px)
            for stop in findings.stops
        ],
        "rays": {"background": _rays(findings.background), "detail": _rays(findings.detail)},
        "layers": [layer.name for layer in taken.scene.layers],
        "hidden": {
            "mean": findings.hidden.mean,
            "beyond_frame": findings.hidden.beyond,
            "touched": findings.hidden.touched,
            "mainly": findings.hidden.mainly,
            "most": findings.hidden.most,
        },
        "highlights": vars(findings.highlights),
        "depth_errors": vars(findings.depth_errors),
        "grain": vars(findings.grain),
        "perspective": vars(findings.perspective) if findings.perspective else None,
        "run": {
            "seed": taken.seed,
            "samples": taken.samples,
            "seconds": dict(taken.seconds),
            "command": taken.command,
            "notes": list(taken.notes),
        },
    }
    return _finite(numbers)


def _optics(optics: Optics, width_px: int) -> dict[str, Any]:
    values = {name: value for name, value in vars(optics).items() if name not in ("lens", "background_m", "mm_per_px")}
    return values | {"coc_of_width": optics.coc_px / width_px, "depth_of_field_cm": optics.depth_of_field_cm}


def _rays(figure: RayFigure) -> dict[str, Any]:
    bundle, point = figure.bundle, figure.bundle.point
    return {
        "pixel": [point.column_px, point.row_px],
        "distance_m": _inverse(point.inverse_depth),
        "coc_px": point.coc_px,
        "rays": len(bundle.blocked),
        "spread_px": bundle.spread_px,
        "blocked": int(bundle.blocked.sum()),
        "kept": figure.kept,
    }


def _inverse(inverse_depth: float) -> float:
    return 1 / inverse_depth if inverse_depth > 0 else math.inf


def _finite(value: Any) -> Any:
    """The same with None for what JSON has no number for."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
