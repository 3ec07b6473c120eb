import { describe, expect, test } from "vitest";

import { lensViews, type Channel } from "../../src/camera/lens_views";
import { column } from "../../src/camera/vectors";
import { taking, type Taken } from "../../src/camera/taking";
import { hasColourError, pupilDiameterM } from "../../src/lens/lens";
import { BlockBounds } from "../../src/scene/block_bounds";
import type { LoadedLayer } from "../../src/scene/loaded_scene";
import { tileTable, TILE_PX, type TileRequest, type TileTable } from "../../src/scene/tiles";
import { PLAIN_LENS, type View } from "../../src/state/view";
import { anyPoint, seeded, type Random } from "../golden/random";
import { anyLayer, BORDER_PX, CAMERA, everywhere, madeLayer, PAGE } from "./made_scene";

/** The least room that a request leaves around rays (`tileRequest`). */
const READS_PX = 2;
const TOLERANCE = 1e-4;
/** How an entry says that two reads find where a ray meets it, and what they may miss by. */
const FLAT = 2;
const MISSED_PX = 0.25;

interface Meeting {
  readonly layer: number;
  readonly w: number;
}

interface Ray {
  readonly start: readonly [number, number];
  readonly slope: readonly [number, number];
  readonly nearest: number;
}

/** A layer's page as the card has it: held past the ends of the scene's border, and nothing shows past other edges. */
class Page {
  readonly held: readonly boolean[];

  constructor(readonly layer: LoadedLayer) {
    const { left, top, width, height } = layer;
    this.held = [
      left <= -BORDER_PX, top <= -BORDER_PX, left + width >= CAMERA.width_px + BORDER_PX, top + height >= CAMERA.height_px + BORDER_PX,
    ];
  }

  inverse(column: number, row: number): number {
    return this.layer.depth_far + this.layer.depth_step * this.between(column, row, (at) => this.layer.depth[at], true);
  }

  alpha(column: number, row: number): number {
    return this.between(column, row, (at) => this.layer.alpha[at], false) / 255;
  }

  private between(column: number, row: number, code: (at: number) => number, goesOn: boolean): number {
    const { left, top, width, height } = this.layer;
    const [x, y] = [column - left - 0.5, row - top - 0.5];
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const texel = (i: number, j: number): number => {
      const isPast = (i < 0 && !this.held[0]) || (j < 0 && !this.held[1]) || (i >= width && !this.held[2]) || (j >= height && !this.held[3]);
      if (isPast && !goesOn) return 0;
      return code(Math.min(height - 1, Math.max(0, j)) * width + Math.min(width - 1, Math.max(0, i)));
    };
    const above = texel(x0, y0) * (1 - x + x0) + texel(x0 + 1, y0) * (x - x0);
    const below = texel(x0, y0 + 1) * (1 - x + x0) + texel(x0 + 1, y0 + 1) * (x - x0);
    return above * (1 - y + y0) + below * (y - y0);
  }

  gap({ start, slope }: Ray, w: number): number {
    return this.inverse(start[0] + w * slope[0], start[1] + w * slope[1]) - w;
  }

  alphaOn({ start, slope }: Ray, w: number): number {
    return this.alpha(start[0] + w * slope[0], start[1] + w * slope[1]);
  }

  /** Every change of side between two inverse depths, in tiny steps: where, and whether from the front. */
  crossings(ray: Ray, near: number, far: number): { w: number; front: boolean }[] {
    const found: { w: number; front: boolean }[] = [];
    const steps = 2 + Math.ceil((Math.hypot(...ray.slope) * (near - far)) / 0.125);
    let before = this.gap(ray, near);
    for (let step = 1; step <= steps; step++) {
      let [high, low] = [near - ((near - far) * (step - 1)) / steps, near - ((near - far) * step) / steps];
      const now = this.gap(ray, low);
      if (before < 0 !== now < 0) {
        const front = before < 0;
        for (let turn = 0; turn < 40; turn++) {
          const middle = (high + low) / 2;
          if (this.gap(ray, middle) < 0 === front) high = middle;
          else low = middle;
        }
        found.push({ w: (high + low) / 2, front });
      }
      before = now;
    }
    return found;
  }
}

/** Where the march shader takes a ray to meet a flat layer. */
function twoReads(page: Page, { start, slope }: Ray, near: number, far: number): number {
  const read = (w: number): number => page.inverse(start[0] + w * slope[0], start[1] + w * slope[1]);
  return read(read((near + far) / 2));
}

/** What a ray meets before something opaque, nearest first. */
function meetings(pages: readonly Page[], ray: Ray): Meeting[] {
  const all = pages.flatMap((page, layer) => {
    const near = Math.min(ray.nearest, page.layer.depth_near + 1e-6);
    const far = page.layer.depth_far - 1e-6;
    if (near <= far) return [];
    return page.crossings(ray, near, far).filter(({ front }) => front).map(({ w }) => ({ layer, w }));
  });
  const found: Meeting[] = [];
  for (const meeting of all.sort((one, other) => other.w - one.w)) {
    const alpha = pages[meeting.layer].alphaOn(ray, meeting.w);
    if (alpha > 0) found.push(meeting);
    if (alpha >= 1) break;
  }
  return found;
}

