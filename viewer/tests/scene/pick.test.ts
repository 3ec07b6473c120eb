import { expect, test } from "vitest";

import { placeOf } from "../../src/camera/pose";
import { apply, column as axisOf, dot, subtract } from "../../src/camera/vectors";
import type { LoadedLayer, LoadedScene } from "../../src/scene/loaded_scene";
import { picked, type Found } from "../../src/scene/pick";
import type { Pinhole } from "../../src/scene/scene_info";
import type { Pose, Vec3 } from "../../src/state/view";
import raw from "../golden/picks.json?raw";
import { BORDER_PX, CAMERA, everywhere, madeLayer, madeScene, PAGE } from "./made_scene";

const AHEAD: Vec3 = [0, 0, 1];

/** Towards a place of the photo, seen from the photo's camera. */
function towards(column: number, row: number): Vec3 {
  return [(column - CAMERA.cx_px) / CAMERA.fx_px, (row - CAMERA.cy_px) / CAMERA.fy_px, 1];
}

const subject = madeLayer("subject", { left: 20, top: 10, width: 30, height: 30 }, everywhere(1.25), everywhere(1));
const wall = madeLayer("wall", PAGE, everywhere(0.4), everywhere(1));

test("a ray meets the nearest plane at its depth, where it lies", () => {
  const scene = madeScene([subject, wall]);
  const found = picked(scene, [0, 0, 0], towards(30, 20))!;
  expect([found.layer.name, found.column, found.row]).toEqual(["subject", expect.closeTo(30, 6), expect.closeTo(20, 6)]);
  expect(found.inverse_depth).toBeCloseTo(1.25, 6);
  expect(picked(scene, [0, 0, 0], towards(60, 20))!.layer.name).toBe("wall");
  // The order of layers is no order of depth.
  expect(picked(madeScene([wall, subject]), [0, 0, 0], towards(30, 20))!.layer.name).toBe("subject");
});

test("an eye that has moved sees a plane at another place", () => {
  // Straight ahead from x lies photo pixel cx + fx x w.
  const eye: Vec3 = [0.1, -0.05, 0.02];
  const found = picked(madeScene([wall]), eye, AHEAD)!;
  expect(found.column).toBeCloseTo(CAMERA.cx_px + CAMERA.fx_px * 0.1 * 0.4, 6);
  expect(found.row).toBeCloseTo(CAMERA.cy_px - CAMERA.fy_px * 0.05 * 0.4, 6);
});

test("a slope is met where ray and slope cross", () => {
  // w = a + b column on a ray column = cx + fx x w.
  const [a, b, x] = [0.5, 0.004, -0.3];
  const slope = madeLayer("slope", PAGE, (column) => a + b * column, everywhere(1), 1e-5);
  const found = picked(madeScene([slope]), [x, 0, 0], AHEAD)!;
  const w = (a + b * CAMERA.cx_px) / (1 - b * CAMERA.fx_px * x);
  expect(found.inverse_depth).toBeCloseTo(w, 4);
  expect(found.column).toBeCloseTo(CAMERA.cx_px + CAMERA.fx_px * x * w, 2);
});

test("what is behind the eye is not seen, nor anything backwards", () => {
  const scene = madeScene([subject, wall]);
  expect(picked(scene, [0, 0, 0.7], AHEAD)!.layer.name).toBe("subject");
  expect(picked(scene, [0, 0, 0.9], AHEAD)!.layer.name).toBe("wall");
  expect(picked(scene, [0, 0, 2.6], AHEAD)).toBeNull();
  expect(picked(scene, [0, 0, 0], [0, 0, -1])).toBeNull();
  expect(picked(scene, [0, 0, 0], [1, 0, 0])).toBeNull();
});

test.each([
  [[0.4, 1], "wall"], [[0.6, 1], "first"], [[0.4, 0.4], "second"], [[0.2, 0.2], "wall"],
] as const)("a ray stops where half of it is gone: alphas %s stop it at the %s", (alphas, name) => {
  const layers = alphas.map((alpha, number) =>
    madeLayer(["first", "second"][number], PAGE, everywhere(1.2 - 0.2 * number), (column) => (alpha === 1 && column < 200 ? 0 : alpha)));
  expect(picked(madeScene([...layers, wall]), [0, 0, 0], AHEAD)!.layer.name).toBe(name);
});

