"""The page's last two parts: what a real lens would do otherwise, and the papers, tools and commands."""

import math

from relens.explain.report.findings import Findings
from relens.explain.report.fragments import labelled, paragraphs, picture, scale, table
from relens.explain.report.say import escaped, f_stop, length, percent, pixels
from relens.explain.report.sources import SOURCES, what_ran
from relens.framing import zoom_of


def differences(findings: Findings) -> str:
    """What would differ from a real lens, measured where it can be."""
    lens = findings.taken.lens
    name = f"{lens.focal_length_mm:g} mm {f_stop(lens.f_number)}"
    parts = (_perspective, _hidden, _depth_errors, _highlights, _grain)
    return (
        f"<section><h2>3. What a real {escaped(name)} would do otherwise</h2>"
        + paragraphs("Measured in this photo where it can be; where it cannot, the page says so.")
        + "".join(part(findings) for part in parts)
        + "</section>"
    )


def sources(findings: Findings) -> str:
    """Papers and tools by stage, and what was really run."""
    papers = "".join(
        f"<tr><td>{escaped(each.stage)}</td><td>{escaped(each.title)}<br>{escaped(each.why)}"
        f"{''.join(f' · {_linked(name, link)}' for name, link in each.links)}</td></tr>"
        for each in SOURCES
    )
    taken = findings.taken
    ran = table(
        (("stage", False), ("what", False), ("version", False), ("licence", False)),
        (
            (escaped(row.stage), _linked(row.name, row.link), escaped(row.version), escaped(row.licence))
            for row in what_ran(taken)
        ),
    )
    seconds = ", ".join(f"{stage} {value:.1f} s" for stage, value in taken.seconds)
    notes = "".join(f"<li>{escaped(note)}</li>" for note in taken.notes)
    return (
        "<section><h2>4. Papers, tools, and what was really run</h2>"
        + paragraphs("The ideas, by stage. Not every one took part here; the second table lists what did.")
        + f'<div class="wide"><table><thead><tr><th scope="col">stage</th><th scope="col">paper</th></tr></thead>'
        f"<tbody>{papers}</tbody></table></div>"
        + "<h3>Run for this picture</h3>"
        + ran
        + (f"<p>To repeat it:</p><pre><code>{escaped(taken.command)}</code></pre>" if taken.command else "")
        + paragraphs(
            f"Time taken: {escaped(seconds)}. Seed {taken.seed}, up to {taken.samples} lens samples a pixel."
            if seconds
            else ""
        )
        + (f"<details><summary>What the stages had to say</summary><ul>{notes}</ul></details>" if notes else "")
        + "</section>"
    )


def _entry(number: str, small: str, title: str, *texts: str, more: str = "") -> str:
    return (
        f'<div class="differs"><div class="number">{escaped(number)}<small>{escaped(small)}</small></div>'
        f"<div><h3>{escaped(title)}</h3>{paragraphs(*texts)}{more}</div></div>"
    )


def _perspective(findings: Findings) -> str:
    it, lens, k = findings.perspective, findings.taken.lens, findings.taken.scene.camera.intrinsics
    if it is None:
        return ""
    zoom = zoom_of(k, lens)
    away = (
        f"That close, the near part of the subject ({length(it.near_m)}) is drawn {percent(it.photo_ratio - 1)} "
        "larger than "
        f"its far part ({length(it.far_m)}); from {length(it.lens_m)} it would be {percent(it.lens_ratio - 1)}. "
        "Blur does not change that: a close face keeps its close look. "
    )
    blur = (
        f"And from there the same pupil blurs the background less: {percent(it.lens_coc)} of the picture's width "
        "instead of "
        f"{percent(it.photo_coc)} here. <code>--framing subject</code> takes that picture instead."
    )
    return _entry(
        length(it.lens_m),
        f"instead of {length(it.photo_m)}",
        "Where the camera stands",
        f"The photo sees as wide as a {it.photo_mm:.0f} mm lens. With {lens.focal_length_mm:g} mm on a sensor "
        f"{lens.sensor_width_mm:g} mm long, {zoom:.2g} times that, a photographer steps back to {length(it.lens_m)} "
        "for the same subject at the same size.",
        away + blur,
    )


