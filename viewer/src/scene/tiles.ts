/**
 * Tiles: which layers the rays of each tile of a picture can meet, and between which inverse depths.
 *
 * In the photo's (column, row, inverse depth) space all rays are straight lines, so those from a tile's corners through
 * the pupil's corners bound all of its rays; what blocks of pages have there narrows the stretch that they must be
 * followed on. What lies wholly behind something opaque is left out. The compiled engine does the same
 * (`relens.render.cpu_bounds`).
 */

import { noBounds, type BlockBounds } from "./block_bounds";

export const TILE_PX = 16;
/** Tiles are found within larger ones first, this many to a side. */
const COARSE = 4;
/** Numbers of a tile: offset of its first entry, their count, circle of confusion in pixels, 0. */
const HEADER = 4;
/** Numbers of an entry: layer, nearest, farthest inverse depth, and how a ray meets it (`Meeting`). */
const ENTRY = 4;
const TURNS = 3;
/** How rays meet a layer in a tile: perhaps more than once, once, or once and so flat that two reads find where. */
const [MANY, ONCE, FLAT] = [0, 1, 2] as const;
type Meeting = typeof MANY | typeof ONCE | typeof FLAT;
/** What two reads may miss by, texels. */
const MISSED_PX = 0.2;
/** A ray goes through a surface once where the surface comes to meet it by less than this part of the ray's own way. */
const STEEPEST = 0.9;

/** Pinhole views whose rays bound all others: 9 numbers (row by row) and 3 each. */
export interface BoundingViews {
  readonly direction: Float64Array;
  readonly origin_m: Float64Array;
}

export interface TileRequest {
  readonly views: BoundingViews;
  readonly width_px: number;
  readonly height_px: number;
  /** fx, fy, cx, cy of the photo on the level's grid. */
  readonly photo: readonly [number, number, number, number];
  readonly focus: InFocus;
  /** Pixels of blur for each 1/m out of focus. */
  readonly coc_px_m: number;
  /** Texels around a ray that its colour may be read from, for each 1/m out of focus, and in any case. */
  readonly reads_px_m: number;
  readonly reads_px: number;
}

/**
 * What is in focus: a point at inverse depth w of the photo blurs by |w stretch - focus| times the blur of 1/m, in texels of
 * its page. For a camera that stands still stretch is 1 and focus 1/F; one that has moved z m ahead sees the texels, and their
 * depths, otherwise: focus = t / F and stretch = 1 + z focus, t the camera's depth for each metre of the photo's.
 */
export interface InFocus {
  /** Inverse depth of the plane of focus from the camera, at (column, row, 1). */
  readonly plane: readonly [number, number, number];
  /** The camera's axis in the world, and how far ahead of the photo it stands. */
  readonly axis: readonly [number, number, number];
  readonly ahead_m: number;
  /** How far off the plane a colour may focus, 1/m. */
  readonly off: number;
}

export interface TileTable {
  readonly columns: number;
  readonly rows: number;
  readonly headers: Float32Array;
  readonly entries: Float32Array;
}

interface Entry {
  readonly layer: number;
  readonly near: number;
  readonly far: number;
  readonly opaque: boolean;
  readonly meeting: Meeting;
}

export function tileTable(layers: readonly BlockBounds[], request: TileRequest): TileTable {
  const [columns, rows] = [Math.ceil(request.width_px / TILE_PX), Math.ceil(request.height_px / TILE_PX)];
  const headers = new Float32Array(HEADER * columns * rows);
  const entries: number[] = [];
  const all = layers.map((bounds, layer): Entry => ({ layer, ...bounds.all, meeting: MANY }));
  const lines = new Lines(request);
  for (let top = 0; top < rows; top += COARSE) {
    for (let left = 0; left < columns; left += COARSE) {
      lines.set(left * TILE_PX, top * TILE_PX, COARSE * TILE_PX);
      const near = visible(layers, all, lines, request);
      for (let row = top; row < Math.min(top + COARSE, rows); row++) {
        for (let column = left; column < Math.min(left + COARSE, columns); column++) {
          lines.set(column * TILE_PX, row * TILE_PX, TILE_PX);
          const found = visible(layers, near, lines, request);
          let blur = 0;
          for (const { near, far } of found) blur = Math.max(blur, lines.blur(near, far));
          headers.set([entries.length / ENTRY, found.length, blur * request.coc_px_m, 0], HEADER * (row * columns + column));
          for (const { layer, near, far, meeting } of found) entries.push(layer, near, far, meeting);
        }
      }
    }
  }
  return { columns, rows, headers, entries: Float32Array.from(entries) };
}

