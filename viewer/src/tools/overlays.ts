/** The overlays, in words and in their order. */

import type { App } from "../state/app";
import type { Overlay } from "../state/state";

interface OverlayText {
  readonly value: Overlay;
  readonly text: string;
  readonly means: string;
}

export const OVERLAYS: readonly OverlayText[] = [
  { value: "none", text: "None", means: "the picture alone" },
  { value: "peaking", text: "Focus peaking", means: "edges that are sharp" },
  { value: "coc", text: "Circle of confusion", means: "how wide the blur is" },
  { value: "depth", text: "Depth", means: "near to far" },
  { value: "layers", text: "Layers", means: "what the scene is made of" },
  { value: "uncertainty", text: "Uncertainty", means: "where the depth is a guess" },
];

/** Why an overlay cannot be shown for this scene; null where it can. */
export function overlayRefusal(app: Pick<App, "info">, overlay: Overlay): string | null {
  return overlay === "uncertainty" && !app.info.has_uncertainty ? "not known for this scene" : null;
}

/** The overlay after the one that is shown, or before it, among those that the scene can show. */
export function nextOverlay(app: Pick<App, "info" | "store">, by: number): Overlay {
  const shown = OVERLAYS.filter(({ value }) => overlayRefusal(app, value) === null);
  const at = shown.findIndex(({ value }) => value === app.store.get().overlay);
  return shown[(at + by + shown.length) % shown.length].value;
}