def _hidden(findings: Findings) -> str:
    it = findings.hidden
    shown = findings.hidden_map
    map_ = picture(shown.picture, "Map of the share of lens rays that end on made-up surfaces")
    label = "Share of a pixel's rays that end on something made up"
    drawn = f'<figure><div class="one">{labelled(label, map_)}{scale(shown, "none", "all")}</div></figure>'
    return _entry(
        percent(it.mean),
        "of the result's light is made up",
        "What the photo does not show",
        f"A large pupil looks around edges and past the frame. Of all lens rays of the result, {percent(it.mean)} "
        "end on "
        f"surfaces that the photo does not show: {percent(it.mean - it.beyond)} behind something nearer, "
        f"{percent(it.beyond)} beyond the frame. A real lens sees what is really there.",
        f"{percent(it.touched)} of the pixels get at least one per cent of such light, {percent(it.mainly)} at least "
        "half, "
        f"the most is {percent(it.most)}. It was measured by photographing the layers once more, marked where they "
        "are made "
        "up and black elsewhere.",
        more=drawn,
    )


def _depth_errors(findings: Findings) -> str:
    it = findings.depth_errors
    texts = []
    if it.known:
        texts.append(
            f"The depth's own uncertainty, {percent(it.median)} in the median, moves the circle of confusion by "
            f"{pixels(it.median_px)} in the median, and at the subject's outline by up to {pixels(it.outline_px)} "
            "(99th percentile)."
        )
    else:
        texts.append(
            "The depth's source does not say how sure it is. What can be said without it: one per cent of error in the "
            f"background's distance changes its circle by {pixels(it.px_per_percent)} of "
            f"{pixels(findings.optics.coc_px)}."
        )
    if not math.isnan(it.refit_median_px):
        texts.append(
            "At the subject's outline the source's map steps over several of its own coarse pixels, and would blur the "
            "edge of the face or keep a rim of wall sharp. It was fitted to the photo's edges: along the outline that "
            f"changes the circle by {pixels(it.refit_median_px)} in the median and {pixels(it.refit_worst_px)} at the "
            "95th percentile. What error is left there cannot be measured without the real scene."
        )
    big, small = (
        (pixels(it.median_px), "median error of the blur")
        if it.known
        else (pixels(it.px_per_percent), "for each per cent of distance")
    )
    return _entry(big, small, "Errors of depth", *texts)


def _highlights(findings: Findings) -> str:
    it = findings.highlights
    number = f"{it.clipped:.3%}" if 0 < it.clipped < 0.0001 else percent(it.clipped)
    if it.clipped == 0:
        text = "No pixel of this photo is clipped in all colours, so no highlight lost its light."
    elif it.raised == 0:
        text = (
            "A clipped lamp is only as bright as paper, and its disc in the blur turns grey where a real lens draws it "
            "bright. The clipped areas of this photo are too large to say how bright they were, so nothing was "
            "estimated."
        )
    else:
        text = (
            "A clipped lamp is only as bright as paper, and its disc in the blur turns grey where a real lens draws it "
            f"bright. <code>--highlights auto</code> continues the slope at the rim inwards: {_small(it.raised)} of "
            "the photo "
            f"would be raised by up to {it.most_stops:.1f} stops. In the result that changes {_small(it.changed)} of "
            "the "
            f"pixels, the most by {it.most_codes:.0f} of 255 steps."
        )
    return _entry(number, "of the photo is clipped", "Highlights", text)


def _grain(findings: Findings) -> str:
    it = findings.grain
    if math.isnan(it.photo):
        return ""
    return _entry(
        f"{it.result:.2f}",
        f"steps of noise, {it.photo:.2f} in the photo",
        "Grain",
        f"Around the background point the photo's noise is {it.photo:.2f} of 255 steps; in the result, at full size, "
        f"{it.result:.2f}. The mean over the pupil averages it away, while what is in focus keeps the photo's own. A "
        "real "
        "sensor's noise comes after the lens and is the same in sharp and blurred parts; look for that difference when "
        "you want to tell them apart.",
        f"The lens samples' own noise there is {it.sampling:.2f} steps (median standard error)."
        if not math.isnan(it.sampling)
        else "",
        "Not measured, because a thin lens has none of it: the coma, focus shift and flare of a given real lens. "
        "Cat's-eye, "
        "blades and colour errors can be asked for (<code>relens shoot --help</code>).",
    )


def _small(share: float) -> str:
    return f"{share:.3%}" if share < 0.001 else percent(share)


def _linked(name: str, link: str) -> str:
    if not link.startswith("https://"):
        return escaped(name)
    return f'<a href="{escaped(link)}" rel="noreferrer">{escaped(name)}</a>'