/** Which of some layers a tile's rays can meet, nearest first. */
function visible(layers: readonly BlockBounds[], within: readonly Entry[], lines: Lines, request: TileRequest): Entry[] {
  const found: Entry[] = [];
  const bounds = noBounds();
  let wall = -1;
  for (const { layer, near: nearest, far: farthest } of within) {
    let near = Math.min(nearest, lines.first);
    let far = farthest;
    for (let turn = 0; turn < TURNS && near >= far; turn++) {
      const reads = request.reads_px + request.reads_px_m * lines.blur(near, far);
      lines.box(near, far, reads);
      layers[layer].within(lines.left, lines.top, lines.right, lines.bottom, bounds);
      const tighter = bounds.near < near - 0.1 * (near - far) || bounds.far > far + 0.1 * (near - far);
      near = Math.min(near, bounds.near);
      far = Math.max(far, bounds.far);
      if (!tighter) break;
    }
    if (near < far) continue;
    // How far the surface comes to meet a ray, over the ray's own way: each read misses by this part of the last one.
    const steep = bounds.across * lines.across + bounds.down * lines.down;
    const missed_px = 0.5 * (near - far) * Math.hypot(lines.across, lines.down) * steep ** 2;
    // A ray may begin behind a part of it: then it has to be looked at, and it may see past it.
    const isBefore = bounds.near <= lines.last;
    const meeting = steep >= STEEPEST ? MANY : missed_px > MISSED_PX || !isBefore ? ONCE : FLAT;
    found.push({ layer, near, far, opaque: bounds.opaque, meeting });
    if (bounds.opaque && isBefore) wall = Math.max(wall, far);
  }
  found.sort((one, other) => other.near - one.near || one.layer - other.layer);
  return wall < 0 ? found : found.filter((entry) => entry.near >= wall);
}

/** The rays that bound a tile's: straight lines, start + w * slope, in the photo's texels. */
class Lines {
  /** Inverse depths at which the first ray begins, and at which all have. */
  readonly first: number;
  readonly last: number;
  /** What is in focus in the tile's middle (`InFocus`). */
  private focus = 0;
  private stretch = 1;
  /** The steepest of the lines, texels for each 1/m along rows and columns. */
  across = 0;
  down = 0;
  left = 0;
  top = 0;
  right = 0;
  bottom = 0;
  private readonly count: number;
  private readonly values: Float64Array;

  constructor(private readonly request: TileRequest) {
    this.count = 4 * (request.views.origin_m.length / 3);
    this.values = new Float64Array(4 * this.count);
    const begin = request.views.origin_m.filter((_, at) => at % 3 === 2).map((z_m) => (z_m > 0 ? 1 / (z_m + 1e-6) : Infinity));
    this.first = Math.max(...begin);
    this.last = Math.min(...begin);
  }

  set(column: number, row: number, size: number): void {
    const { views: { direction: d, origin_m: o }, photo: [fx, fy, cx, cy], focus } = this.request;
    const [x, y] = [column + size / 2, row + size / 2];
    const [dx, dy, dz] = [0, 3, 6].map((at) => d[at] * x + d[at + 1] * y + d[at + 2]);
    const towards = focus.axis[2] + (focus.axis[0] * dx + focus.axis[1] * dy) / Math.max(dz, 1e-9);
    this.focus = (focus.plane[0] * x + focus.plane[1] * y + focus.plane[2]) * towards;
    this.stretch = 1 + focus.ahead_m * this.focus;
    this.across = this.down = 0;
    let to = 0;
    for (let view = 0; view < o.length / 3; view++) {
      for (let corner = 0; corner < 4; corner++) {
        const [cornerX, cornerY] = [column + size * (corner & 1), row + size * (corner >> 1)];
        const at = 9 * view;
        const ahead = Math.max(d[at + 6] * cornerX + d[at + 7] * cornerY + d[at + 8], 1e-9);
        const vx = (d[at] * cornerX + d[at + 1] * cornerY + d[at + 2]) / ahead;
        const vy = (d[at + 3] * cornerX + d[at + 4] * cornerY + d[at + 5]) / ahead;
        this.values[to++] = fx * vx + cx;
        this.values[to++] = fy * vy + cy;
        const sx = fx * (o[3 * view] - o[3 * view + 2] * vx);
        const sy = fy * (o[3 * view + 1] - o[3 * view + 2] * vy);
        this.values[to++] = sx;
        this.values[to++] = sy;
        this.across = Math.max(this.across, Math.abs(sx));
        this.down = Math.max(this.down, Math.abs(sy));
      }
    }
  }

  /** The most that what lies between two inverse depths is out of focus, 1/m. */
  blur(near: number, far: number): number {
    return Math.max(Math.abs(near * this.stretch - this.focus), Math.abs(far * this.stretch - this.focus)) + this.request.focus.off;
  }

  /** The box that holds the lines between two inverse depths, and some texels around. */
  box(near: number, far: number, around: number): void {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let at = 0; at < this.values.length; at += 4) {
      const [x, y, sx, sy] = [this.values[at], this.values[at + 1], this.values[at + 2], this.values[at + 3]];
      const [x0, x1, y0, y1] = [x + near * sx, x + far * sx, y + near * sy, y + far * sy];
      left = Math.min(left, x0, x1);
      right = Math.max(right, x0, x1);
      top = Math.min(top, y0, y1);
      bottom = Math.max(bottom, y0, y1);
    }
    [this.left, this.top, this.right, this.bottom] = [left - around, top - around, right + around, bottom + around];
  }
}
