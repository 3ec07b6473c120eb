import { beforeEach, expect, test } from "vitest";

import { SceneLoader } from "../../src/render/scene_loader";
import type { SceneInfo } from "../../src/scene/scene_info";
import type { History } from "../../src/state/state";
import { SCENE } from "../state/scene";

const INFO: SceneInfo = {
  ...SCENE,
  camera: { ...SCENE.camera, width_px: 3200, height_px: 2400 },
  levels: [0, 1, 2, 3].map((level) => ({ level, width_px: 3200 >> level, height_px: 2400 >> level })),
};

/** A level with no layers in it, as the server packs it. */
function pack(level: number, revision: number): ArrayBuffer {
  const history: History = { revision, done: [], undone: [], saved: true };
  const camera = { ...INFO.camera, width_px: 3200 >> level, height_px: 2400 >> level };
  const text = JSON.stringify({ kind: "scene", revision, level, camera, border_px: 0, history, layers: [], uncertainty: null });
  const header = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 4) * 4));
  const bytes = new Uint8Array(12 + header.length);
  bytes.set(new TextEncoder().encode("RLPK"));
  new DataView(bytes.buffer).setUint32(4, 1, true);
  new DataView(bytes.buffer).setUint32(8, header.length, true);
  bytes.set(header, 12);
  return bytes.buffer;
}

/** A server, a card, and what the page was told. */
class Around {
  readonly asked: number[] = [];
  readonly opened: number[] = [];
  readonly said: string[] = [];
  readonly revisions: number[] = [];
  /** The widest scene that the card holds. */
  holds_px = Infinity;
  broken: Error | null = null;
  revision = 3;
  /** While held, packs wait to be let go. */
  held = false;
  readonly gates: (() => void)[] = [];
  readonly loader: SceneLoader;

  constructor(info: SceneInfo = INFO) {
    this.loader = new SceneLoader({
      info,
      live: { open: (scene: { level: number; camera: { width_px: number } }) => { this.open(scene); } },
      pack: (level) => this.pack(level),
      revision: () => 0,
      onHistory: ({ revision }) => this.revisions.push(revision),
      say: (message, kind) => this.said.push(`${kind}: ${message}`),
    });
  }

  private async pack(level: number): Promise<ArrayBuffer> {
    this.asked.push(level);
    if (this.held) await new Promise<void>((open) => this.gates.push(open));
    if (this.broken) throw this.broken;
    return pack(level, this.revision);
  }

  private open({ level, camera }: { level: number; camera: { width_px: number } }): void {
    if (camera.width_px > this.holds_px) throw new RangeError("too large");
    this.opened.push(level);
  }
}

let around: Around;

beforeEach(() => { around = new Around(); });

/** When all that was asked for has been done. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve));
}

test("the smallest level comes first, then the one that fits", async () => {
  await around.loader.first([1500, 1100]);
  expect(around.opened).toEqual([3]);
  await settled();
  expect(around.opened).toEqual([3, 1]);
  expect(around.said).toEqual([]);
  expect(around.revisions).toEqual([3, 3]);
});

test("a small canvas needs the smallest level only", async () => {
  await around.loader.first([300, 200]);
  await settled();
  await around.loader.fit([320, 240]);
  expect(around.asked).toEqual([3]);
});

test("a canvas that grows gets a larger level, one that shrinks keeps what it has", async () => {
  await around.loader.first([300, 200]);
  await around.loader.fit([800, 600]);
  await around.loader.fit([300, 200]);
  await around.loader.fit([3000, 2000]);
  expect(around.opened).toEqual([3, 2, 0]);
});

test("a level is got once, however often the canvas changes meanwhile", async () => {
  await around.loader.first([1500, 1100]);
  // As a page's observer does right at its start, and with each frame while a window is dragged.
  for (let step = 0; step < 30; step++) void around.loader.fit([1500 + step, 1100]);
  await settled();
  expect(around.asked).toEqual([3, 1]);
});

test("loads wait for each other", async () => {
  await around.loader.first([300, 200]);
  around.held = true;
  void around.loader.fit([800, 600]);
  void around.loader.reload();
  await settled();
  expect(around.asked).toEqual([3, 2]);
  around.held = false;
  around.gates[0]();
  await settled();
  // The reload is of what is shown by then.
  expect(around.opened).toEqual([3, 2, 2]);
});

test("what a card cannot hold is got smaller, and the page says so", async () => {
  around.holds_px = 1000;
  await around.loader.first([3000, 2000]);
  await settled();
  expect(around.opened).toEqual([3, 2]);
  expect(around.said).toEqual([expect.stringMatching(/^note: .*800 x 600 .* 3200 x 2400/)]);
});

test("what a card could not hold is not asked for again", async () => {
  around.holds_px = 1000;
  await around.loader.first([3000, 2000]);
  await settled();
  const { length } = around.asked;
  await around.loader.fit([3100, 2100]);
  await around.loader.fit([3200, 2200]);
  expect(around.asked).toHaveLength(length);
  expect(around.said).toHaveLength(1);
});

test("a card that holds nothing ends in one line", async () => {
  around.holds_px = 10;
  await expect(around.loader.first([3000, 2000])).rejects.toThrow("no size of this scene fits the graphics card");
});

test("a first load that fails rejects; a later one is said, and the next works again", async () => {
  around.broken = new Error("relens view has ended; start it again");
  await expect(around.loader.first([300, 200])).rejects.toThrow("has ended");
  around.broken = null;
  await around.loader.first([300, 200]);
  around.broken = new Error("relens view has ended; start it again");
  await around.loader.fit([800, 600]);
  expect(around.said).toEqual(["wrong: relens view has ended; start it again"]);
  around.broken = null;
  await around.loader.fit([800, 600]);
  expect(around.opened).toEqual([3, 2]);
});

test("a reload gets the level that is shown, and the edits in it", async () => {
  await around.loader.first([800, 600]);
  await settled();
  around.revision = 7;
  await around.loader.reload();
  expect(around.opened).toEqual([3, 2, 2]);
  expect(around.revisions.at(-1)).toBe(7);
});

test("a scene of one level, as an exported page has it, is opened once", async () => {
  const one = new Around({ ...INFO, levels: [INFO.levels[1]] });
  await one.loader.first([3000, 2000]);
  await settled();
  await one.loader.fit([3100, 2000]);
  expect(one.asked).toEqual([1]);
});
