"""The page's first two parts: the task, and the way from the photo to the result."""

import math

from relens.explain.report.findings import Findings
from relens.explain.report.fragments import facts, figure, heading, labelled, paragraphs, picture, scale
from relens.explain.report.lens_sections import (
    aperture_ring,
    circle_of_confusion,
    rays_of_two_points,
    result,
    thin_lens,
)
from relens.explain.report.say import centimetres, escaped, f_stop, length, percent, pixels


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
    parts = (
        _photo,
        _depth,
        _matte,
        _layers,
        _pages,
        circle_of_confusion,
        thin_lens,
        rays_of_two_points,
        result,
        aperture_ring,
    )
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
        heading(number, "The photo, and how wide it sees")
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
        heading(number, "How far away things are")
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
        return heading(number, "What belongs to the subject") + paragraphs(text)
    return (
        heading(number, "What belongs to the subject")
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
        heading(number, "Pulled apart")
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
        heading(number, "The canonical pages")
        + paragraphs(
            "Each layer's colours lie flat on one page, hidden parts included; the checks are where it has nothing. "
            "Appearance lives here and nowhere else: paint on a page, and the change goes through the lens like "
            "everything else, highlights bloom and edges blur."
        )
        + f'<figure><div class="pages">{pages}</div></figure>'
    )


def _depth_of_field(findings: Findings) -> str:
    value_cm = findings.optics.depth_of_field_cm
    return centimetres(value_cm) if value_cm >= 1 or not math.isfinite(value_cm) else f"{value_cm * 10:.1f} mm deep"


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
