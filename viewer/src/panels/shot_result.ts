/** ShotResult: what was rendered: to look at, to compare with the live view, to take home. */

import type { ShotResult } from "../server/server";
import type { App } from "../state/app";
import type { ShotFormat } from "./shot_form";
import { type CompareShot, compareShot } from "./compare_shot";
import { button } from "./controls";
import { element } from "./element";

export interface ShownResult {
  readonly root: HTMLElement;
  /** Take the comparison off the picture. */
  close(): void;
}

/** A finished shot. */
export function shotResult(app: App, result: ShotResult, format: ShotFormat): ShownResult {
  // A PNG of 8 bits is its own best preview.
  const picture_url = format === "png" ? result.url : result.preview_url;
  let compared: CompareShot | null = null;
  const compare = button("Compare with the live view", () => {
    if (compared !== null) {
      compared.close();
    } else if (picture_url !== null) {
      compare.setAttribute("aria-pressed", "true");
      compared = compareShot(app, picture_url, () => {
        compared = null;
        compare.setAttribute("aria-pressed", "false");
        compare.focus();
      });
    }
  });
  compare.setAttribute("aria-pressed", "false");
  const shown = format === "mp4"
    ? element("video", { src: result.url, controls: true, playsinline: true, loop: true, "aria-label": "The film" })
    : element("img", { src: picture_url, alt: "The rendered picture" });
  // A browser without the film's codec can still save it.
  if (format === "mp4") shown.addEventListener("error", () => { shown.remove(); });
  const root = element("figure", { class: "shot-result" },
    shown,
    element("figcaption", { class: "value" },
      element("span", {}, result.name),
      element("span", { class: "hint" }, `${sizeText(result.bytes)}, rendered in ${timeText(result.seconds)}`)),
    element("div", { class: "row" },
      element("a", { class: "button primary", href: result.url, download: result.name }, "Download"),
      picture_url === null ? null : compare),
  );
  return { root, close: () => compared?.close() };
}

/** A file's size as people say it. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A time as people say it. */
export function timeText(seconds: number): string {
  if (seconds < 100) return `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const whole_s = Math.round(seconds);
  return `${Math.floor(whole_s / 60)} min ${whole_s % 60} s`;
}
