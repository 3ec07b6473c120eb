"""relens export: a photo or a scene for other programs, and for friends."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from tyro.conf import OmitArgPrefixes, Positional, arg

from relens.cli.photo_options import PhotoOptions
from relens.errors import FileError, ValueRangeError
from relens.progress import Progress

if TYPE_CHECKING:
    from relens.export import ExportMesh
    from relens.scene import Scene

_MESHES = ("glb", "usdz", "obj", "ply")
# By the suffix of their files.
_FORMATS = (*_MESHES, "html")


@dataclass(frozen=True)
class Export:
    """Export a photo or a scene as metric meshes, a textured layer each, as a point cloud, and as a page to look at.

    Meshes have +y up and the photo's camera at the origin, looking along -z, in metres; tell Blender so when it imports
    a PLY.

    Try:
      relens export me.relens --glb --usdz
      relens export me.relens --html
      relens export portrait.heic -o out/me --obj --points --triangles 200000
      relens export me.relens -o me.glb --alpha mask --texture-px 2048
    """

    source: Annotated[Positional[Path], arg(metavar="PHOTO|SCENE")]
    """A photo, or the folder that `relens lift` made."""
    output: Annotated[Path | None, arg(aliases=["-o"], metavar="STEM", help_behavior_hint="(default: SOURCE's)")] = None
    """The files' name without suffix; one that ends in .glb, .usdz, .obj, .ply or .html asks for that, too."""
    glb: bool = False
    """STEM.glb: textured meshes, unlit, with the photo's camera; for browsers, Blender, engines."""
    usdz: bool = False
    """STEM.usdz: textured meshes for AR and USD; needs usd-core."""
    obj: bool = False
    """STEM.obj, STEM.mtl and STEM-LAYER.png: textured meshes as text."""
    ply: bool = False
    """STEM.ply: one mesh with colours at its vertices."""
    points: bool = False
    """STEM-points.ply: a point for every visible texel, with normal, colour and layer number."""
    html: bool = False
    """STEM.html: the viewer with the scene, at most 2.2 megapixels of it, in one file; it needs no network."""
    triangles: Annotated[int, arg(metavar="N")] = 500_000
    """At most so many triangles, of all layers together; 0 for a vertex wherever the depth needs one."""
    outline_px: Annotated[float, arg(metavar="PX")] = 4.0
    """How far triangles may reach over the outline of what is visible, where their texture is clear."""
    texture_px: Annotated[int | None, arg(metavar="PX", help_behavior_hint="(default: as they are)")] = None
    """Reduce the textures to so many pixels on the longer side."""
    alpha: Literal["blend", "mask"] = "blend"
    """Soft edges, or edges cut at half of alpha, which every viewer sorts right (GLB and USDZ)."""
    steepest_deg: Annotated[float, arg(metavar="DEG")] = 87.0
    """Surfaces steeper than this from the photo's viewpoint, and over 1 percent of the distance, are torn."""
    infinity_m: Annotated[float, arg(metavar="M")] = 1000.0
    """What is farther counts as infinity."""
    beyond: Literal["leave-out", "clamp"] = "leave-out"
    """Leave out what is at infinity, or put it at --infinity-m."""
    least_alpha: Annotated[float, arg(metavar="X")] = 0.5
    """Points: texels with at least this much alpha."""
    step: Annotated[int, arg(metavar="N")] = 1
    """Points: only every Nth row and column."""
    voxel_m: Annotated[float | None, arg(metavar="M", help_behavior_hint="(default: all)")] = None
    """Points: at most one of a layer in each cube of this size."""
    keep_outliers: bool = False
    """Points: keep statistical outliers; leaving them out needs open3d."""
    depth_from: Annotated[PhotoOptions, OmitArgPrefixes] = field(default_factory=PhotoOptions)
    reach_m: Annotated[float, arg(metavar="M")] = 0.07
    """For a photo: how far to the side you will look behind things."""
    quiet: bool = False
    """Print errors only."""

    def run(self) -> None:
        """Export, and print what was written: a line for each format."""
        from relens.cli.outcome import Outcome
        from relens.cli.progress_bar import progress_bar

        with progress_bar(self.quiet) as progress:
            lines, notes = self._written(progress)
        if not self.quiet:
            Outcome("\n".join(lines), notes).show()

    def _written(self, progress: Progress) -> tuple[list[str], tuple[str, ...]]:
        from relens.export import Limits, layer_meshes, scene_points, write_points

        wanted, files = self._files()
        limits = Limits(self.steepest_deg, self.infinity_m, self.beyond)
        scene, notes = self._scene(progress)
        lines = []
        if meshes := [suffix for suffix in wanted if suffix in _MESHES]:
            mesh = layer_meshes(
                scene,
                triangles=self.triangles or None,
                outline_px=self.outline_px,
                texture_px=self.texture_px,
                limits=limits,
                progress=progress,
            )
            notes += mesh.notes
            for number, suffix in enumerate(meshes):
                progress("write", number / len(meshes))
                lines.append(_line(_counts(mesh), *self._write(mesh, suffix, files[suffix])))
        if self.points:
            points = scene_points(
                scene,
                least_alpha=self.least_alpha,
                step=self.step,
                voxel_m=self.voxel_m,
                clean=not self.keep_outliers,
                limits=limits,
                progress=progress,
            )
            write_points(points, files["points"])
            notes += tuple(note for note in points.notes if note not in notes)
            lines.append(_line(f"{len(points.layer)} points", files["points"]))
        if "html" in wanted:
            line, of_page = self._written_page(scene, files["html"], progress)
            lines.append(line)
            notes += of_page
        return lines, notes

    def _written_page(self, scene: "Scene", file: Path, progress: Progress) -> tuple[str, tuple[str, ...]]:
        from relens.viewer.html import write_html

        written = write_html(scene, file, name=self.source.stem, progress=progress)
        k = written.level.intrinsics
        return _line(f"{k.width_px} x {k.height_px} pixels (level {written.level.level})", file), written.notes

    def _files(self) -> tuple[list[str], dict[str, Path]]:
        """The suffixes to write, and every file's name. Raises before the long work where they cannot be."""
        stem = self.source.with_suffix("") if self.output is None else self.output
        asked = stem.suffix.lower().removeprefix(".") if self.output is not None else ""
        stem = stem.with_suffix("") if asked in _FORMATS else stem
        wanted = [suffix for suffix in _FORMATS if getattr(self, suffix) or suffix == asked]
        if not wanted and not self.points:
            raise ValueRangeError("formats", "none", "at least one of --glb --usdz --obj --ply --points --html")
        if self.triangles < 0:
            raise ValueRangeError("triangles", self.triangles, "1 or more, or 0 for no limit")
        if not stem.name:
            raise FileError(stem, "is a folder; expected a name for the files in it")
        if not stem.parent.is_dir():
            raise FileError(stem, f"the folder {stem.parent} does not exist; create it first")
        if "usdz" in wanted:
            from relens.export.usdz import usd_library

            usd_library()
        if "html" in wanted:
            from relens.viewer.built_page import built_page

            built_page()
        files = {suffix: stem.with_name(f"{stem.name}.{suffix}") for suffix in _FORMATS}
        return wanted, {**files, "points": stem.with_name(f"{stem.name}-points.ply")}

    def _scene(self, progress: Progress) -> "tuple[Scene, tuple[str, ...]]":
        from relens.cli.lift_photo import lift_photo
        from relens.depth import find_depth
        from relens.scene_folder import load_scene

        if self.source.is_dir():
            self.depth_from.refuse("none: a scene folder has its own; lift the photo again")
            progress("load scene", 0.0)
            return load_scene(self.source), ()
        self.depth_from.check()
        progress("read photo", 0.0)
        photo = self.depth_from.read(self.source)
        depth = find_depth(photo, self.depth_from.request(), progress)
        return lift_photo(photo, depth, self.depth_from, self.reach_m, progress)

    def _write(self, mesh: "ExportMesh", suffix: str, file: Path) -> tuple[Path, ...]:
        from relens.export import write_glb, write_obj, write_ply, write_usdz

        if suffix == "obj":
            return write_obj(mesh, file)
        if suffix == "ply":
            write_ply(mesh, file)
        else:
            (write_glb if suffix == "glb" else write_usdz)(mesh, file, alpha_mode=self.alpha)
        return (file,)


def _counts(mesh: "ExportMesh") -> str:
    layers = f"{len(mesh.layers)} layer{'s' * (len(mesh.layers) != 1)}"
    return f"{layers}, {mesh.triangle_count} triangles, {mesh.vertex_count} vertices"


def _line(what: str, file: Path, *others: Path) -> str:
    size = sum(each.stat().st_size for each in (file, *others))
    more = f" and {len(others)} more files" if others else ""
    return f"{file}{more}: {what}, {size / 1e6:.1f} MB ({size} bytes)"
