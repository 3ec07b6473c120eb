"""The page's first two parts: the task, and the way from the photo to the result."""

import math

from relens.explain.report.diagram import scene_side, sensor_side
from relens.explain.report.findings import Findings
from relens.explain.report.fragments import facts, figure, labelled, paragraphs, picture, rays, scale, table
from relens.explain.report.say import escaped, f_stop, length, percent, pixels


def opening(findings: Findings) -> str:
    """The question, the photo beside the result, and five numbers."""
    taken, optics, k = findings.taken, findings.optics, findings.taken.scene.camera.intrinsics
    lens, name = taken.lens, taken.photo.file.name if taken.photo.file else "a photo"
    title = f"{lens.focal_length_mm:g} mm {f_stop(lens.f_number)}"
    side_by_side = labelled("The photo", picture(findings.photo, "The photo as the camera took it")) + labelled(
        f"The same photo through {title}", picture(findings.result.picture, f"The photo taken again at {title}")
    )
    return (
        f'<header><p class="kicker">relens explain · {escaped(name)}</p>'
        "<h1>Crisp pores, melted background</h1>"
        "<blockquote>I asked for a natural-light portrait at 85 mm, and the pores were crisp while the background "
        "melted away. How does AI mimic shallow depth of field so convincingly?</blockquote>"
        f'<figure class="hero"><div class="pair">{side_by_side}</div></figure>'
        + facts(
            (
                (
                    "Entrance pupil",
                    f"{lens.pupil_diameter_m * 1e3:.1f} mm",
                    f"{lens.focal_length_mm:g} mm over {lens.f_number:g}",
                ),
                ("Focus", length(lens.focus_distance_m), "from the camera"),
                ("Sharp", _depth_of_field(findings), f"to {optics.sharp_px:.1f} px, 1/1500 of the diagonal"),
                ("Background", length(optics.background_m), "its median distance"),
                ("Its blur", pixels(optics.coc_px), f"{percent(optics.coc_px / k.width_px)} of the picture's width"),
            )
        )
        + "</header>"
    )


def task(findings: Findings) -> str:
    """What is to be done, in plain words."""
    lens, optics = findings.taken.lens, findings.optics
    return (
        "<section><h2>1. The task</h2>"
        + paragraphs(
            "A lens does not blur a background. It collects the light of every point over its whole pupil, here a hole "
            f"{lens.pupil_diameter_m * 1e3:.1f} mm wide, and brings it together again. For a point at the distance "
            "it is "
            f"focused on, {length(lens.focus_distance_m)}, all that light meets in one place: a pore stays a pore. "
            "Light "
            f"from the wall at {length(optics.background_m)} meets too early and arrives spread over a disc, in this "
            "photo "
            f"{pixels(optics.coc_px)} wide. Every point of the wall becomes such a disc, they overlap, and the wall "
            "melts.",
            "A phone's pupil is a millimetre or two across. Its discs are smaller than a pixel or a few, so "
            "everything is "
            "sharp and the information that a large lens would have gathered, how far away things are and what lies "
            "behind their edges, is not in the picture. It has to come from elsewhere.",
            f"{_where_networks(findings)} All that comes after is optics: rays from every pixel through many points "
            "of a "
            "pupil of the right size, in linear light, averaged. No network has learnt what a blurred background looks "
            f"like{_and_paints(findings)}. That is why it looks like a lens: it is the same integral that a lens "
            "computes, "
            "and it is only as right as the depth, the outline and the hidden surfaces that it is given. The third "
            "part "
            "of this page measures how right that is.",
            "An image generator that you ask for “85 mm” works the other way round: it has seen many photographs and "
            "paints what such pictures tend to look like, without a distance, a pupil or a pixel count behind it. "
            "Nothing on this page was made that way.",
        )
        + "</section>"
    )


def way(findings: Findings) -> str:
    """From the photo to the result, each stage shown."""
    parts = (_photo, _depth, _matte, _layers, _pages, _coc, _thin_lens, _rays, _result, _ring)
    steps = "".join(part(findings, f"2.{number}") for number, part in enumerate(parts, 1))
    return f"<section><h2>2. From the photo to the result</h2>{steps}</section>"


