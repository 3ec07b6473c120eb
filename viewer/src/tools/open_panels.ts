/** Which panels are open: beside the picture one at a time, the timeline under it besides, and at phone width only one. */

import type { PanelName } from "../state/state";
import type { Store } from "../state/store";

const BESIDE: readonly PanelName[] = ["lens", "look", "touch-up", "shoot"];

/** Pages with room for one panel; style/narrow.css turns at the same sizes. */
const NARROW = "(max-width: 719px), (max-height: 480px)";

/** Whether the page is as small as a phone. */
export function isNarrow(): boolean {
  return window.matchMedia(NARROW).matches;
}

/** From now on, of several panels only the last stays open when the page becomes as small as a phone. */
export function fitPanels(store: Store): void {
  window.matchMedia(NARROW).addEventListener("change", ({ matches }) => {
    const { open } = store.get();
    if (matches && open.length > 1) store.set({ open: open.slice(-1) });
  });
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
