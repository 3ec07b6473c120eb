import { expect, test } from "vitest";

import { readPlane16, readPlane8 } from "../../src/scene/plane";
import raw from "../golden/planes.json?raw";

interface Plane {
  readonly bits: 8 | 16;
  readonly width: number;
  readonly height: number;
  readonly codes: readonly number[];
  readonly bytes: string;
}

const { planes } = JSON.parse(raw) as { planes: readonly Plane[] };

function bytesOf(plane: Plane): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(plane.bytes), (letter) => letter.charCodeAt(0));
}

function read({ bits, width, height }: Plane, data: Uint8Array<ArrayBuffer>): Promise<Uint8Array | Uint16Array> {
  return bits === 8 ? readPlane8(data, width, height) : readPlane16(data, width, height);
}

test("planes are, number by number, what relens packed", async () => {
  expect(planes.length).toBeGreaterThan(20);
  for (const plane of planes) expect([...(await read(plane, bytesOf(plane)))]).toEqual(plane.codes);
});

test("damaged planes are refused in one line that says so", async () => {
  const plane = planes.find(({ bits, width, codes }) => bits === 16 && width > 9 && codes[0] !== 0)!;
  const data = bytesOf(plane);
  const spoilt: Uint8Array<ArrayBuffer>[] = [
    new Uint8Array(), data.slice(0, data.length >> 1), data.slice(0, -5), Uint8Array.of(0, ...data),
    data.map((byte, at) => (at === data.length - 1 ? byte ^ 1 : byte)),
  ];
  for (const bytes of spoilt) await expect(read(plane, bytes)).rejects.toThrow(/^the scene's data is damaged: [^\n]*$/);
});

test("a plane of another size is refused, however large it says to be", async () => {
  const plane = planes.at(-1)!;
  await expect(read({ ...plane, height: plane.height + 1 }, bytesOf(plane))).rejects.toThrow("too short");
  await expect(read({ ...plane, height: plane.height - 1 }, bytesOf(plane))).rejects.toThrow("too long");
  const bomb = new Blob([new Uint8Array(1 << 24)]).stream().pipeThrough(new CompressionStream("deflate"));
  const small = new Uint8Array(await new Response(bomb).arrayBuffer());
  await expect(readPlane8(small, 4, 4)).rejects.toThrow("too long");
});
