/** BrushRing: shows on the picture how wide the brush is. */

import type { App } from "../state/app";

/** From now on a ring as wide as the brush follows the pointer over the picture while a tool paints. */
export function brushRing(app: App): void {
  const { canvas } = app.live;
  const ring = document.createElement("div");
  ring.className = "brush-ring";
  ring.hidden = true;
  canvas.addEventListener("pointermove", (event) => {
    const { tool, brush } = app.store.get();
    ring.hidden = tool === "focus";
    if (ring.hidden) return;
    if (!ring.isConnected) canvas.after(ring);
    const diameter_px = 2 * brush.radius_px * shownScale(app);
    ring.style.left = `${canvas.offsetLeft + event.offsetX}px`;
    ring.style.top = `${canvas.offsetTop + event.offsetY}px`;
    ring.style.width = `${diameter_px}px`;
    ring.style.height = `${diameter_px}px`;
  });
  canvas.addEventListener("pointerleave", () => {
    ring.hidden = true;
  });
}

/** CSS pixels of the screen for a pixel of the photo, as seen from about the photo's place. */
function shownScale({ live, info }: App): number {
  const { fx_px, width_px } = live.camera();
  return (fx_px / info.camera.fx_px) * (live.canvas.clientWidth / width_px);
}
