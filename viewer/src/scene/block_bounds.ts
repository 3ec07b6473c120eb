/** Block bounds: the range of inverse depth, its steepest steps, and the least alpha, that blocks of a layer's page have. */

import type { LoadedLayer } from "./loaded_scene";

/** Blocks of the finest level are 8 x 8 texels, of every other level twice as wide. */
const BLOCK_PX = 8;
const LEVELS = 7;
/** Numbers of a block: nearest and farthest inverse depth of what is visible, least alpha, steepest steps across and down. */
const STRIDE = 5;
const NOTHING_NEAR = -1;
const NOTHING_FAR = 1e9;

interface BlockLevel {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float32Array;
}

export interface Bounds {
  /** Nearest and farthest inverse depth, 1/m; the nearest under the farthest where nothing is visible. */
  near: number;
  far: number;
  /** Whether all of it is opaque. */
  opaque: boolean;
  /** The largest change of inverse depth from a texel to the next, seen or not, along rows and along columns, 1/m. */
  across: number;
  down: number;
}

export function noBounds(): Bounds {
  return { near: NOTHING_NEAR, far: NOTHING_FAR, opaque: false, across: 0, down: 0 };
}

export class BlockBounds {
  private readonly levels: BlockLevel[];

  /** held: whether the page goes on past its left, top, right and bottom, as it does at the end of the scene's border. */
  constructor(private readonly layer: LoadedLayer, private readonly held: readonly boolean[]) {
    this.levels = [finest(layer)];
    while (this.levels.length < LEVELS) this.levels.push(halved(this.levels[this.levels.length - 1]));
  }

  /** Of all that can be seen. */
  get all(): Bounds {
    const { left, top, width, height } = this.layer;
    return this.within(left, top, left + width, top + height, noBounds());
  }

  /** Of a box of the photo's grid, texels; written into `into`. */
  within(left: number, top: number, right: number, bottom: number, into: Bounds): Bounds {
    into.near = NOTHING_NEAR;
    into.far = NOTHING_FAR;
    into.across = into.down = 0;
    const [x0, y0, x1, y1] = [left - this.layer.left, top - this.layer.top, right - this.layer.left, bottom - this.layer.top];
    const { width, height } = this.layer;
    const isPast = (x0 < 0 && !this.held[0]) || (y0 < 0 && !this.held[1]) || (x1 > width && !this.held[2]) || (y1 > height && !this.held[3]);
    let least = isPast ? 0 : 1;
    if ((x1 < 0 && !this.held[0]) || (y1 < 0 && !this.held[1]) || (x0 > width && !this.held[2]) || (y0 > height && !this.held[3])) {
      into.opaque = false;
      return into;
    }
    const size = Math.max(x1 - x0, y1 - y0) / BLOCK_PX;
    const number = Math.min(LEVELS - 1, Math.max(0, Math.ceil(Math.log2(Math.max(size, 1))) - 1));
    const level = this.levels[number];
    const block = BLOCK_PX << number;
    const [first, last] = [clamped(Math.floor(x0 / block), level.columns), clamped(Math.floor(x1 / block), level.columns)];
    const [above, below] = [clamped(Math.floor(y0 / block), level.rows), clamped(Math.floor(y1 / block), level.rows)];
    for (let row = above; row <= below; row++) {
      for (let column = first; column <= last; column++) {
        const at = STRIDE * (row * level.columns + column);
        if (level.values[at] > into.near) into.near = level.values[at];
        if (level.values[at + 1] < into.far) into.far = level.values[at + 1];
        if (level.values[at + 2] < least) least = level.values[at + 2];
        if (level.values[at + 3] > into.across) into.across = level.values[at + 3];
        if (level.values[at + 4] > into.down) into.down = level.values[at + 4];
      }
    }
    into.opaque = least >= 1;
    return into;
  }
}

function clamped(block: number, count: number): number {
  return Math.min(count - 1, Math.max(0, block));
}

/** A texel's depth counts where it or a neighbour is visible, since pages are read between texels; steps count everywhere. */
function finest({ width, height, alpha, depth, depth_far, depth_step }: LoadedLayer): BlockLevel {
  const level = empty(Math.ceil(width / BLOCK_PX), Math.ceil(height / BLOCK_PX));
  const { columns, values } = level;
  const near = spread(alpha, width, height);
  for (let row = 0, texel = 0; row < height; row++) {
    const first = STRIDE * columns * (row >> 3);
    for (let column = 0; column < width; column++, texel++) {
      const at = first + STRIDE * (column >> 3);
      const cover = alpha[texel] / 255;
      if (cover < values[at + 2]) values[at + 2] = cover;
      const right = column < width - 1 ? depth[texel + 1] - depth[texel] : 0;
      const left = column > 0 ? depth[texel] - depth[texel - 1] : 0;
      const below = row < height - 1 ? depth[texel + width] - depth[texel] : 0;
      const above = row > 0 ? depth[texel] - depth[texel - width] : 0;
      values[at + 3] = Math.max(values[at + 3], depth_step * Math.max(Math.abs(right), Math.abs(left)));
      values[at + 4] = Math.max(values[at + 4], depth_step * Math.max(Math.abs(below), Math.abs(above)));
      if (!near[texel]) continue;
      const inverse = depth_far + depth[texel] * depth_step;
      if (inverse > values[at]) values[at] = inverse;
      if (inverse < values[at + 1]) values[at + 1] = inverse;
    }
  }
  return level;
}

/** 1 where a texel or one beside it is visible. */
function spread(alpha: Uint8Array, width: number, height: number): Uint8Array {
  const across = new Uint8Array(alpha.length);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      across[at] = alpha[at] || (column > 0 && alpha[at - 1]) || (column < width - 1 && alpha[at + 1]) ? 1 : 0;
    }
  }
  const result = new Uint8Array(alpha.length);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      result[at] = across[at] | (row > 0 ? across[at - width] : 0) | (row < height - 1 ? across[at + width] : 0);
    }
  }
  return result;
}

function halved(fine: BlockLevel): BlockLevel {
  const coarse = empty(Math.ceil(fine.columns / 2), Math.ceil(fine.rows / 2));
  for (let row = 0; row < fine.rows; row++) {
    for (let column = 0; column < fine.columns; column++) {
      const [to, from] = [STRIDE * ((row >> 1) * coarse.columns + (column >> 1)), STRIDE * (row * fine.columns + column)];
      coarse.values[to] = Math.max(coarse.values[to], fine.values[from]);
      coarse.values[to + 1] = Math.min(coarse.values[to + 1], fine.values[from + 1]);
      coarse.values[to + 2] = Math.min(coarse.values[to + 2], fine.values[from + 2]);
      coarse.values[to + 3] = Math.max(coarse.values[to + 3], fine.values[from + 3]);
      coarse.values[to + 4] = Math.max(coarse.values[to + 4], fine.values[from + 4]);
    }
  }
  return coarse;
}

function empty(columns: number, rows: number): BlockLevel {
  const values = new Float32Array(STRIDE * columns * rows);
  for (let at = 0; at < values.length; at += STRIDE) values.set([NOTHING_NEAR, NOTHING_FAR, 1, 0, 0], at);
  return { columns, rows, values };
}
