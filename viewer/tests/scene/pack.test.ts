import { expect, test } from "vitest";

import { openPack } from "../../src/scene/pack";

const HEADER = { kind: "scene", revision: 4, level: 1, layers: [], uncertainty: null };

/** A pack as `relens.viewer` writes it, or one that is a little wrong. */
function packed(header: string, data: readonly number[], magic = "RLPK", version = 1, said = 0): ArrayBuffer {
  const text = new TextEncoder().encode(header);
  const padded = new Uint8Array(Math.ceil(text.length / 4) * 4).fill(32);
  padded.set(text);
  const buffer = new ArrayBuffer(12 + padded.length + data.length);
  const bytes = new Uint8Array(buffer);
  bytes.set(new TextEncoder().encode(magic));
  new DataView(buffer).setUint32(4, version, true);
  new DataView(buffer).setUint32(8, said || padded.length, true);
  bytes.set(padded, 12);
  bytes.set(data, 12 + padded.length);
  return buffer;
}

test("a pack tells its header, and its chunks count from the header's end", () => {
  // A name of more bytes than letters.
  const header = { ...HEADER, note: "Łódź" };
  const pack = openPack(packed(JSON.stringify(header), [7, 8, 9]));
  expect(pack.header).toEqual(header);
  expect([...pack.bytes({ offset: 1, length: 2 })]).toEqual([8, 9]);
  expect([...pack.bytes({ offset: 3, length: 0 })]).toEqual([]);
});

test("what is no pack, or ends early, is refused in one line", () => {
  const text = JSON.stringify(HEADER);
  const damaged = /^the scene's data is damaged: [^\n]*$/;
  for (const buffer of [
    new ArrayBuffer(0), new ArrayBuffer(11), packed(text, [], "RLPX"), packed(text, [], "RLPK", 1, 4000), packed("{ no", []),
  ]) expect(() => openPack(buffer)).toThrow(damaged);
  expect(() => openPack(packed(text, [], "RLPK", 2))).toThrow(/version 2.*reload/);
});

test("a chunk outside the data is refused", () => {
  const pack = openPack(packed(JSON.stringify(HEADER), [7, 8, 9]));
  for (const chunk of [{ offset: 2, length: 2 }, { offset: -4, length: 2 }, { offset: 4, length: -2 }, { offset: 1e12, length: 1 }]) {
    expect(() => pack.bytes(chunk)).toThrow(/^the scene's data is damaged/);
  }
});
