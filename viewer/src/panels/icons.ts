/** The page's few icons, drawn as lines. */

import { drawing } from "./element";

function icon(...paths: readonly string[]): SVGElement {
  return drawing("svg", {
    viewBox: "0 0 16 16", fill: "none", stroke: "currentColor", "stroke-width": 1.4, "stroke-linecap": "round",
    "stroke-linejoin": "round", "aria-hidden": "true",
  }, ...paths.map((d) => drawing("path", { d })));
}

export const copyIcon = (): SVGElement => icon("M5.5 5.5h8v8h-8z", "M10.500 5.500v-3h-8v8h3");
export const pasteIcon = (): SVGElement => icon("M5 3H3v11h10V3h-2", "M5.500 1.500h5v3h-5z", "M8 7v4.500", "M6 9.500l2 2 2-2");
export const compareIcon = (): SVGElement => icon("M1.500 3.500h13v9h-13z", "M8 1.500v13", "M3.500 10l2-2.500L8 10.500");
export const helpIcon = (): SVGElement => icon("M5.500 5.500a2.500 2.500 0 1 1 3.600 2.200C8.300 8.200 8 8.700 8 9.700", "M8 12.600v.1");
export const closeIcon = (): SVGElement => icon("M3.500 3.500l9 9", "M12.500 3.500l-9 9");
export const homeIcon = (): SVGElement => icon("M2 8l6-5.500L14 8", "M4 7v6.500h8V7");
export const lensIcon = (): SVGElement => icon("M8 1.800a6.200 6.200 0 1 1-.1 0z", "M8 1.800l3 6", "M13.900 6.300l-5.300 4", "M12.200 12.600l-4.800-4.700", "M4.400 12.900l2-6.500", "M2 7.400l6.500-1.300");
export const lookIcon = (): SVGElement => icon("M1.500 8S4 3.500 8 3.500 14.500 8 14.500 8 12 12.500 8 12.500 1.500 8 1.500 8z", "M8 6a2 2 0 1 1-.1 0z");
export const pathIcon = (): SVGElement => icon("M3.500 11a1.500 1.500 0 1 0 .1 0z", "M12.500 2a1.500 1.500 0 1 0 .1 0z", "M5 12.500h4a2.500 2.500 0 0 0 0-5H7a2 2 0 0 1 0-4h4");
export const brushIcon = (): SVGElement => icon("M13.500 2.500L7 9", "M6.500 8.500a2.300 2.300 0 0 0-3 2c0 1.500-.700 2.500-1.500 3 3 .5 6-.5 6-3a2 2 0 0 0-1.500-2z");
export const shootIcon = (): SVGElement => icon("M1.500 4.500h3l1.200-2h4.600l1.200 2h3v9h-13z", "M8 6.300a2.600 2.600 0 1 1-.1 0z");