def _photo(findings: Findings, number: str) -> str:
    k, capture = findings.taken.scene.camera.intrinsics, findings.taken.photo.capture
    mm = k.fx_px * 36 / max(k.width_px, k.height_px)
    across = math.degrees(k.horizontal_fov_rad)
    down = math.degrees(math.atan2(k.cy_px, k.fy_px) + math.atan2(k.height_px - k.cy_px, k.fy_px))
    camera = " ".join(word for word in (capture.make, capture.model) if word)
    taken_with = (
        f"{camera}, {capture.focal_length_mm:g} mm {f_stop(capture.f_number)}"
        if camera and capture.focal_length_mm and capture.f_number
        else camera
    )
    phone_pupil = capture.focal_length_mm / capture.f_number if capture.focal_length_mm and capture.f_number else None
    own = f" Its own pupil was {phone_pupil:.1f} mm wide." if phone_pupil else ""
    return (
        _heading(number, "The photo, and how wide it sees")
        + paragraphs(
            "Distances turn into pixels by one number, the focal length in pixels. Everything below hangs on it."
        )
        + facts(
            (
                ("Size", f"{k.width_px} \N{MULTIPLICATION SIGN} {k.height_px}", "pixels"),
                ("Focal length", f"{k.fx_px:.0f} px", f"from: {k.source}"),
                ("Field of view", f"{across:.1f}° \N{MULTIPLICATION SIGN} {down:.1f}°", ""),
                ("On full frame", f"{mm:.1f} mm", "same long side"),
            )
        )
        + paragraphs(f"{escaped(taken_with)}.{own}" if taken_with else "The file does not say which camera took it.")
    )


def _depth(findings: Findings, number: str) -> str:
    taken, errors = findings.taken, findings.depth_errors
    shown = labelled(
        "Distance", picture(findings.depth, "Depth map: near is bright, far is dark; a scale in metres is under it")
    )
    if findings.uncertainty is not None:
        unsure = findings.uncertainty
        sure = (
            f"The source says how sure it is: one standard deviation is {percent(errors.median)} of the distance in "
            "the "
            "median, and the map beside it shows where it is more."
        )
        shown += labelled(
            "Uncertainty",
            picture(unsure.picture, "Map of the depth's uncertainty") + scale(unsure, "sure", f"± {unsure.high:.1f} %"),
        )
    else:
        sure = "This source does not say how sure it is, so it was checked against what else the photo knows. "
        sure += _iris(findings) or "No face with a measurable eye was found to check its scale by."
    return (
        _heading(number, "How far away things are")
        + paragraphs(f"Metres at every pixel, from: {escaped(taken.scene.depth_source)}. {sure}")
        + figure(
            shown,
            "Colour runs over inverse distance, as blur does. Steps are fitted to the photo's own edges.",
            "pair narrow" if findings.uncertainty is not None else "one",
        )
    )


def _matte(findings: Findings, number: str) -> str:
    if findings.matte is None:
        text = (
            "This photo was lifted without a matte: where things end is told by the steps in depth alone. At hard "
            "edges "
            "that is as good; single hairs it cannot separate."
        )
        return _heading(number, "What belongs to the subject") + paragraphs(text)
    return (
        _heading(number, "What belongs to the subject")
        + paragraphs(
            f"Hair shares its pixels with the wall. The matte (from: {escaped(findings.taken.matte_source)}) says how "
            "much of each pixel is subject; the colours of both sides are told apart, so that no wall sticks to the "
            "hair "
            "when the wall dissolves."
        )
        + figure(
            picture(findings.matte, "The matte: white is subject, black is not, grey shares the pixel"),
            "White is subject.",
        )
    )


def _layers(findings: Findings, number: str) -> str:
    names = findings.relief.names
    count = f"{len(names)} layers" if len(names) > 1 else "one layer"
    return (
        _heading(number, "Pulled apart")
        + paragraphs(
            f"At every step in depth the picture is cut, and what lies behind is continued under it: {count}, front to "
            f"back {escaped(', '.join(names))}. A lens looks a little around edges; this is what it finds there. How "
            "far "
            "that has to reach follows from the pupil's radius, so no more is made up than can be seen."
        )
        + '<figure><div class="relief"><canvas id="relief" tabindex="0" role="img" aria-label="The layers in three '
        'dimensions; arrow keys turn them"></canvas>'
        + picture(findings.relief.poster, "The layers side by side at an angle, front to back", "poster")
        + '</div><label class="control relief-control" for="apart">together<input type="range" id="apart" min="0" '
        'max="100" value="45">apart</label>'
        "<figcaption>Sideways is the photo's pixel, depth is inverse distance: the space in which lens rays are "
        "straight lines. Drag, or use the arrow keys, to turn; the slider pulls the layers apart. Closed, "
        "the blue frame is the plane of focus.</figcaption></figure>"
    )


