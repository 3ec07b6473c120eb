/** State: all that the page knows and shows, in one frozen object. */

import type { PathRecord } from "../path/path_record";
import type { View } from "./view";

export type Overlay = "none" | "peaking" | "coc" | "depth" | "layers" | "uncertainty";
/** What a click on the picture does. */
export type Tool = "focus" | "brush" | "heal" | "recolour";
export type Theme = "auto" | "light" | "dark";
export type PanelName = "lens" | "look" | "timeline" | "touch-up" | "shoot" | "help";

export interface Brush {
  /** In pixels of the photo. */
  readonly radius_px: number;
  /** 0 to 1, for paint; for recolour the strength. */
  readonly opacity: number;
  /** "#rrggbb" in sRGB. */
  readonly colour: string;
}

/** The scene's edits on the server, newest last. */
export interface History {
  readonly revision: number;
  readonly done: readonly string[];
  readonly undone: readonly string[];
  /** Whether edits are written to a scene folder; false for a photo that was opened without one. */
  readonly saved: boolean;
}

export interface State {
  readonly view: View;
  readonly overlay: Overlay;
  /** Share of the picture's width, from the left, that shows the source photo; null while not comparing. */
  readonly compare: number | null;
  readonly tool: Tool;
  readonly brush: Brush;
  readonly history: History;
  /** The camera path on the timeline; null before there is one. */
  readonly path: PathRecord | null;
  /** Index of the chosen keyframe; null for none. */
  readonly keyframe: number | null;
  readonly time_s: number;
  readonly playing: boolean;
  readonly loop: boolean;
  readonly theme: Theme;
  /** Which panel is open at phone width, and which drawers on a desk. */
  readonly open: readonly PanelName[];
}
