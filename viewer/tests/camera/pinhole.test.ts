import { expect, test } from "vitest";
import { fitted, photoView, project, unproject, verticalFovRad, zoomOfFov } from "../../src/camera/pinhole";
import { placeOf } from "../../src/camera/pose";
import type { Pinhole } from "../../src/scene/scene_info";
import { expectClose } from "../golden/closeness";
import { golden } from "../golden/lens_golden";
import { anyPoint, anyPose, seeded } from "../golden/random";

function numbers(k: Pinhole): number[] {
  return [k.fx_px, k.fy_px, k.cx_px, k.cy_px, k.width_px, k.height_px];
}

test("projections, views on other grids and fields of view are relens's", () => {
  for (const told of golden.pinholes) {
    const place = placeOf(told.pose);
    expectClose(project(told.camera, place, told.point_m), told.pixel);
    expectClose(unproject(told.camera, place, told.pixel), told.point_m);
    expectClose(numbers(fitted(told.camera, ...told.size_px)), numbers(told.fitted));
    expectClose(numbers(photoView(told.camera, told.zoom)), numbers(told.zoomed));
    expectClose([verticalFovRad(told.camera)], [told.vertical_fov_rad]);
    expectClose([zoomOfFov(told.camera, told.zoomed_fov_rad)], [told.zoom]);
  }
});

test("unproject is the inverse of project, before and behind the camera", () => {
  const random = seeded(6);
  const camera = { fx_px: 900, fy_px: 950, cx_px: 410, cy_px: 290, width_px: 800, height_px: 600 };
  for (let i = 0; i < 200; i++) {
    const place = placeOf(anyPose(random, 3));
    const point_m = anyPoint(random, 5);
    expectClose(unproject(camera, place, project(camera, place, point_m)), point_m, 1e-7);
  }
});

test("a fitted view shows nothing past the photo's frame", () => {
  const random = seeded(7);
  for (let i = 0; i < 100; i++) {
    const [width_px, height_px] = [Math.ceil(random(1, 5000)), Math.ceil(random(1, 5000))];
    const photo = {
      fx_px: random(500, 5000), fy_px: random(500, 5000), cx_px: random(0, width_px), cy_px: random(0, height_px),
      width_px, height_px,
    };
    const view = fitted(photo, Math.ceil(random(1, 5000)), Math.ceil(random(1, 5000)));
    const tangents = (k: Pinhole): number[] => [
      k.cx_px / k.fx_px, (k.width_px - k.cx_px) / k.fx_px, k.cy_px / k.fy_px, (k.height_px - k.cy_px) / k.fy_px,
    ];
    const own = tangents(photo);
    tangents(view).forEach((tangent, side) => { expect(tangent).toBeLessThanOrEqual(own[side] + 1e-9); });
  }
});