def _pages(findings: Findings, number: str) -> str:
    pages = "".join(
        labelled(name, picture(page, f"Canonical page of the layer {name}"))
        for name, page in zip(findings.relief.names, findings.relief.pages, strict=True)
    )
    return (
        _heading(number, "The canonical pages")
        + paragraphs(
            "Each layer's colours lie flat on one page, hidden parts included; the checks are where it has nothing. "
            "Appearance lives here and nowhere else: paint on a page, and the change goes through the lens like "
            "everything else, highlights bloom and edges blur."
        )
        + f'<figure><div class="pages">{pages}</div></figure>'
    )


def _coc(findings: Findings, number: str) -> str:
    top = f"{findings.coc.high:.0f} px"
    return (
        _heading(number, "The blur at every pixel")
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


def _thin_lens(findings: Findings, number: str) -> str:
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
        _heading(number, "The lens, to scale")
        + paragraphs(text)
        + (f"<figure>{drawn}<figcaption>{caption}</figcaption></figure>" if scene else "")
        + f'<figure><div class="scroll">{sensor_side(optics)}</div><figcaption>{below}</figcaption></figure>'
    )


def _rays(findings: Findings, number: str) -> str:
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
        _heading(number, f"The rays of two points: the background, and {name}")
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


def _result(findings: Findings, number: str) -> str:
    taken, lens = findings.taken, findings.taken.lens
    alt = f"The result at {lens.focal_length_mm:g} mm {f_stop(lens.f_number)}"
    return (
        _heading(number, "The result")
        + paragraphs(
            f"Every pixel is the mean of up to {taken.samples} lens rays, averaged as light, not as display codes: "
            "that is "
            "why highlights stay bright discs and do not turn grey."
        )
        + figure(picture(findings.result.picture, alt), f"{escaped(alt)}, focused at {length(lens.focus_distance_m)}.")
    )


def _ring(findings: Findings, number: str) -> str:
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
        _heading(number, "Turn the ring")
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


def centimetres(value_cm: float) -> str:
    """A depth of field."""
    return (
        "unbounded" if not math.isfinite(value_cm) else f"{value_cm:.2f} cm" if value_cm < 10 else f"{value_cm:.0f} cm"
    )


def _depth_of_field(findings: Findings) -> str:
    value_cm = findings.optics.depth_of_field_cm
    return centimetres(value_cm) if value_cm >= 1 or not math.isfinite(value_cm) else f"{value_cm * 10:.1f} mm deep"


def _heading(number: str, title: str) -> str:
    return f"<h3><span>{number}</span>{escaped(title)}</h3>"


def _iris(findings: Findings) -> str:
    errors = findings.depth_errors
    if math.isnan(errors.iris_ratio):
        return ""
    apart = abs(errors.iris_ratio - 1)
    verdict = (
        "within what eyes can tell"
        if abs(math.log(errors.iris_ratio)) <= 2 * errors.iris_spread
        else "more than eyes can be wrong"
    )
    return (
        f"Everybody's iris is 11.7 mm wide, give or take half a millimetre: by it, the map's distances are "
        f"{percent(apart)} too {'long' if errors.iris_ratio > 1 else 'short'} (± {percent(errors.iris_spread)}), "
        f"{verdict}."
    )


def _where_networks(findings: Findings) -> str:
    source, matte = findings.taken.scene.depth_source, findings.taken.matte_source
    if source == "phone":
        made = (
            "the depth map that the phone stored in this photo when it was taken, made by its maker's own mixture of "
            "sensors and networks"
        )
        if matte == "phone":
            return f"This is where AI comes in, and the only place: {made}, and the phone's outline beside it."
        outline = f", and the outline of the subject, found by: {escaped(matte)}" if matte != "none" else ""
        return f"This is where AI comes in, and the only place: {made}{outline}."
    if source.startswith("file"):
        return f"Here the distances come from a file that was given ({escaped(source)}); whoever made it knows how."
    return (
        f"This is where AI comes in, and the only place: distances by {escaped(source)}, a network or a prior that has "
        "learnt what rooms and faces are like" + (f", and an outline by: {escaped(matte)}." if matte != "none" else ".")
    )


def _and_paints(findings: Findings) -> str:
    if findings.taken.painter == "patches":
        return ", and none paints here: hidden surfaces are continued with patches of the photo itself"
    return f"; one, {escaped(findings.taken.painter)}, paints the hidden surfaces that a large pupil sees around edges"
