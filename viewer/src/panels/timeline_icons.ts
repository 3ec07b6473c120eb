/** The timeline's icons, drawn as lines like the page's others. */

import { drawing } from "./element";

function icon(d: string, isFilled = false): SVGElement {
  return drawing("svg", {
    viewBox: "0 0 16 16", fill: isFilled ? "currentColor" : "none", stroke: "currentColor", "stroke-width": 1.4,
    "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true",
  }, drawing("path", { d }));
}

export const playIcon = (): SVGElement => icon("M4.500 2.800v10.400L13 8z", true);
export const pauseIcon = (): SVGElement => icon("M4.500 3h1.500v10H4.500zM10 3h1.500v10H10z", true);
export const loopIcon = (): SVGElement => icon("M3 9V7a3 3 0 0 1 3-3h6.500M10.500 1.800L12.700 4l-2.200 2.200M13 7v2a3 3 0 0 1-3 3H3.500M5.500 14.200L3.300 12l2.200-2.200");
export const undoIcon = (): SVGElement => icon("M6 3L2.500 6.500 6 10M3 6.500h6.500a4 4 0 0 1 0 8H7");
export const redoIcon = (): SVGElement => icon("M10 3l3.500 3.500L10 10M13 6.500H6.500a4 4 0 0 0 0 8H9");
