"""The papers and tools of each stage, and what was really run for one photo."""

from dataclasses import dataclass

from relens.explain.report.taken import Taken


@dataclass(frozen=True)
class Source:
    """Something to read: stage, title, who, and links."""

    stage: str
    title: str
    links: tuple[tuple[str, str], ...]
    why: str


def _arxiv(number: str) -> tuple[str, str]:
    return f"arXiv {number}", f"https://arxiv.org/abs/{number}"


SOURCES = (
    Source(
        "Depth",
        "Depth Pro: Sharp Monocular Metric Depth in Less Than a Second",
        (_arxiv("2410.02073"), ("github.com/apple/ml-depth-pro", "https://github.com/apple/ml-depth-pro")),
        "metres from one photo, where the phone has stored none",
    ),
    Source(
        "Depth",
        "DebSDF: Delving into the Details and Bias of Neural Indoor Scene Reconstruction",
        (_arxiv("2308.15536"),),
        "a prior that is unsure is excluded rather than averaged",
    ),
    Source(
        "Matte",
        "Mask2Alpha",
        (_arxiv("2502.17093"),),
        "a coarse mask first, then full resolution only where pixels are uncertain",
    ),
    Source(
        "Canonical page",
        "Learning Naturally Aggregated Appearance for Efficient 3D Editing (AGAP)",
        (_arxiv("2312.06657"), ("github.com/felixcheng97/agap", "https://github.com/felixcheng97/agap")),
        "appearance lives in one picture that anyone can paint on",
    ),
    Source(
        "Lens",
        "Potmesil and Chakravarty, A Lens and Aperture Camera Model for Synthetic Image Generation, SIGGRAPH 1981",
        (),
        "the circle of confusion of a thin lens",
    ),
    Source(
        "Lens",
        "Nasse, Depth of Field and Bokeh, Carl Zeiss 2010",
        (),
        "what the pupil's shape does to the blur",
    ),
    Source(
        "Rendering",
        "Lee, Eisemann and Seidel, Depth-of-Field Rendering with Multiview Synthesis, ACM TOG 28(5), 2009; "
        "Real-Time Lens Blur Effects and Focus Control, ACM TOG 29(4), 2010",
        (),
        "lens rays through layered depth images",
    ),
    Source(
        "Rendering",
        "Vaidyanathan and others, Layered Light Field Reconstruction for Defocus Blur, ACM TOG 34(2), 2015",
        (),
        "layers by depth, each with its own blur",
    ),
)


@dataclass(frozen=True)
class Ran:
    """Something that took part in this run."""

    stage: str
    name: str
    version: str
    licence: str
    link: str = ""


# Packages by stage; those that are not here took no part.
_PACKAGES = {
    "all": ("relens", "numpy", "opencv-python-headless"),
    "photo": ("pillow", "pi-heif"),
    "rendering": ("numba",),
}
_OF_NETWORKS = {
    "Depth Pro": ("torch", "transformers", "safetensors"),
    "portrait": ("ai-edge-litert",),
}
# The packages behind a matte, by where it comes from.
_OF_MATTES = {"people": ("ai-edge-litert", "pymatting"), "click": ("pymatting",), "box": ("pymatting",)}


def what_ran(taken: Taken) -> tuple[Ran, ...]:
    """What was run for this photo: the depth's source, the matte's, and the packages behind them, with licences."""
    source = taken.scene.depth_source
    licence = taken.depth.licence if taken.depth is not None else ""
    rows = [
        Ran("depth", source, "", licence or "your own"),
        Ran("matte", taken.matte_source, "", "your own photo's" if taken.matte_source == "phone" else ""),
    ]
    if taken.matte_source == "none":
        rows.pop()
    name = taken.photo.file.name.lower() if taken.photo.file else ""
    for stage, packages in _PACKAGES.items():
        rows += [_package(stage, each) for each in packages if each != "pi-heif" or name.endswith((".heic", ".heif"))]
    for network, packages in _OF_NETWORKS.items():
        if network.lower() in source.lower():
            rows += [_package("depth", each) for each in packages]
    rows += [_package("matte", each) for each in _OF_MATTES.get(taken.matte_source, ())]
    if "portrait" in source.lower() or taken.matte_source == "people":
        from relens.licences import shipped_networks

        rows += [Ran("faces", each.name, each.version, each.licence, each.link) for each in shipped_networks()]
    if taken.painter != "patches":
        rows.append(Ran("hidden surfaces", taken.painter, "", "as the file's own"))
        rows.append(_package("hidden surfaces", "torch"))
    return tuple(row for row in rows if row is not None)


def _package(stage: str, name: str) -> Ran | None:
    from relens.licences import package_licence

    try:
        found = package_licence(name)
    except ImportError:  # not installed, or installed without metadata
        return None
    return Ran(stage, found.name, found.version, found.licence, found.link)
