/** The lens barrel: focus, depth of field, aperture and focal length, as on a lens that is held in the hands. */

import { distanceText, limitsText } from "../lens/distance_text";
import { FULL_STOPS, THIRDS, fNumberAt, thirdsOf } from "../lens/f_stops";
import { distanceAt, engravings, turnOf, type Engraving, type FocusScale } from "../lens/focus_scale";
import { pupilDiameterM, RANGES } from "../lens/lens";
import type { App } from "../state/app";
import type { LensSettings } from "../state/view";
import { focusAt, focusRing, setAperture, turnAperture, turnFocus } from "../tools/lens_controls";
import { barrelRing } from "./barrel_ring";
import { collar } from "./collar";
import { depthOfFieldScale } from "./depth_of_field_scale";
import { element } from "./element";
import { apertureText, focalLengthText } from "./lens_words";

const THIRD_RAD = 0.13;
/** Of this share of a third beside a number the ring rests on it. */
const DETENT = 0.28;
const FOCUS_STEP_RAD = { small: 0.02, large: 0.2, end: Infinity } as const;
const FOCAL_RAD = 0.9;
const FOCAL_NUMBERS = [
  1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 24, 28, 35, 40, 50, 60, 70, 85, 105, 135, 200, 300, 400, 500, 600,
  800, 1000, 1400, 2000,
];

const APERTURE_ENGRAVINGS: readonly Engraving[] = THIRDS.map((stop, index) => ({
  turn_rad: index * THIRD_RAD, text: FULL_STOPS.includes(stop) ? String(stop) : null,
}));
const FOCAL_ENGRAVINGS: readonly Engraving[] = FOCAL_NUMBERS.map((mm) => ({
  turn_rad: FOCAL_RAD * Math.log(mm), text: String(mm),
}));

/** The barrel with its read-outs. */
export function barrel(app: App): HTMLElement {
  const { store, info } = app;
  const lensNow = (): LensSettings => store.get().view.lens;
  const scaleNow = (): FocusScale => focusRing(store.get().view, info).scale;

  const focus = barrelRing({
    name: "focus", label: "Focus", ribs: "above", every_rad: 0.034,
    turn: (turn_rad) => {
      focusAt(app, distanceAt(scaleNow(), Math.min(0, turn_rad)));
    },
    step: (direction, size) => {
      turnFocus(app, direction * FOCUS_STEP_RAD[size]);
    },
  });
  const aperture = barrelRing({
    name: "aperture", label: "Aperture", ribs: "below", every_rad: 0.085,
    turn: (turn_rad) => {
      setAperture(app, fNumberAt(rested(turn_rad / THIRD_RAD)));
    },
    step: (direction, size) => {
      turnAperture(app, direction * { small: 1, large: 3, end: THIRDS.length }[size]);
    },
  });
  const setFocal = (mm: number): void => {
    const { min, max } = RANGES.focal_length_mm;
    store.look({ lens: { ...lensNow(), focal_length_mm: Math.min(max, Math.max(min, mm)) } });
  };
  const focal = barrelRing({
    name: "focal", label: "Focal length", ribs: "below", every_rad: 0.045,
    turn: (turn_rad) => {
      setFocal(focalAt(turn_rad));
    },
    step: (direction, size) => {
      setFocal(steppedFocal(lensNow().focal_length_mm, direction, size));
    },
  });
  const scale = depthOfFieldScale();
  const ring = collar();

  const readouts = { focus: readout("Focus"), aperture: readout("Aperture"), focal: readout("Focal length") };
  const near = limit("near", "sharp");
  const far = limit("far", "to");
  const hyperfocal = readout("Hyperfocal");
  const pupil = readout("Pupil");
  const root = element("section", { class: "barrel", "aria-label": "Lens barrel" },
    readouts.focus.root, focus.root, hyperfocal.root,
    near.root, scale.root, far.root,
    readouts.aperture.root, aperture.root, pupil.root,
    ring.root,
    readouts.focal.root, focal.root);

  let lastScale = "";
  let focusEngravings: readonly Engraving[] = [];
  const show = (): void => {
    const { view } = store.get();
    const { scale: turning, reading } = focusRing(view, info);
    const { f_number, focal_length_mm } = view.lens;
    const key = `${turning.turn_rad_m} ${turning.nearest_m}`;
    if (key !== lastScale) focusEngravings = engravings(turning);
    lastScale = key;
    const [nearText, farText] = limitsText(reading.near_m, reading.far_m);
    const sharp = reading.far_m === Infinity ? `sharp from ${nearText} to infinity` : `sharp from ${nearText} to ${farText}`;
    focus.show({
      turn_rad: turnOf(turning, reading.focus_m), engravings: focusEngravings,
      words: `focus ${reading.focus_m === Infinity ? "infinity" : distanceText(reading.focus_m)}, ${sharp}`,
      // Nearness, so that infinity is a number: 1/m, and the ring's way from near to far goes up.
      now: -rounded(1 / reading.focus_m), min: -rounded(1 / turning.nearest_m), max: 0,
    });
    scale.show(f_number);
    aperture.show({
      turn_rad: thirdsOf(f_number) * THIRD_RAD, engravings: APERTURE_ENGRAVINGS, words: apertureText(f_number),
      now: f_number, min: RANGES.f_number.min, max: RANGES.f_number.max,
    });
    focal.show({
      turn_rad: FOCAL_RAD * Math.log(focal_length_mm), engravings: FOCAL_ENGRAVINGS, words: focalLengthText(focal_length_mm, "millimetres"),
      now: focal_length_mm, min: RANGES.focal_length_mm.min, max: RANGES.focal_length_mm.max,
    });
    readouts.focus.show(distanceText(reading.focus_m));
    readouts.aperture.show(apertureText(f_number));
    readouts.focal.show(focalLengthText(focal_length_mm));
    near.show(nearText);
    far.show(farText);
    hyperfocal.show(distanceText(reading.hyperfocal_m));
    pupil.show(`${(1e3 * pupilDiameterM(view.lens)).toFixed(1)} mm`);
  };
  const redraw = (): void => {
    for (const part of [focus, scale, aperture, ring, focal]) part.redraw();
  };
  store.on((state, before) => {
    if (state.view !== before.view) show();
    if (state.theme !== before.theme) window.requestAnimationFrame(redraw);
  });
  window.matchMedia("(prefers-color-scheme: light)").addEventListener("change", redraw);
  show();
  return root;
}

