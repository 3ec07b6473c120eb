/** The values of a View as text: one table that shared addresses and copied settings read and write by. */

import type { Focus, Framing, LensSettings, Vec3, View } from "./view";

/** A value that cannot be read, in one line for people. */
export class ViewTextError extends Error {}

export interface ViewValue {
  /** In settings, as in relens's preset files. */
  readonly key: string;
  /** In addresses. */
  readonly short: string;
  readonly read: (view: View) => string;
  /** The view with the value that the text says. Throws ViewTextError. */
  readonly write: (view: View, text: string) => View;
}

/** Says in one line what is wrong with a lens, or null; ranges are known to the room of lenses, above this one. */
export type LensCheck = (lens: LensSettings) => string | null;

/** Six digits, no trailing zeros; infinity is "inf". */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return String(Number(value.toPrecision(6)));
}

function finite(text: string, what: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value)) throw new ViewTextError(`${what} is ${quoted(text)}; expected a number`);
  return value;
}

function quoted(text: string): string {
  return text.length > 40 ? `"${text.slice(0, 40)}…"` : `"${text}"`;
}

function pointText(point: Vec3): string {
  // A tenth of a millimetre.
  return point.map((value) => numberText(Math.round(value * 1e4) / 1e4)).join(",");
}

function readPoint(text: string, what: string): Vec3 {
  const parts = text.replace(/^\[|\]$/g, "").split(",");
  if (parts.length !== 3) throw new ViewTextError(`${what} is ${quoted(text)}; expected three numbers in metres`);
  const [x, y, z] = parts.map((part) => finite(part, what));
  return [x, y, z];
}

function readFocus(text: string): Focus {
  if (text.trim() === "inf") return Infinity;
  if (text.includes(",")) return readPoint(text, "focus");
  const metres = finite(text, "focus");
  if (metres <= 0) throw new ViewTextError(`focus is ${quoted(text)}; expected metres over 0, inf, or a point x,y,z`);
  return metres;
}

const FRAMINGS: readonly Framing[] = ["photo", "lens", "subject"];

function readFraming(text: string): Framing {
  const framing = FRAMINGS.find((one) => one === text.trim());
  if (framing === undefined) throw new ViewTextError(`framing is ${quoted(text)}; expected photo, lens or subject`);
  return framing;
}

function inLens<Key extends keyof LensSettings>(
  key: Key, short: string, text: (value: LensSettings[Key]) => string, value: (text: string) => LensSettings[Key],
): ViewValue {
  return {
    key, short,
    read: (view) => text(view.lens[key]),
    write: (view, written) => ({ ...view, lens: { ...view.lens, [key]: value(written) } }),
  };
}

type NumberKey = { [Key in keyof LensSettings]: LensSettings[Key] extends number ? Key : never }[keyof LensSettings];
type FlagKey = { [Key in keyof LensSettings]: LensSettings[Key] extends boolean ? Key : never }[keyof LensSettings];

function lensNumber(key: NumberKey, short: string): ViewValue {
  return inLens(key, short, numberText, (text) => finite(text, key));
}

function lensFlag(key: FlagKey, short: string): ViewValue {
  return inLens(key, short, String, (text) => {
    if (text.trim() !== "true" && text.trim() !== "false") {
      throw new ViewTextError(`${key} is ${quoted(text)}; expected true or false`);
    }
    return text.trim() === "true";
  });
}

function poseAngle(key: "yaw" | "pitch" | "roll"): ViewValue {
  return {
    key: `${key}_deg`, short: key,
    read: (view) => numberText(Math.round((view.pose[`${key}_rad`] * 180e3) / Math.PI) / 1e3),
    write: (view, text) => ({
      ...view, pose: { ...view.pose, [`${key}_rad`]: (finite(text, `${key}_deg`) * Math.PI) / 180 },
    }),
  };
}

function readZoom(text: string): number {
  const zoom = finite(text, "zoom");
  if (zoom < 0.05 || zoom > 20) throw new ViewTextError(`zoom is ${quoted(text)}; expected 0.05 to 20`);
  return zoom;
}

function readExposure(text: string): number {
  const stops = finite(text, "exposure_ev");
  if (Math.abs(stops) > 10) throw new ViewTextError(`exposure_ev is ${quoted(text)}; expected -10 to 10 stops`);
  return stops;
}

/** null is "none". */
function orNone(value: string | null): string {
  return value ?? "none";
}

/** Every value of a view but the preset's name, in the order in which people read them. */
export const VIEW_VALUES: readonly ViewValue[] = [
  lensNumber("focal_length_mm", "mm"),
  lensNumber("f_number", "f"),
  lensNumber("blades", "blades"),
  lensNumber("curvature", "curve"),
  lensNumber("rotation_deg", "turn"),
  lensNumber("squeeze", "squeeze"),
  lensNumber("profile", "profile"),
  lensNumber("cats_eye", "cats"),
  lensNumber("tilt_deg", "tilt"),
  lensNumber("swing_deg", "swing"),
  lensNumber("axial_colour", "axial"),
  lensNumber("lateral_colour", "lateral"),
  lensFlag("breathing", "breathing"),
  inLens("t_stop", "t", (value) => (value === null ? "none" : numberText(value)),
    (text) => (text.trim() === "none" ? null : finite(text, "t_stop"))),
  lensFlag("vignetting", "vignetting"),
  lensNumber("sensor_width_mm", "sensor"),
  inLens("image", "image", orNone, (text) => (text.trim() === "none" ? null : text.trim())),
  {
    key: "focus", short: "focus",
    read: ({ focus }) => (typeof focus === "number" ? numberText(focus) : pointText(focus)),
    write: (view, text) => ({ ...view, focus: readFocus(text) }),
  },
  {
    key: "framing", short: "framing",
    read: (view) => view.framing,
    write: (view, text) => ({ ...view, framing: readFraming(text) }),
  },
  {
    key: "eye_m", short: "eye",
    read: (view) => pointText(view.pose.eye_m),
    write: (view, text) => ({ ...view, pose: { ...view.pose, eye_m: readPoint(text, "eye_m") } }),
  },
  poseAngle("yaw"),
  poseAngle("pitch"),
  poseAngle("roll"),
  {
    key: "zoom", short: "zoom",
    read: (view) => numberText(view.pose.zoom),
    write: (view, text) => ({ ...view, pose: { ...view.pose, zoom: readZoom(text) } }),
  },
  {
    key: "exposure_ev", short: "ev",
    read: (view) => numberText(view.exposure_ev),
    write: (view, text) => ({ ...view, exposure_ev: readExposure(text) }),
  },
];
