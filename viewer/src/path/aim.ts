/** Aim: what to focus on or look at, as people say it, and where that is in the scene (`relens.render.aim`). */

import { wrong } from "../lens/lens";
import type { Vec3 } from "../state/view";
import type { PathContext } from "./path_context";
import { PathProblem } from "./path_problem";
import type { AimRecord } from "./path_record";

export type Aim =
  | { readonly kind: "distance"; readonly distance_m: number }
  | { readonly kind: "pixel"; readonly pixel: readonly [number, number] }
  | { readonly kind: "point"; readonly point_m: Vec3 }
  | { readonly kind: "subject" };

/** A place of the world, (x, y, z, 1) / z, so that what is at infinity is (x, y, 1, 0). */
export type Homogeneous = readonly [number, number, number, number];

/** What is focused on: a distance from the camera of the moment, as its inverse in 1/m, or a place of the world. */
export type FocusAim = { readonly inverse_m: number } | { readonly place: Homogeneous };

const NUMBER = String.raw`(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)`;
const SPACE = String.raw`[ \t\n\r\f\v]*`;
const DISTANCE = new RegExp(`^${NUMBER}${SPACE}(|m|cm|mm)$`);
const PIXEL = new RegExp(`^${NUMBER}${SPACE},${SPACE}${NUMBER}$`);
const PARTS_OF_A_METRE: Readonly<Record<string, number>> = { "": 1, m: 1, cm: 100, mm: 1000 };

/**
 * `1.2` (metres), `1.2m`, `120cm`, `850mm`, `inf`, `1200,800` (column, row of the photo), `subject` or a point.
 *
 * null for anything else, and for distances that are not positive.
 */
export function parseAim(said: AimRecord): Aim | null {
  if (typeof said === "number") return said > 0 ? { kind: "distance", distance_m: said } : null;
  if (typeof said !== "string") return { kind: "point", point_m: said };
  const word = said.trim().toLowerCase();
  if (word === "subject") return { kind: "subject" };
  if (word === "inf" || word === "infinity") return { kind: "distance", distance_m: Infinity };
  const pixel = PIXEL.exec(word);
  if (pixel !== null) {
    const [column_px, row_px] = [Number(pixel[1]), Number(pixel[2])];
    return Number.isFinite(column_px) && Number.isFinite(row_px) ? { kind: "pixel", pixel: [column_px, row_px] } : null;
  }
  const distance = DISTANCE.exec(word);
  if (distance === null) return null;
  const distance_m = Number(distance[1]) / PARTS_OF_A_METRE[distance[2]];
  return distance_m > 0 && distance_m < Infinity ? { kind: "distance", distance_m } : null;
}

/**
 * Where a place is in the world.
 *
 * Throws PathProblem for a pixel outside the photo or at which nothing is, and a point behind the photo's camera.
 */
export function placeOf(aim: Exclude<Aim, { kind: "distance" }>, context: PathContext): Homogeneous {
  if (aim.kind !== "pixel") {
    const [x, y, z] = aim.kind === "subject" ? context.subject_m : aim.point_m;
    if (!(z > 0)) {
      throw new PathProblem(wrong("point_m", `(${x}, ${y}, ${z})`, "a point before the photo's camera: z over 0"));
    }
    return [x / z, y / z, 1, 1 / z];
  }
  const [column_px, row_px] = aim.pixel;
  const k = context.photo;
  if (column_px >= k.width_px || row_px >= k.height_px) {
    const inside = `a pixel inside the ${k.width_px}x${k.height_px} photo`;
    throw new PathProblem(wrong("focus", `${column_px},${row_px}`, inside));
  }
  const depth_m = context.depthAt(column_px, row_px);
  if (!(depth_m > 0)) {
    throw new PathProblem(`focus=${column_px},${row_px}: nothing is there in the scene; choose another pixel`);
  }
  return [(column_px - k.cx_px) / k.fx_px, (row_px - k.cy_px) / k.fy_px, 1, 1 / depth_m];
}

/** An aim of the focus, found. Throws PathProblem as `placeOf` does. */
export function focusAimOf(aim: Aim, context: PathContext): FocusAim {
  return aim.kind === "distance" ? { inverse_m: 1 / aim.distance_m } : { place: placeOf(aim, context) };
}
