/** Plane: a grid of whole numbers, predicted from their neighbours and deflated. */

/** Numbers of 8 bits. Rejects where the data is damaged. */
export async function readPlane8(data: Uint8Array<ArrayBuffer>, width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const plane = await inflated(data, width * height);
  undo(plane, width, height);
  return plane;
}

/** Numbers of 16 bits: all low bytes, then all high bytes. Rejects where the data is damaged. */
export async function readPlane16(data: Uint8Array<ArrayBuffer>, width: number, height: number): Promise<Uint16Array<ArrayBuffer>> {
  const count = width * height;
  const bytes = await inflated(data, 2 * count);
  const plane = new Uint16Array(count);
  for (let i = 0; i < count; i++) plane[i] = bytes[i] | (bytes[count + i] << 8);
  undo(plane, width, height);
  return plane;
}

/** From residuals to the numbers, in place: each is predicted as left + up - upper left; typed arrays wrap around. */
function undo(plane: Uint8Array | Uint16Array, width: number, height: number): void {
  plane[0] = signed(plane[0]);
  for (let at = 1; at < width; at++) plane[at] = signed(plane[at]) + plane[at - 1];
  for (let row = 1; row < height; row++) {
    let at = row * width;
    const end = at + width;
    plane[at] = signed(plane[at]) + plane[at - width];
    for (at++; at < end; at++) plane[at] = signed(plane[at]) + plane[at - 1] + plane[at - width] - plane[at - width - 1];
  }
}

/** Zigzag undone: 0, 1, 2, 3 are 0, -1, 1, -2. */
function signed(code: number): number {
  return (code >>> 1) ^ -(code & 1);
}

async function inflated(data: Uint8Array<ArrayBuffer>, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  let at = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => { throw new Error("the scene's data is damaged: a plane cannot be unpacked"); });
    if (done) break;
    if (at + value.length > length) {
      await reader.cancel();
      throw new Error("the scene's data is damaged: a plane is too long");
    }
    bytes.set(value, at);
    at += value.length;
  }
  if (at !== length) throw new Error("the scene's data is damaged: a plane is too short");
  return bytes;
}
