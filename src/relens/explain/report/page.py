"""The report as one HTML page that needs no network: text, pictures, style and script in one file."""

import base64
import hashlib
import json
from importlib.resources import files

from relens.explain.report.end_sections import differences, sources
from relens.explain.report.findings import Findings
from relens.explain.report.path_sections import opening, task, way
from relens.explain.report.say import centimetres, escaped, f_stop, pixels

_POLICY = (
    "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)


def page_of(findings: Findings) -> str:
    """The page. Its Content-Security-Policy lets it run its own script and style, and load nothing."""
    style, script = _shipped("page.css"), _shipped("page.js")
    policy = _POLICY.format(script=_digest(script), style=_digest(style))
    name = findings.taken.photo.file.name if findings.taken.photo.file else "a photo"
    # In JSON a "<" is only ever within text.
    data = json.dumps(_data(findings), allow_nan=False).replace("<", r"\u003c")
    body = opening(findings) + task(findings) + way(findings) + differences(findings) + sources(findings)
    # Attributes are in double quotes, and what comes from files is escaped: these are apostrophes.
    body = body.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{escaped(name)} explained · relens</title><style>{style}</style></head>\n"
        f"<body><main>{body}</main>"
        "<footer>Every picture and number on this page was computed from this photo by relens. Pixels are those of the "
        "photo at its full size.</footer>\n"
        f'<script type="application/json" id="report-data">{data}</script>\n<script>{script}</script></body></html>\n'
    )


def _data(findings: Findings) -> dict:
    """What the script needs: the stops' read-outs and the layers' reliefs."""
    relief = findings.relief
    span = max(relief.high - relief.low, 1e-9)
    return {
        "stop": findings.stops.index(findings.result),
        "stops": [
            {
                "name": f_stop(stop.optics.lens.f_number),
                "pupil": f"{stop.optics.lens.pupil_diameter_m * 1e3:.1f} mm",
                "coc": pixels(stop.optics.coc_px),
                "dof": centimetres(stop.optics.depth_of_field_cm),
            }
            for stop in findings.stops
        ],
        "relief": {"grids": list(relief.grids), "aspect": relief.aspect, "focus": (relief.focus - relief.low) / span},
    }


def _shipped(name: str) -> str:
    # As a browser has it, which hashes line ends as one character.
    return (files(__package__ or "relens.explain.report") / name).read_text("utf-8").replace("\r\n", "\n")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
