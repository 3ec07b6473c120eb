/** The sample sequence over the pupil: relens's own points of seed 0 (`relens.pupil_sequence`), bit for bit. */

/** What numpy's generator gives for seed 0; a golden test holds them. */
const KEYS: readonly [number, number] = [0xd9c2825f, 0xa30febcf];

/** Direction numbers of the second Sobol dimension: Pascal's triangle modulo 2, as 32-bit columns. */
const SECOND = directions();

/**
 * Points first, first + 1, ... of the sequence in [0, 1) squared: x, y of each, one after the other.
 *
 * The first two dimensions of Sobol's sequence with Owen's scrambling: every aligned block of 2^k points has one point
 * in each of the elementary intervals of area 2^-k. Source: Owen, 1995; hash-based scrambling after Burley, Practical
 * Hash-based Owen Scrambling, JCGT 9 (2020).
 */
export function unitSquare(first: number, count: number): Float64Array {
  const points = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    const index = (first + i) >>> 0;
    // The radical inverse of the index is its reversed bits.
    points[2 * i] = scrambled(reversed(index), KEYS[0]) / 2 ** 32;
    points[2 * i + 1] = scrambled(second(index), KEYS[1]) / 2 ** 32;
  }
  return points;
}

function directions(): Uint32Array {
  const columns = new Uint32Array(32);
  let column = 2 ** 31;
  for (let bit = 0; bit < 32; bit++) {
    columns[bit] = column;
    column = (column ^ (column >>> 1)) >>> 0;
  }
  return columns;
}

/** The second dimension as a 32-bit fraction. */
function second(index: number): number {
  let point = 0;
  for (let bit = 0; index >>> bit !== 0 && bit < 32; bit++) if ((index >>> bit) & 1) point ^= SECOND[bit];
  return point >>> 0;
}

/** Owen's scrambling: every bit is flipped, or not, by a hash of the bits above it. */
function scrambled(fraction: number, key: number): number {
  let x = reversed(fraction);
  // Laine and Karras, 2011, with the constants of Vegdahl, 2021: each bit depends on lower ones only.
  x ^= Math.imul(x, 0x3d20adea);
  x = (x + key) | 0;
  x = Math.imul(x, (key >>> 16) | 1);
  x ^= Math.imul(x, 0x05526c56);
  x ^= Math.imul(x, 0x53a22864);
  return reversed(x);
}

function reversed(bits: number): number {
  let x = bits;
  x = (x >>> 16) | (x << 16);
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  return x >>> 0;
}
