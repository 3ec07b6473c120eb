/** Which panels are open: beside the picture one at a time, the timeline under it besides, and at phone width only one. */

import type { PanelName } from "../state/state";
import type { Store } from "../state/store";

const BESIDE: readonly PanelName[] = ["lens", "look", "touch-up", "shoot"];

/** Whether the page is as narrow as a phone; style/layout.css turns at the same width. */
export function isNarrow(): boolean {
  return window.matchMedia("(max-width: 719px)").matches;
}

/** The panels that are open once this one has been opened or, where it was open, closed. */
export function withToggled(open: readonly PanelName[], name: PanelName, narrow: boolean): readonly PanelName[] {
  if (open.includes(name)) return open.filter((one) => one !== name);
  if (name === "help") return [...open, name];
  if (narrow) return [name];
  return [...open.filter((one) => !(BESIDE.includes(name) && BESIDE.includes(one))), name];
}

/** Open a panel, or close it where it is open. */
export function togglePanel(store: Store, name: PanelName): void {
  store.set({ open: withToggled(store.get().open, name, isNarrow()) });
}