/** Thirds with the ring's soft detents: near a number the ring rests on it, between them it moves freely. */
export function rested(thirds: number): number {
  const number = Math.round(thirds);
  return Math.abs(thirds - number) < DETENT ? number : thirds;
}

function focalAt(turn_rad: number): number {
  const mm = Math.exp(turn_rad / FOCAL_RAD);
  const engraved = FOCAL_NUMBERS.find((one) => Math.abs(Math.log(one / mm)) < 0.012);
  return engraved ?? (mm < 20 ? Math.round(mm * 10) / 10 : Math.round(mm));
}

function steppedFocal(mm: number, direction: 1 | -1, size: "small" | "large" | "end"): number {
  if (size === "end") return direction > 0 ? RANGES.focal_length_mm.max : RANGES.focal_length_mm.min;
  if (size === "small") return Math.round((mm + direction * (mm < 20 ? 0.1 : mm < 200 ? 1 : 10)) * 100) / 100;
  const beyond = FOCAL_NUMBERS.filter((one) => (one - mm) * direction > 1e-6);
  return (direction > 0 ? beyond[0] : beyond.at(-1)) ?? mm;
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

interface Readout {
  readonly root: HTMLElement;
  show(text: string): void;
}

/** A value in large figures under its name. The ring says it to screen readers. */
function readout(name: string): Readout {
  const value = element("span", { class: "figure" });
  return {
    root: element("div", { class: `readout ${name.split(" ")[0].toLowerCase()}`, "aria-hidden": "true" },
      element("span", { class: "name" }, name), value),
    show(text) {
      value.textContent = text;
    },
  };
}

/** A limit of what is sharp, beside the scale that shows it. */
function limit(name: string, words: string): Readout {
  const value = element("span");
  return {
    root: element("div", { class: `limit ${name}`, "aria-hidden": "true" }, element("span", { class: "name" }, `${words} `), value),
    show(text) {
      value.textContent = text;
    },
  };
}
