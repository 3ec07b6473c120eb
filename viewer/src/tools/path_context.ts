/** The context of a page's camera paths: its photo, its scene, and the lens on the page. */

import type { PathContext } from "../path/path_context";
import type { App } from "../state/app";
import type { View } from "../state/view";

/** What a path does not say itself; `view` has the lens and the focus for a path that says none. */
export function pathContext(app: Pick<App, "info" | "live">, { lens, focus }: Pick<View, "lens" | "focus">): PathContext {
  const { info, live } = app;
  return {
    photo: info.camera, subject_m: info.subject_m, presets: info.presets, lens, focus,
    depthAt: (column_px, row_px) => live.depthAt(column_px, row_px),
  };
}
