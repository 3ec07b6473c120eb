/** ShotForm: what kind of picture to render: format, size, samples, and frames a second of a film. */

import type { ShotRequest } from "../server/server";
import type { App } from "../state/app";
import { moments } from "../tools/moments";
import { filmSizes, pictureSizes } from "../tools/shot_sizes";
import { field, group, nextId, segmented } from "./controls";
import { element } from "./element";

export type ShotFormat = ShotRequest["format"];

export interface ShotForm {
  readonly root: HTMLElement;
  /** The order as it stands now, or why there can be none, in one line. */
  order(): ShotRequest | { readonly wrong: string };
}

const SAMPLES: readonly (readonly [string, string])[] = [
  ["16", "16, a draft"], ["64", "64"], ["256", "256"], ["1024", "1024, fine"], ["4096", "4096, finest"],
];
/** What the server takes where nothing is said. */
const USUAL_SAMPLES = { picture: "256", film: "64" };
const RATES = [24, 25, 30, 50, 60];
const NO_PATH = "A film needs a camera path; make one on the timeline.";

export function shotForm(app: App): ShotForm {
  const { store, live, info } = app;
  let format: ShotFormat = "png";
  const formats = segmented<ShotFormat>("Format", [
    { value: "png", text: "PNG", title: "8-bit PNG" }, { value: "png16", text: "PNG 16", title: "16-bit PNG, for editing" },
    { value: "exr", text: "EXR", title: "Linear light in float, for compositing" },
    { value: "mp4", text: "Film", title: "MP4 of the timeline" },
  ], (value) => {
    const isOther = (value === "mp4") !== (format === "mp4");
    format = value;
    if (isOther) usual();
    show();
  });
  const size = select([]);
  const samples = select(SAMPLES);
  const rate = select(RATES.map((fps) => [String(fps), `${fps} frames a second`] as const));
  const rateField = field("Frame rate", rate);
  const about = element("p", { class: "hint", id: nextId("shot") });
  formats.root.setAttribute("aria-describedby", about.id);

  const sizes = () => {
    const { width_px, height_px } = live.camera();
    const ofFormat = format === "mp4" ? filmSizes : pictureSizes;
    return ofFormat([info.camera.width_px, info.camera.height_px], [width_px, height_px]);
  };
  const showSizes = (): void => {
    const chosen = size.value;
    const options = sizes();
    size.replaceChildren(...options.map(({ name, size_px: [width, height] }) =>
      element("option", { value: name }, `${name}, ${width} × ${height}`)));
    if (options.some(({ name }) => name === chosen)) size.value = chosen;
  };
  /** What is best for a picture, or a film, until the person says otherwise. */
  const usual = (): void => {
    samples.value = format === "mp4" ? USUAL_SAMPLES.film : USUAL_SAMPLES.picture;
    size.replaceChildren();
    showSizes();
  };
  const show = (): void => {
    formats.show(format);
    rateField.hidden = format !== "mp4";
    about.textContent = format === "mp4" ? filmLength(app, Number(rate.value)) : HINTS[format];
  };
  const showPath = (): void => {
    const { path } = store.get();
    formats.forbid("mp4", path === null ? NO_PATH : null);
    if (path === null && format === "mp4") {
      format = "png";
      usual();
    }
    if (path?.fps !== undefined && RATES.includes(path.fps)) rate.value = String(path.fps);
    show();
  };
  rate.addEventListener("change", show);
  // The window's size is what it is when someone looks.
  size.addEventListener("focus", showSizes);
  store.on((state, before) => {
    if (state.path !== before.path) showPath();
    if (state.open !== before.open) showSizes();
  });
  usual();
  showPath();

  return {
    root: group("Picture", formats.root, about, field("Size", size), field("Most samples per pixel", samples), rateField),
    order() {
      const { view, path } = store.get();
      const isFilm = format === "mp4";
      if (isFilm && path === null) return { wrong: NO_PATH };
      const found = sizes().find(({ name }) => name === size.value);
      const isOwn = found?.name === "Photo" && !isFilm;
      return {
        view, format,
        samples: Number(samples.value),
        ...(isOwn || found === undefined ? {} : { size_px: found.size_px }),
        ...(isFilm && path !== null ? { path, fps: Number(rate.value) } : {}),
      };
    },
  };
}

const HINTS: Readonly<Record<Exclude<ShotFormat, "mp4">, string>> = {
  png: "8 bits, to look at and to send.",
  png16: "16 bits, to go on editing.",
  exr: "Linear light in float, nothing clipped.",
};

function filmLength(app: App, fps: number): string {
  const path = moments(app).path();
  if (path === null) return NO_PATH;
  if ("wrong" in path) return path.wrong;
  const frames = Math.max(1, Math.round(path.duration_s * fps));
  return `${path.duration_s.toFixed(1)} s of the timeline, ${frames} frames.`;
}

function select(options: readonly (readonly [string, string])[]): HTMLSelectElement {
  return element("select", {}, ...options.map(([value, text]) => element("option", { value }, text)));
}