test("alpha between texels tells on which side of an edge a ray goes", () => {
  const half = madeLayer("half", PAGE, everywhere(1), (column) => (column < 30 ? 1 : 0));
  // Alpha falls from 1 to 0 between 29.5 and 30.5.
  expect(picked(madeScene([half, wall]), [0, 0, 0], towards(29.9, 20))!.layer.name).toBe("half");
  expect(picked(madeScene([half, wall]), [0, 0, 0], towards(30.1, 20))!.layer.name).toBe("wall");
});

test("past the page's own ends it goes on, past a window is nothing", () => {
  const scene = madeScene([subject, wall]);
  expect(picked(scene, [0, 0, 0], towards(-BORDER_PX - 30, 20))!.layer.name).toBe("wall");
  expect(picked(scene, [0, 0, 0], towards(30, CAMERA.height_px + BORDER_PX + 9))!.layer.name).toBe("wall");
  expect(picked(scene, [0, 0, 0], towards(51, 20))!.layer.name).toBe("wall");
  expect(picked(madeScene([subject]), [0, 0, 0], towards(51, 20))).toBeNull();
});

test("the sky is exactly at infinity", () => {
  const scene = madeScene([madeLayer("sky", PAGE, (column) => (column < -3 ? 0.37 : 0), everywhere(1))]);
  for (const eye of [[0, 0, 0], [0.1, 0.2, -0.3], [0, 0, 0.5]] as const) {
    for (const direction of [AHEAD, towards(10.3, 50.2)]) expect(picked(scene, eye, direction)!.inverse_depth).toBe(0);
  }
});

test("a ray that grazes the picture is answered soon", () => {
  const bumpy = madeLayer("bumpy", PAGE, (column) => 0.8 + 0.3 * Math.sin(column), everywhere(1));
  expect(() => picked(madeScene([bumpy]), [0.2, 0, 0.3], [1, 0.5, 2e-9])).not.toThrow();
}, 2000);

interface GoldenScene {
  readonly camera: Pinhole;
  readonly border_px: number;
  readonly layers: readonly { readonly depth: string; readonly depth_far: number; readonly depth_step: number; readonly alpha: string }[];
  readonly views: readonly { readonly pose: Pose; readonly depth_m: readonly (readonly [number, number, number])[] }[];
}

test("picks are where relens's reference engine sees half of a ray stopped", () => {
  const { scenes } = JSON.parse(raw) as { scenes: readonly GoldenScene[] };
  let count = 0;
  for (const golden of scenes) {
    const scene = goldenScene(golden);
    for (const { pose, depth_m } of golden.views) {
      const { rotation, eye_m } = placeOf(pose);
      const { fx_px, fy_px, cx_px, cy_px } = golden.camera;
      for (const [column, row, right_m] of depth_m) {
        const direction = apply(rotation, [(column + 0.5 - cx_px) / fx_px, (row + 0.5 - cy_px) / fy_px, 1]);
        const found = picked(scene, eye_m, direction);
        expect(found, `${column}, ${row}`).not.toBeNull();
        const away_m = dot(subtract(pointOf(found!, golden.camera), eye_m), axisOf(rotation, 2));
        expect(Math.abs(away_m / right_m - 1), `${column}, ${row}: ${away_m} m and not ${right_m} m`).toBeLessThan(2e-3);
        count++;
      }
    }
  }
  expect(count).toBeGreaterThan(500);
});

function goldenScene({ camera, border_px, layers }: GoldenScene): LoadedScene {
  const [width, height] = [camera.width_px + 2 * border_px, camera.height_px + 2 * border_px];
  const made = layers.map(({ depth, alpha, depth_far, depth_step }, number): LoadedLayer => {
    const bytes = bytesOf(depth);
    const codes = Uint16Array.from({ length: width * height }, (_, at) => bytes[2 * at] | (bytes[2 * at + 1] << 8));
    const one = madeLayer(String(number), { left: -border_px, top: -border_px, width, height }, everywhere(0), everywhere(1));
    return { ...one, depth: codes, alpha: bytesOf(alpha), depth_far, depth_step, depth_near: depth_far + Math.max(...codes) * depth_step };
  });
  return { ...madeScene(made), camera, border_px };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function pointOf({ column, row, inverse_depth }: Found, { fx_px, fy_px, cx_px, cy_px }: Pinhole): Vec3 {
  return [(column - cx_px) / fx_px / inverse_depth, (row - cy_px) / fy_px / inverse_depth, 1 / inverse_depth];
}
