"""The second half of the way: what the lens makes of the layers, from the circle of confusion to the f-number ring."""

import math

from relens.explain.report.diagram import scene_side, sensor_side
from relens.explain.report.findings import Findings
from relens.explain.report.fragments import figure, heading, labelled, paragraphs, picture, rays, scale, table
from relens.explain.report.say import centimetres, escaped, f_stop, length, percent, pixels


def circle_of_confusion(findings: Findings, number: str) -> str:
    """How wide every pixel's light is spread."""
    top = f"{findings.coc.high:.0f} px"
    return (
        heading(number, "The blur at every pixel")
        + paragraphs(
            "From distance to blur is one line: c = f<sub>px</sub> · D · |1/z &minus; 1/F|, with the focal length in "
            "pixels, the "
            "pupil's diameter D, the distance z and the focus F. This is c, the diameter of the circle of confusion, "
            "in "
            "pixels of the photo."
        )
        + figure(
            picture(findings.coc.picture, "Map of the circle of confusion")
            + scale(findings.coc, "0 px, in focus", top),
            "",
        )
    )


def thin_lens(findings: Findings, number: str) -> str:
    """The lens of this shot, drawn to scale."""
    optics, scene = findings.optics, scene_side(findings.optics)
    lens = optics.lens
    pupil_mm = lens.pupil_diameter_m * 1e3
    text = (
        "The lens of this shot, drawn to scale. Metres of room and millimetres of glass do not fit one scale: at the "
        "scale "
        "of the room the pupil would be a dot. So the scene's side has two, one along the axis (the bar, in metres) "
        "and "
        f"one across it (the pupil is {pupil_mm:.1f} mm), and the sensor's side, below, has one scale for both."
    )
    cross = (
        pupil_mm * abs(1 - lens.focus_distance_m / optics.background_m)
        if math.isfinite(optics.background_m)
        else pupil_mm
    )
    drawn = f'<div class="scroll">{scene}</div>' if scene else ""
    caption = (
        f"Orange: light from the background; where it crosses the plane of focus it is {cross:.1f} mm wide, and so is "
        "every point of the background in the picture, measured against the face."
    )
    below = (
        f"The sensor stands where the plane of focus is sharp, {optics.image_mm:.1f} mm behind the lens; "
        f"{optics.image_mm:.1f} mm stand for the photo's {findings.taken.fx_px:.0f} px, so one pixel is "
        f"{optics.mm_per_px * 1e3:.1f} µm and {optics.coc_mm:.2f} mm are {pixels(optics.coc_px)}. Focused at "
        f"{length(optics.hyperfocal_m)}, the hyperfocal distance, the sharp zone would just reach infinity."
    )
    return (
        heading(number, "The lens, to scale")
        + paragraphs(text)
        + (f"<figure>{drawn}<figcaption>{caption}</figcaption></figure>" if scene else "")
        + f'<figure><div class="scroll">{sensor_side(optics)}</div><figcaption>{below}</figcaption></figure>'
    )


def rays_of_two_points(findings: Findings, number: str) -> str:
    """Where the lens rays of a background point and of a pore end."""
    far, near = findings.background, findings.detail
    count, stopped = len(far.bundle.blocked), int(far.bundle.blocked.sum())
    past = (
        f"{stopped} of them (hollow) are stopped on their way by something nearer."
        if stopped
        else "Nothing nearer stands in their way."
    )
    z = 1 / far.bundle.point.inverse_depth if far.bundle.point.inverse_depth > 0 else math.inf
    name = near.bundle.point.name
    return (
        heading(number, f"The rays of two points: the background, and {name}")
        + paragraphs(
            f"{count} rays each, through the same points of the pupil that the renderer uses. The point of the "
            "background "
            f"is {length(z)} away; its rays spread over a disc of {pixels(far.bundle.point.coc_px)}. {past}"
        )
        + figure(
            labelled(
                "The photo, rays of its middle", rays(far, far.photo, "Rays of one background point spread over a disc")
            )
            + labelled("The result", picture(far.result, "The same window of the result")),
            f"A window of {far.side_px:.0f} &times; {far.side_px:.0f} px. Dashed: the circle that the formula gives.",
            "pair narrow",
        )
        + paragraphs(
            f"{escaped(name[0].upper() + name[1:])}, pixel {near.bundle.point.column_px:.0f}, "
            f"{near.bundle.point.row_px:.0f}: its {count} rays land within "
            f"{pixels(near.bundle.spread_px)} of "
            "each other, all in one pixel."
            if near.bundle.spread_px < 1
            else f"The sharpest point of the photo: its {count} rays land within {pixels(near.bundle.spread_px)}."
        )
        + figure(
            labelled("The photo, magnified", rays(near, near.photo, "Rays of one point in focus meet in a pixel"))
            + labelled("The result, magnified", picture(near.result, "The same window of the result")),
            f"A window of {near.side_px:.0f} &times; {near.side_px:.0f} px, every pixel a square. The blue square is "
            "the pixel. "
            + (
                f"The result keeps {percent(near.kept)} of the window's local contrast."
                if not math.isnan(near.kept)
                else ""
            ),
            "pair narrow",
        )
    )


def result(findings: Findings, number: str) -> str:
    """The picture."""
    taken, lens = findings.taken, findings.taken.lens
    alt = f"The result at {lens.focal_length_mm:g} mm {f_stop(lens.f_number)}"
    return (
        heading(number, "The result")
        + paragraphs(
            f"Every pixel is the mean of up to {taken.samples} lens rays, averaged as light, not as display codes: "
            "that is "
            "why highlights stay bright discs and do not turn grey."
        )
        + figure(picture(findings.result.picture, alt), f"{escaped(alt)}, focused at {length(lens.focus_distance_m)}.")
    )


def aperture_ring(findings: Findings, number: str) -> str:
    """The slider over the f-numbers, and the table behind it."""
    shots = "".join(
        f"<figure>{picture(stop.picture, 'The shot at ' + f_stop(stop.optics.lens.f_number))}<figcaption>"
        f"{f_stop(stop.optics.lens.f_number)}</figcaption></figure>"
        for stop in findings.stops
    )
    rows = (
        (
            f_stop(stop.optics.lens.f_number),
            f"{stop.optics.lens.pupil_diameter_m * 1e3:.1f} mm",
            pixels(stop.optics.coc_px),
            centimetres(stop.optics.depth_of_field_cm),
        )
        for stop in findings.stops
    )
    head = (("", False), ("pupil", True), ("background's blur", True), ("depth of field", True))
    return (
        heading(number, "Turn the ring")
        + paragraphs("Each stop was photographed on its own. Exposure stays; only the pupil changes.")
        + f'<figure><div class="stops">{shots}</div><label class="control stop-control" for="stop">'
        f'{f_stop(findings.stops[0].optics.lens.f_number)}<input type="range" id="stop" min="0" '
        f'max="{len(findings.stops) - 1}" step="1">{f_stop(findings.stops[-1].optics.lens.f_number)}</label>'
        '<dl class="readout" aria-live="polite"><div><dt>stop</dt><dd id="stop-name"></dd></div><div><dt>pupil</dt>'
        '<dd id="stop-pupil"></dd></div><div>'
        "<dt>background's blur</dt>"
        '<dd id="stop-coc"></dd></div><div>'
        '<dt>depth of field</dt><dd id="stop-dof"></dd></div></dl></figure>'
        f"<details><summary>All stops as a table</summary>{table(head, rows)}</details>"
    )
