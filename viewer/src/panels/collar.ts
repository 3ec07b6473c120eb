/** The collar between aperture and focal length: plain metal with the index of both. */

import { drawMetal, sheetOf } from "./barrel_metal";
import { element } from "./element";

export interface Collar {
  readonly root: HTMLElement;
  redraw(): void;
}

/** A narrow fixed ring. */
export function collar(): Collar {
  const canvas = element("canvas", { class: "metal", "aria-hidden": "true" });
  const redraw = (): void => {
    const sheet = sheetOf(canvas);
    if (sheet === null) return;
    drawMetal(sheet);
    const { context, width, height } = sheet;
    context.fillStyle = sheet.colour("--signal");
    context.beginPath();
    context.arc(width / 2, height / 2 - 0.5, Math.max(2.5, height / 4), 0, 2 * Math.PI);
    context.fill();
  };
  new ResizeObserver(redraw).observe(canvas);
  return { root: element("div", { class: "collar" }, canvas), redraw };
}
