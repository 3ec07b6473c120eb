/** TimelineCurves: how focus and aperture go along the path, as two small curves under the ruler. */

import { distanceText } from "../lens/distance_text";
import type { PreparedPath } from "../path/prepared_path";
import { drawing, element } from "./element";
import { apertureText } from "./lens_words";

const POINTS = 160;

export interface Curve {
  /** 0 at the bottom to 1 at the top, at even times; null where the path cannot be taken. */
  readonly heights: readonly (number | null)[];
  /** The values at both ends of the scale, in words, the lower first. */
  readonly ends: readonly [string, string];
}

/** A curve's scale to draw by: inverse distances and logarithms of f-numbers are what lenses are even in. */
interface Scale {
  readonly name: string;
  of(moment: ReturnType<PreparedPath["at"]>): number;
  text(value: number): string;
}

const FOCUS: Scale = {
  name: "Focus",
  of: ({ focus_distance_m }) => 1 / focus_distance_m,
  text: (inverse_m) => (inverse_m > 0 ? distanceText(1 / inverse_m) : "∞"),
};

function aperture(f_number: number): Scale {
  return {
    name: "Aperture",
    of: ({ lens, pathLens }) => -Math.log2(lens.f_number ?? pathLens?.lens.f_number ?? f_number),
    text: (stops) => apertureText(2 ** -stops),
  };
}

export interface TimelineCurves {
  readonly root: HTMLElement;
  /** Draw the curves of a path along so many seconds; f_number is that of the page's lens, for a path that says none. */
  show(path: PreparedPath | null, length_s: number, f_number: number): void;
}

export function timelineCurves(): TimelineCurves {
  const rows = [FOCUS.name, aperture(1).name].map((name) => {
    const line = drawing("path", { class: "curve", "vector-effect": "non-scaling-stroke" });
    const high = element("span", { class: "curve-end" });
    const low = element("span", { class: "curve-end low" });
    const root = element("div", { class: "curve-row", role: "img" }, element("span", { class: "curve-name" }, name),
      drawing("svg", { viewBox: "0 0 1000 100", preserveAspectRatio: "none", "aria-hidden": "true" }, line), high, low);
    return { root, line, high, low };
  });
  const root = element("div", { class: "curves" }, ...rows.map((row) => row.root));
  return {
    root,
    show(path, length_s, f_number) {
      root.hidden = path === null;
      if (path === null) return;
      [FOCUS, aperture(f_number)].forEach((scale, at) => {
        const row = rows[at];
        const curve = curveOf(path, scale);
        row.line.setAttribute("d", lineOf(curve.heights, path.begin_s / length_s, path.end_s / length_s));
        [row.low.textContent, row.high.textContent] = curve.ends[0] === curve.ends[1] ? ["", curve.ends[1]] : curve.ends;
        row.root.setAttribute("aria-label", `${scale.name} from ${curve.ends[0]} to ${curve.ends[1]}`);
      });
    },
  };
}

function curveOf(path: PreparedPath, scale: Scale): Curve {
  const values = Array.from({ length: POINTS + 1 }, (_, at) => valueAt(path, scale, at / POINTS));
  const found = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...found), Math.max(...found)];
  const range = high - low;
  const ends: Curve["ends"] = found.length === 0 ? ["", ""] : [scale.text(low), scale.text(high)];
  // What reads the same all along is level, whatever its last digits do.
  const isLevel = ends[0] === ends[1];
  const heights = values.map((value) => (value === null ? null : isLevel ? 0.5 : (value - low) / range));
  return { heights, ends };
}

function valueAt(path: PreparedPath, scale: Scale, share: number): number | null {
  // A loop at its end is at its start again.
  const time_s = path.begin_s + Math.min(share, 1 - 1e-6) * path.duration_s;
  try {
    return scale.of(path.at(time_s));
  } catch {
    // Playing says why; here the line is broken.
    return null;
  }
}

/** An SVG path through heights at even times between two shares of a box of 1000 x 100. */
export function lineOf(heights: readonly (number | null)[], from: number, to: number): string {
  let isDown = false;
  return heights.map((height, at) => {
    if (height === null) {
      isDown = false;
      return "";
    }
    const x = 1000 * (from + ((to - from) * at) / Math.max(1, heights.length - 1));
    const command = isDown ? "L" : "M";
    isDown = true;
    return `${command}${x.toFixed(1)} ${(94 - 88 * height).toFixed(1)}`;
  }).join("");
}