function entriesAt(table: TileTable, column: number, row: number) {
  const tile = 4 * (Math.floor(row / TILE_PX) * table.columns + Math.floor(column / TILE_PX));
  const [offset, count] = [table.headers[tile], table.headers[tile + 1]];
  return Array.from({ length: count }, (_, number) => {
    const [layer, near, far, kind] = table.entries.subarray(4 * (offset + number), 4 * (offset + number) + 4);
    return { layer, near, far, kind };
  });
}

function requestOf(taken: Taken): TileRequest {
  const corners = { points: Float64Array.of(-1, -1, 1, -1, -1, 1, 1, 1), weights: new Float64Array(12).fill(1) };
  const views = channelsOf(taken).map((channel) => lensViews(taken, corners, channel));
  const { fx_px, fy_px, cx_px, cy_px } = CAMERA;
  return {
    views: {
      direction: Float64Array.from(views.flatMap(({ direction }) => [...direction])),
      origin_m: Float64Array.from(views.flatMap(({ origin_m }) => [...origin_m])),
    },
    width_px: taken.camera.width_px, height_px: taken.camera.height_px, photo: [fx_px, fy_px, cx_px, cy_px],
    focus: { plane: [0, 0, 1 / taken.focus_distance_m], axis: column(taken.rotation, 2), ahead_m: taken.eye_m[2], off: 0 }, coc_px_m: taken.camera.fx_px * pupilDiameterM(taken.lens), reads_px_m: 0, reads_px: READS_PX,
  };
}

function channelsOf(taken: Taken): readonly Channel[] {
  return hasColourError(taken.lens) ? [0, 1, 2] : [1];
}

/** A ray through a pixel and a point of the square around the pupil. */
function rayThrough(taken: Taken, column: number, row: number, point: readonly [number, number], channel: Channel): Ray | null {
  const view = lensViews(taken, { points: Float64Array.from(point), weights: new Float64Array(3).fill(1) }, channel);
  const [d, o] = [view.direction, view.origin_m];
  const z = d[6] * column + d[7] * row + d[8];
  if (z <= 1e-9) return null;
  const [vx, vy] = [(d[0] * column + d[1] * row + d[2]) / z, (d[3] * column + d[4] * row + d[5]) / z];
  return {
    start: [CAMERA.fx_px * vx + CAMERA.cx_px, CAMERA.fy_px * vy + CAMERA.cy_px],
    slope: [CAMERA.fx_px * (o[0] - o[2] * vx), CAMERA.fy_px * (o[1] - o[2] * vy)],
    nearest: o[2] > 0 ? 1 / (o[2] + 1e-6) : Infinity,
  };
}

const KINDS = ["pinhole", "wide pupil", "moved", "moved and turned", "far in"] as const;
type Kind = (typeof KINDS)[number];

function anyView(random: Random, kind: Kind): View {
  const wide = kind === "pinhole" ? 128 : random(0.7, 4);
  const still = kind === "pinhole" || kind === "wide pupil";
  const turned = kind === "moved and turned" || kind === "far in" ? 0.35 : 0;
  const [x, y, z] = still ? [0, 0, 0] : anyPoint(random, 0.25);
  const faults = random(0, 1) < 0.3 ? 0.02 : 0;
  return {
    lens: {
      ...PLAIN_LENS, f_number: wide, focal_length_mm: random(35, 135), tilt_deg: random(0, 1) < 0.3 ? random(-6, 6) : 0,
      axial_colour: random(-faults, faults), lateral_colour: random(-faults, faults),
    },
    preset: null, focus: random(0, 1) < 0.15 ? Infinity : random(0.5, 4), framing: "photo",
    pose: {
      eye_m: [x, y, kind === "far in" ? random(0.4, 1.5) : z], yaw_rad: random(-turned, turned), pitch_rad: random(-turned, turned),
      roll_rad: random(-turned, turned), zoom: random(0.8, 2),
    },
    exposure_ev: 0,
  };
}

const SCENES = 40;
const RAYS = 60;

