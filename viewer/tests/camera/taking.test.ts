import { expect, test } from "vitest";
import { focusDistanceM } from "../../src/camera/focus";
import { framed } from "../../src/camera/framing";
import { lensViews, pinholeView } from "../../src/camera/lens_views";
import { project } from "../../src/camera/pinhole";
import { placeOf } from "../../src/camera/pose";
import { taking } from "../../src/camera/taking";
import { pupilSamples } from "../../src/lens/aperture";
import { cocPx } from "../../src/lens/lens";
import { PHOTO_POSE, PLAIN_LENS, type View } from "../../src/state/view";
import { expectClose } from "../golden/closeness";
import { golden } from "../golden/lens_golden";

const PHOTO = { fx_px: 2000, fy_px: 2000, cx_px: 1010, cy_px: 730, width_px: 2000, height_px: 1500 };
const VIEW: View = {
  lens: PLAIN_LENS, preset: null, focus: 2, framing: "photo", pose: PHOTO_POSE, exposure_ev: 0,
};

test("focus distances are relens's, and so is what cannot be focused on", () => {
  let refused = 0;
  for (const { focus, pose, distance_m, wrong } of golden.focuses) {
    const found = focusDistanceM(focus, placeOf(pose));
    if (distance_m !== undefined) expectClose([found as number], [distance_m]);
    else expect(found).toEqual({ wrong });
    if (wrong !== undefined) refused++;
  }
  expect(refused).toBeGreaterThan(2);
  for (const focus of [0, -1, NaN]) {
    expect(focusDistanceM(focus, placeOf(PHOTO_POSE))).toEqual({
      wrong: `focus=${focus}: expected a positive distance, or inf`,
    });
  }
});

test("the camera that takes a view is relens's, and so are its lens views", () => {
  let refused = 0;
  for (const told of golden.takings) {
    const found = taking(told.view, told.photo, told.size_px);
    if ("wrong" in found) {
      expect(found.wrong).toBe(told.wrong);
      refused++;
      continue;
    }
    const { camera, focus_distance_m } = found;
    expectClose(
      [camera.fx_px, camera.fy_px, camera.cx_px, camera.cy_px, camera.width_px, camera.height_px, focus_distance_m],
      [
        told.camera.fx_px, told.camera.fy_px, told.camera.cx_px, told.camera.cy_px, told.camera.width_px,
        told.camera.height_px, told.focus_distance_m,
      ],
    );
    expectClose(found.rotation, told.rotation);
    expectClose(found.eye_m, told.eye_m);
    const views = lensViews(found, pupilSamples(found.lens, null, 0, 2), told.channel);
    expectClose(views.direction, told.direction);
    expectClose(views.origin_m, told.origin_m);
    expectClose(pinholeView(found).direction, told.pinhole);
    expectClose(pinholeView(found).origin_m, told.eye_m);
  }
  expect(refused).toBeLessThan(golden.takings.length / 2);
});

test("what is no lens takes no picture", () => {
  const found = taking({ ...VIEW, lens: { ...PLAIN_LENS, blades: 2 } }, PHOTO, [800, 600]);
  expect(found).toEqual({ wrong: "blades=2: expected 0 for a disc, or 3 to 16" });
  expect(taking({ ...VIEW, focus: 0.05 }, PHOTO, [800, 600])).toHaveProperty("wrong");
});

test("framing subject keeps the size of what is in focus", () => {
  for (const breathing of [false, true]) {
    const lens = { ...PLAIN_LENS, focal_length_mm: 120, breathing };
    const from = { camera: PHOTO, ...placeOf(PHOTO_POSE), focus_distance_m: 1.5 };
    const found = framed(from, lens, "subject");
    if ("wrong" in found) throw new Error(found.wrong);
    expectClose(project(found.camera, found, [0.1, -0.2, 1.5]).slice(0, 2), [
      (PHOTO.fx_px * 0.1) / 1.5 + PHOTO.cx_px, (PHOTO.fy_px * -0.2) / 1.5 + PHOTO.cy_px,
    ]);
  }
});

test("framing subject does not bring the camera within the focal length", () => {
  const from = { camera: PHOTO, ...placeOf(PHOTO_POSE), focus_distance_m: 0.03 };
  expect(framed(from, { ...PLAIN_LENS, focal_length_mm: 20 }, "subject")).toEqual({
    wrong: `focus_distance_m=${(0.03 * 20) / 36}: expected a distance beyond the focal length (0.02 m), or inf`,
  });
});

test("rays of a pixel meet in the plane of focus, and spread by the circle of confusion elsewhere", () => {
  const found = taking({ ...VIEW, pose: { ...PHOTO_POSE, yaw_rad: 0.2, eye_m: [0.1, 0, 0] } }, PHOTO, [1000, 750]);
  if ("wrong" in found) throw new Error(found.wrong);
  const rim = { points: Float64Array.of(1, 0, -1, 0), weights: new Float64Array(6).fill(1) };
  const views = lensViews(found, rim, 1);
  const meet = (index: number, depth_m: number): number => {
    const [d, o] = [views.direction.subarray(9 * index), views.origin_m.subarray(3 * index)];
    const along = (row: 0 | 1 | 2): number =>
      o[row] + depth_m * (d[3 * row] * 300.5 + d[3 * row + 1] * 200.5 + d[3 * row + 2]);
    return project(found.camera, found, [along(0), along(1), along(2)])[0];
  };
  expect(meet(0, 2)).toBeCloseTo(300.5, 6);
  expect(meet(1, 2)).toBeCloseTo(300.5, 6);
  const blur_px = cocPx(PLAIN_LENS, found.camera.fx_px, 1 / 5, 1 / 2);
  expect(meet(0, 5) - meet(1, 5)).toBeCloseTo(-blur_px, 6);
});
