import { beforeEach, expect, test } from "vitest";

import type { LiveStroke } from "../../src/render/live_view";
import { StrokeTexture } from "../../src/render/stroke_texture";
import { everywhere, madeLayer, madeScene } from "../scene/made_scene";

// Layers of a scene at half size.
const LAYERS = [
  madeLayer("subject", { left: -4, top: 6, width: 40, height: 30 }, everywhere(1), everywhere(1)),
  madeLayer("wall", { left: 0, top: 0, width: 20, height: 10 }, everywhere(0.5), everywhere(1)),
];
const STROKE: LiveStroke = { layer: "subject", points: [[20, 40], [40, 40]], radius_px: 8, colour: "#ff0000", opacity: 1 };

let stroke: StrokeTexture;

beforeEach(() => {
  stroke = new StrokeTexture({ ...madeScene(LAYERS), level: 1 });
});

function grid(): { data: Uint8Array; width: number; height: number } {
  return stroke.texture.image as { data: Uint8Array; width: number; height: number };
}

/** Cover, 0 to 255, at a place of the photo at full size. */
function cover(column_px: number, row_px: number, [left, top] = [-4, 6]): number {
  const { data, width } = grid();
  return data[(Math.floor(row_px / 2) - top) * width + Math.floor(column_px / 2) - left];
}

test("a stroke covers a thick line of its layer's window", () => {
  stroke.show(STROKE);
  expect([stroke.layer, grid().width, grid().height]).toEqual([0, 40, 30]);
  for (const column of [20, 30, 40]) expect(cover(column, 40)).toBe(255);
  expect(cover(30, 46)).toBe(255);
  expect([cover(30, 52), cover(30, 28), cover(8, 40), cover(52, 40)]).toEqual([0, 0, 0, 0]);
  // Half a texel from its edge a texel is half covered.
  const soft = grid().data.filter((each) => each > 0 && each < 255).length;
  expect(soft).toBeGreaterThan(10);
  expect(soft).toBeLessThan(80);
});

test("its area is that of a line with round ends", () => {
  stroke.show(STROKE);
  const area = grid().data.reduce((sum, each) => sum + each / 255, 0);
  expect(area / (Math.PI * 16 + 10 * 8)).toBeCloseTo(1, 1);
});

test("a point alone is a dot", () => {
  stroke.show({ ...STROKE, points: [[20, 40]] });
  const area = grid().data.reduce((sum, each) => sum + each / 255, 0);
  expect(area / (Math.PI * 16)).toBeCloseTo(1, 1);
});

test("a stroke that grows keeps its texture, and is what it would be at once", () => {
  const points: [number, number][] = [[10, 30], [18, 44], [40, 36], [52, 60]];
  stroke.show({ ...STROKE, points: points.slice(0, 1) });
  const { texture } = stroke;
  for (let count = 2; count <= points.length; count++) stroke.show({ ...STROKE, points: points.slice(0, count) });
  expect(stroke.texture).toBe(texture);
  const grown = grid().data.slice();
  stroke.show(null);
  stroke.show({ ...STROKE, points });
  expect(grid().data).toEqual(grown);
});

// Between strokes that are shown as one lies a point that is nowhere (`tools/brush_stroke`).
const LIFTED = [NaN, NaN] as const;

test("no line leads to a stroke that began elsewhere, and a dot among them shows", () => {
  stroke.show({ ...STROKE, points: [[10, 40], [20, 40], LIFTED, [60, 40]] });
  expect([cover(15, 40), cover(40, 40), cover(60, 40)]).toEqual([255, 0, 255]);
});

test("strokes that are shown as one keep their texture, too, while the last one grows", () => {
  const points = [[10, 40], [20, 40], LIFTED, [50, 40], [60, 40]] as const;
  stroke.show({ ...STROKE, points: points.slice(0, 4) });
  const { texture } = stroke;
  stroke.show({ ...STROKE, points });
  expect(stroke.texture).toBe(texture);
});

test("another stroke begins with nothing, and lets the old texture go", () => {
  stroke.show(STROKE);
  let gone = 0;
  stroke.texture.addEventListener("dispose", () => gone++);
  stroke.show({ ...STROKE, points: [[60, 40]] });
  expect([gone, cover(30, 40), cover(60, 40)]).toEqual([1, 0, 255]);
  stroke.show({ ...STROKE, layer: "wall", points: [[20, 10]] });
  expect([stroke.layer, grid().width, cover(20, 10, [0, 0])]).toEqual([1, 20, 255]);
});

test("what lies past the window is cut off", () => {
  stroke.show({ ...STROKE, points: [[-400, -400], [-8, 12], [4000, 12]] });
  expect(cover(-8, 12)).toBe(255);
  expect(grid().data).toHaveLength(40 * 30);
});

test("no stroke, and one of an unknown layer, is none", () => {
  stroke.show(STROKE);
  stroke.show(null);
  expect(stroke.layer).toBe(-1);
  stroke.show({ ...STROKE, layer: "nobody" });
  expect(stroke.layer).toBe(-1);
});