describe.each(KINDS)("%s", (kind) => {
  test("whatever a ray meets is in an entry of its tile, and what is met once is", () => {
    const random = seeded(7 + KINDS.indexOf(kind));
    const wrong: string[] = [];
    let [met, single, flat] = [0, 0, 0];
    for (let scene = 0; scene < SCENES; scene++) {
      const count = 1 + (scene % 4);
      const pages = Array.from({ length: count }, (_, number) => new Page(anyLayer(random, String(number), number === count - 1)));
      const bounds = pages.map((page) => new BlockBounds(page.layer, page.held));
      for (let view = 0; view < 4; view++) {
        const taken = taking(anyView(random, kind), CAMERA, [Math.ceil(random(30, 130)), Math.ceil(random(30, 100))]);
        if ("wrong" in taken) throw new Error(taken.wrong);
        const table = tileTable(bounds, requestOf(taken));
        const channels = channelsOf(taken);
        for (let each = 0; each < RAYS; each++) {
          const [column, row] = [Math.floor(random(0, taken.camera.width_px)) + 0.5, Math.floor(random(0, taken.camera.height_px)) + 0.5];
          const ray = rayThrough(taken, column, row, [random(-1, 1), random(-1, 1)], channels[Math.floor(random(0, channels.length))]);
          if (ray === null) continue;
          const entries = entriesAt(table, column, row);
          for (const { layer, w } of meetings(pages, ray)) {
            met++;
            const isThere = entries.some((entry) => entry.layer === layer && entry.near >= w - TOLERANCE && w >= entry.far - TOLERANCE);
            if (!isThere) wrong.push(`scene ${scene} view ${view}: layer ${layer} at ${w}, entries ${JSON.stringify(entries)}, from ${ray.nearest}`);
          }
          for (const entry of entries.filter(({ kind: how }) => how > 0)) {
            const near = Math.min(ray.nearest, entry.near + 1e-6);
            if (near <= entry.far) continue;
            single++;
            const crossings = pages[entry.layer].crossings(ray, near, entry.far - 1e-6);
            if (crossings.length > 1) wrong.push(`scene ${scene} view ${view}: layer ${entry.layer} met ${crossings.length} times`);
            if (entry.kind < FLAT || near < entry.near) continue;
            flat++;
            const read = twoReads(pages[entry.layer], ray, near, entry.far);
            const missed_px = crossings.length ? Math.abs(read - crossings[0].w) * Math.hypot(...ray.slope) : 0;
            const isShown = pages[entry.layer].alphaOn(ray, read) > 0;
            if (missed_px > MISSED_PX) wrong.push(`scene ${scene} view ${view}: layer ${entry.layer} missed by ${missed_px} px`);
            if (!crossings.length && isShown) wrong.push(`scene ${scene} view ${view}: layer ${entry.layer} shown where it is not, at ${read}`);
          }
        }
      }
    }
    expect(wrong.slice(0, 5), `${wrong.length} of ${met}, ${single} and ${flat}`).toEqual([]);
    expect(met).toBeGreaterThan(500);
    expect(single).toBeGreaterThan(300);
    expect(flat).toBeGreaterThan(100);
  });
});

/** The photo's own camera, or one that has gone forward, with a wide pupil. */
function taken(forward_m: number): Taken {
  const pose = { eye_m: [0, 0, forward_m] as const, yaw_rad: 0, pitch_rad: 0, roll_rad: 0, zoom: 1 };
  const lens = { ...PLAIN_LENS, f_number: 1 };
  const found = taking({ lens, preset: null, focus: 2, framing: "photo", pose, exposure_ev: 0 }, CAMERA, [64, 48]);
  if ("wrong" in found) throw new Error(found.wrong);
  return found;
}

function boundsOf(layers: readonly LoadedLayer[]): BlockBounds[] {
  return layers.map((layer) => new BlockBounds(layer, new Page(layer).held));
}

test("what lies behind something opaque is left out, unless the eye is in the midst of that", () => {
  const leaning = madeLayer("near", PAGE, (column) => 1 + 0.001 * column, everywhere(1));
  const wall = madeLayer("wall", PAGE, everywhere(0.3), everywhere(1));
  const before = tileTable(boundsOf([leaning, wall]), requestOf(taken(0)));
  expect(entriesAt(before, 30, 20).map(({ layer }) => layer)).toEqual([0]);
  const amidst = tileTable(boundsOf([leaning, wall]), requestOf(taken(1 / 1.03)));
  expect(entriesAt(amidst, 30, 20).map(({ layer }) => layer)).toEqual([0, 1]);
  const beyond = tileTable(boundsOf([leaning, wall]), requestOf(taken(1.2)));
  expect(entriesAt(beyond, 30, 20).map(({ layer }) => layer)).toEqual([1]);
});

test("a flat layer is met once, and a cliff that does not show keeps a layer from being so", () => {
  const cliff = (column: number): number => (column < 30 ? 0.6 : 1.1);
  const hidden = (column: number): number => (column < 24 ? 1 : 0);
  for (const [inverse, kinds] of [[everywhere(0.6), [FLAT]], [cliff, [0]]] as const) {
    const table = tileTable(boundsOf([madeLayer("one", PAGE, inverse, hidden)]), requestOf(taken(0)));
    expect(entriesAt(table, 20, 20).map(({ kind }) => kind)).toEqual(kinds);
  }
});
