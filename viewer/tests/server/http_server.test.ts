import { describe, expect, it } from "vitest";

import { httpServer, jsonOf } from "../../src/server/http_server";
import { Conflict, ServerError, type ShotProgress } from "../../src/server/server";
import { PHOTO_POSE, PLAIN_LENS, type View } from "../../src/state/view";

const HISTORY = { revision: 8, done: ["paint"], undone: [], saved: true };
const VIEW: View = { lens: PLAIN_LENS, preset: null, focus: Infinity, framing: "photo", pose: PHOTO_POSE, exposure_ev: 0 };

function patch(): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify({ kind: "patch", revision: 8, history: HISTORY, layers: [] }));
  const bytes = new Uint8Array(12 + json.length);
  bytes.set(new TextEncoder().encode("RLPK"));
  new DataView(bytes.buffer).setUint32(4, 1, true);
  new DataView(bytes.buffer).setUint32(8, json.length, true);
  bytes.set(json, 12);
  return bytes;
}

/** A server that gives one answer, and what it was asked. */
function serverOf(answer: () => Response, token: string | null = "secret") {
  const asked: { address: string; init: RequestInit | undefined }[] = [];
  const server = httpServer(token, (address, init) => {
    asked.push({ address, init });
    return Promise.resolve(answer());
  });
  return { server, asked };
}

const lines = (...values: unknown[]) => () => new Response(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
const never = new AbortController().signal;

describe("httpServer", () => {
  it("sends an edit with the token, and reads the history that the patch says", async () => {
    const { server, asked } = serverOf(() => new Response(patch()));
    const edited = await server.edit({ name: "paint", values: { to: "#ff0000" } }, 7, 1);
    expect(edited.history).toEqual(HISTORY);
    expect(new Uint8Array(edited.patches)).toEqual(patch());
    expect(asked[0].address).toBe("api/edit");
    expect(new Headers(asked[0].init!.headers).get("X-Relens-Token")).toBe("secret");
    expect(JSON.parse(asked[0].init!.body as string)).toEqual({ edit: { name: "paint", values: { to: "#ff0000" } }, revision: 7, level: 1 });
  });

  it("escapes a page's name, and sends no token where there is none", async () => {
    const { server, asked } = serverOf(() => new Response(patch()), null);
    await server.importPage("a/../b", new Blob(["png"]), 7, 0);
    expect(asked[0].address).toBe("api/page/a%2F..%2Fb?revision=7&level=0");
    expect(new Headers(asked[0].init!.headers).has("X-Relens-Token")).toBe(false);
    expect(server.mayWrite).toBe(false);
    expect(server.pageUrl("a/b")).toBe("api/page/a%2Fb.png");
  });

  it("writes infinity as inf", () => {
    expect(JSON.parse(jsonOf({ view: VIEW }))).toMatchObject({ view: { focus: "inf" } });
  });

  it("makes a conflict of 409, and the server's one line of every other refusal", async () => {
    const conflict = serverOf(() => Response.json({ error: "edited elsewhere", history: HISTORY }, { status: 409 }));
    const thrown: unknown = await conflict.server.undo(3, 0).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Conflict);
    expect(thrown).toMatchObject({ message: "edited elsewhere", history: HISTORY, status: 409 });
    const refused = serverOf(() => Response.json({ error: "radius_px=0: expected more" }, { status: 400 }));
    await expect(refused.server.redo(3, 0)).rejects.toMatchObject({ message: "radius_px=0: expected more", status: 400 });
    const foreign = serverOf(() => new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
    await expect(foreign.server.safeVolume()).rejects.toMatchObject({ message: "relens view answered 502 Bad Gateway" });
  });

  it("says that relens view has ended when nobody answers, but not when the page itself gave up", async () => {
    const dead = httpServer("secret", () => Promise.reject(new TypeError("fetch failed")));
    await expect(dead.safeVolume()).rejects.toMatchObject({ message: "relens view has ended; start it again", status: 0 });
    const aborted = httpServer("secret", () => Promise.reject(new DOMException("stop", "AbortError")));
    await expect(aborted.pack(0)).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("shoot", () => {
  const request = { view: VIEW, format: "png" } as const;
  const done = { name: "anna.png", url: "api/result/1/anna.png", bytes: 5, preview_url: null, seconds: 2 };

  it("tells of the queue and of every stage, and returns what was made", async () => {
    const told: ShotProgress[] = [];
    const { server } = serverOf(lines({ queued: 2 }, { queued: 0 }, { stage: "Rendering", fraction: 0.5 }, { done }));
    expect(await server.shoot(request, (progress) => told.push(progress), never)).toEqual(done);
    expect(told).toEqual([
      { stage: "Waiting for 2 others", fraction: 0 }, { stage: "Starting", fraction: 0 }, { stage: "Rendering", fraction: 0.5 },
    ]);
  });

  it("fails with the stream's error, or when it ends too early", async () => {
    const failed = serverOf(lines({ stage: "Rendering", fraction: 0.1 }, { error: "no room on the disk" }));
    await expect(failed.server.shoot(request, () => undefined, never)).rejects.toThrow(new ServerError("no room on the disk", 200));
    const cut = serverOf(lines({ stage: "Rendering", fraction: 0.1 }));
    await expect(cut.server.shoot(request, () => undefined, never)).rejects.toThrow("relens view has ended");
  });

  it("says which page orders, always the same and no other", async () => {
    const names = await Promise.all([0, 1].map(async () => {
      const { server, asked } = serverOf(lines({ done }));
      await server.shoot(request, () => undefined, never);
      await server.shoot(request, () => undefined, never);
      return asked.map(({ init }) => new Headers(init!.headers).get("X-Relens-Viewer"));
    }));
    expect(names[0][0]).toMatch(/^[0-9a-f]{24}$/);
    expect(names[0][1]).toBe(names[0][0]);
    expect(names[1][0]).not.toBe(names[0][0]);
  });

  it("knows what waited when the last server ended, and follows it", async () => {
    const jobs = [{ id: "a", resumed: true, done }, { id: "b", resumed: false, queued: 0 }, { id: "c/", resumed: true, queued: 1 }];
    const { server, asked } = serverOf(() => Response.json({ jobs }));
    expect((await server.leftShots()).map(({ id }) => id)).toEqual(["a", "c/"]);
    expect(new Headers(asked[0].init!.headers).get("X-Relens-Token")).toBe("secret");
    const told: ShotProgress[] = [];
    const following = serverOf(lines({ queued: 0 }, { stage: "cpu", fraction: 0.5 }, { done }));
    expect(await following.server.followShot("c/", (progress) => told.push(progress))).toEqual(done);
    expect(following.asked[0].address).toBe("api/jobs/c%2F");
    expect(told).toHaveLength(2);
  });
});
