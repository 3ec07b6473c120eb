/** HttpServer: `relens view` over HTTP; each method is one request. */

import type { PathRecord } from "../path/path_record";
import { openPack } from "../scene/pack";
import type { SafeVolume, SceneInfo } from "../scene/scene_info";
import type { History } from "../state/state";
import type { View } from "../state/view";
import { readNdjson } from "./ndjson";

import {
  Conflict, type Edit, type Edited, type LeftShot, type Server, ServerError, type ShotProgress, type ShotRequest, type ShotResult,
} from "./server";

/** What a page says when nobody answers. */
export const ENDED = "relens view has ended; start it again";

type Fetch = (address: string, init?: RequestInit) => Promise<Response>;

/** What the server says of the opened scene. Throws ServerError. */
export async function readSceneInfo(ask: Fetch = fetch.bind(globalThis)): Promise<SceneInfo> {
  return (await (await answered(ask, "api/scene")).json()) as SceneInfo;
}

/**
 * The server that this page came from.
 *
 * Every method throws ServerError with the server's one line (status 0 where it has gone), `edit` and its like Conflict;
 * an aborted signal throws as `fetch` does.
 *
 * @param token - what allows to write; null for a page that only looks.
 */
export function httpServer(token: string | null, ask: Fetch = fetch.bind(globalThis)): Server {
  const viewer = viewerName();
  const get = (address: string, signal?: AbortSignal) => answered(ask, address, signal ? { signal } : {});
  // Of pictures that others may have ordered.
  const getOwn = (address: string) => answered(ask, address, token === null ? {} : { headers: { "X-Relens-Token": token } });
  const post = (address: string, body: BodyInit, type: string, signal?: AbortSignal) =>
    answered(ask, address, {
      method: "POST", body,
      headers: { "Content-Type": type, "X-Relens-Viewer": viewer, ...(token === null ? {} : { "X-Relens-Token": token }) },
      ...(signal ? { signal } : {}),
    });
  const postJson = (address: string, content: unknown, signal?: AbortSignal) =>
    post(address, jsonOf(content), "application/json", signal);
  const edited = async (answer: Promise<Response>): Promise<Edited> => {
    const patches = await bytesOf(await answer);
    return { history: openPack(patches).header.history, patches };
  };
  return {
    mayWrite: token !== null,
    pack: async (level, signal) => bytesOf(await get(`api/pack/${level}`, signal)),
    source: async (level) => (await get(`api/source/${level}`)).blob(),
    safeVolume: async () => (await (await get("api/safe")).json()) as SafeVolume,
    move: async (name: string, view: View) => pathOf(await postJson("api/move", { name, view })),
    readPath: async (text) => pathOf(await post("api/path/read", text, "text/plain;charset=utf-8")),
    edit: (edit: Edit, revision, level) => edited(postJson("api/edit", { edit, revision, level })),
    undo: (revision, level) => edited(postJson("api/undo", { revision, level })),
    redo: (revision, level) => edited(postJson("api/redo", { revision, level })),
    changes: (since, level) => edited(get(`api/changes?since=${since}&level=${level}`)),
    importPage: (name, page, revision, level) =>
      edited(post(`api/page/${encodeURIComponent(name)}?revision=${revision}&level=${level}`, page, "image/png")),
    pageUrl: (name) => `api/page/${encodeURIComponent(name)}.png`,
    shoot: async (request: ShotRequest, progress, signal) =>
      shotOf(await postJson("api/shoot", request, signal), progress),
    leftShots: async () => {
      const { jobs } = (await (await getOwn("api/jobs")).json()) as { jobs: readonly (LeftShot & { resumed: boolean })[] };
      return jobs.filter(({ resumed }) => resumed);
    },
    followShot: async (id, progress) => shotOf(await getOwn(`api/jobs/${encodeURIComponent(id)}`), progress),
  };
}

/** This page's name among those that order pictures, which take turns. */
function viewerName(): string {
  // Not randomUUID, which a page from another machine does not have.
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** JSON with infinity as "inf", as path files and views have it. */
export function jsonOf(content: unknown): string {
  return JSON.stringify(content, (_key, value: unknown) => (value === Infinity ? "inf" : value));
}

async function answered(ask: Fetch, address: string, init: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await ask(address, init);
  } catch (error) {
    throw gone(error);
  }
  if (answer.ok) return answer;
  const said = await refusalOf(answer);
  if (answer.status === 409 && said.history !== undefined) throw new Conflict(said.error, said.history);
  throw new ServerError(said.error, answer.status);
}

/** What broke a request: its own signal stays what it is, everything else means that nobody answers. */
function gone(error: unknown): unknown {
  return isAbort(error) ? error : new ServerError(ENDED, 0);
}

/** Whether a request ended because it was aborted. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

async function refusalOf(answer: Response): Promise<{ error: string; history?: History }> {
  try {
    const said = (await answer.json()) as { error?: unknown; history?: History };
    if (typeof said.error === "string") return { ...said, error: said.error };
  } catch {
    // What is between the page and relens may answer in its own words.
  }
  return { error: `relens view answered ${answer.status} ${answer.statusText}`.trim() };
}

async function bytesOf(answer: Response): Promise<ArrayBuffer> {
  try {
    return await answer.arrayBuffer();
  } catch (error) {
    throw gone(error);
  }
}

async function pathOf(answer: Response): Promise<PathRecord> {
  return ((await answer.json()) as { path: PathRecord }).path;
}

type ShotLine = Partial<ShotProgress> & { readonly queued?: number; readonly done?: ShotResult; readonly error?: string };

async function shotOf(answer: Response, progress: (progress: ShotProgress) => void): Promise<ShotResult> {
  if (answer.body === null) throw new ServerError(ENDED, 0);
  try {
    for await (const value of readNdjson(answer.body)) {
      const line = value as ShotLine;
      if (line.error !== undefined) throw new ServerError(line.error, answer.status);
      if (line.done !== undefined) return line.done;
      if (line.queued !== undefined) progress({ stage: waiting(line.queued), fraction: 0 });
      else if (line.stage !== undefined) progress({ stage: line.stage, fraction: line.fraction ?? 0 });
    }
  } catch (error) {
    throw error instanceof ServerError ? error : gone(error);
  }
  throw new ServerError(ENDED, 0);
}

function waiting(before: number): string {
  return before > 0 ? `Waiting for ${before} other${before > 1 ? "s" : ""}` : "Starting";
}
