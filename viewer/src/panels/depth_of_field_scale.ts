/** The depth-of-field scale: pairs of lines beside the index, one for each f-number; what is between them is sharp. */

import { FULL_STOPS } from "../lens/f_stops";
import { depthMark } from "../lens/focus_scale";
import { across, drawMetal, engrave, score, sheetOf, type Sheet } from "./barrel_metal";
import { element } from "./element";

export interface DepthOfFieldScale {
  readonly root: HTMLElement;
  show(f_number: number): void;
  redraw(): void;
}

/** Pixels that a number needs. */
const NUMBER_PX = 25;

/** A fixed ring between focus and aperture, with the index of both. */
export function depthOfFieldScale(): DepthOfFieldScale {
  const canvas = element("canvas", { class: "metal", "aria-hidden": "true" });
  let f_number = 1;
  const redraw = (): void => {
    const sheet = sheetOf(canvas);
    if (sheet === null) return;
    drawMetal(sheet);
    drawLit(sheet, f_number);
    drawPairs(sheet, f_number);
    drawIndex(sheet);
  };
  new ResizeObserver(redraw).observe(canvas);
  return {
    root: element("div", { class: "scale" }, canvas),
    redraw,
    show(next) {
      f_number = next;
      redraw();
    },
  };
}

function drawLit(sheet: Sheet, f_number: number): void {
  const mark = Math.min(1.4, depthMark(f_number));
  const [left, right] = [across(sheet, -mark), across(sheet, mark)];
  if (left === null || right === null) return;
  const signal = sheet.colour("--signal");
  sheet.context.fillStyle = signal;
  sheet.context.fillRect(left, 0, right - left, 2);
  for (const side of [-1, 1]) score(sheet, side * mark, 0, 9, signal, 2);
}

function drawPairs(sheet: Sheet, f_number: number): void {
  const { width, height } = sheet;
  const [strong, signal] = [sheet.colour("--engraved"), sheet.colour("--signal")];
  // From the widest pair inwards, as long as a number has room beside the one before and the index.
  let free = width / 2 - 12;
  const now = FULL_STOPS.find((stop) => Math.abs(stop - f_number) < 1e-6);
  for (const stop of [...FULL_STOPS].filter((one) => one >= 1 && one <= 22).reverse()) {
    const mark = depthMark(stop);
    const x = across(sheet, mark);
    if (x === null) continue;
    const lit = stop === now;
    const out = x - width / 2;
    if (!lit && out > 8) for (const side of [-1, 1]) score(sheet, side * mark, 0, 6, strong);
    if (out + NUMBER_PX / 2 > free || out - NUMBER_PX / 2 < 10) continue;
    free = out - NUMBER_PX / 2;
    for (const side of [-1, 1]) engrave(sheet, side * mark, String(stop), 0.6 * height, 11, lit ? signal : strong);
  }
}

function drawIndex(sheet: Sheet): void {
  const { context, width, height } = sheet;
  const x = width / 2;
  context.fillStyle = sheet.colour("--signal");
  context.fillRect(x - 1, 0, 2, height - 1);
  context.beginPath();
  context.moveTo(x - 5, 0);
  context.lineTo(x + 5, 0);
  context.lineTo(x, 8);
  context.fill();
  context.beginPath();
  context.moveTo(x - 5, height - 1);
  context.lineTo(x + 5, height - 1);
  context.lineTo(x, height - 9);
  context.fill();
}
