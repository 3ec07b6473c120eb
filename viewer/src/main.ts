/** The page: opens its scene, puts it together, and keeps the picture in step with the state. */

import "./style/style.css";
import { layout } from "./panels/layout";
import { messages } from "./panels/messages";
import { LiveRenderer } from "./render/live_renderer";
import { SceneLoader } from "./render/scene_loader";
import type { SafeVolume } from "./scene/scene_info";
import { opened, type Opened } from "./server/opened";
import type { App } from "./state/app";
import { reasonOf } from "./state/reason";
import { startState } from "./state/start_state";
import { Store } from "./state/store";
import { followAddress } from "./state/url_state";
import { lensCheck } from "./tools/lens_check";

/** More pixels would only be drawn more slowly. */
const MOST_PIXELS = 6e6;

/** For tests and the curious: what the page is made of. */
export interface Insides {
  readonly app: App;
  readonly store: Store;
  readonly live: LiveRenderer;
  /** When the first picture is on the screen. */
  readonly ready: Promise<void>;
  readonly frames: number;
}

declare global {
  interface Window {
    relens?: Insides;
  }
}

function start(scene: Opened): void {
  const { info, server } = scene;
  const store = new Store(startState(info));
  const line = messages();
  const canvas = document.createElement("canvas");
  const live = new LiveRenderer(canvas, info, () => {
    line.say("The graphics card had lost the picture; getting it again.");
    void loader.reload();
  });
  let safe: SafeVolume | null = null;

  const loader = new SceneLoader({
    info,
    live,
    pack: (level) => scene.pack(level),
    say: (message, kind) => { line.say(message, kind); },
    onHistory: (history) => { store.set({ history }); },
    revision: () => store.get().history.revision,
  });
  const app: App = {
    info,
    store,
    live,
    server,
    safe: () => safe,
    bakedMove: (name) => scene.bakedMove(name),
    say: (message, kind) => { line.say(message, kind); },
    takeOver: async (patches, history) => {
      // First, so that nothing older is shown from now on.
      store.set({ history });
      if (!(await live.patch(patches))) await loader.reload();
    },
  };
  const address = { view: store.get().view, presets: info.presets, check: lensCheck(info) };
  followAddress(store, address, (message) => { line.say(message, "wrong"); });

  document.title = `${info.name} · relens`;
  document.querySelector("#app")!.replaceChildren(layout(app, line.root));

  const ready = firstPicture(live);
  // Looked for by the server only once the first picture is there.
  ready.then(async () => { safe = await scene.safeVolume(); }).catch(report);
  window.relens = { app, store, live, ready, get frames() { return live.frames; } };

  const size = (): readonly [number, number] => {
    const box = canvas.getBoundingClientRect();
    const scale = Math.min(devicePixelRatio, Math.sqrt(MOST_PIXELS / Math.max(1, box.width * box.height)));
    return [Math.max(1, Math.round(box.width * scale)), Math.max(1, Math.round(box.height * scale))];
  };
  let source: Promise<void> | null = null;
  const show = (): void => {
    const { view, overlay, compare } = store.get();
    const refused = live.show(view);
    if (refused) line.say(refused.wrong, "wrong");
    live.look(overlay, compare);
    // Asked for once, and again only after it failed.
    if (compare !== null) source ??= withSource(scene, live).catch((error: unknown) => { source = null; report(error); });
  };
  live.resize(...size());
  show();
  store.on((state, before) => {
    if (state.view !== before.view || state.overlay !== before.overlay || state.compare !== before.compare) show();
  });
  const fit = (): void => {
    live.resize(...size());
    show();
    void loader.fit(size(), live.zoom);
  };
  loader.first(size()).then(() => {
    new ResizeObserver(fit).observe(canvas);
    onOtherScreen(fit);
    store.on((state, before) => {
      const isZoomed = state.view.pose.zoom !== before.view.pose.zoom || state.view.framing !== before.view.framing;
      if (isZoomed) void loader.fit(size(), live.zoom);
    });
  }, report);
}

/** Calls when the window has come to a screen with other pixels, or has been zoomed. */
function onOtherScreen(call: () => void): void {
  matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", () => {
    call();
    onOtherScreen(call);
  }, { once: true });
}

function firstPicture(live: LiveRenderer): Promise<void> {
  return new Promise((resolve) => {
    const stop = live.onFrame(() => {
      stop();
      resolve();
    });
  });
}

async function withSource(scene: Opened, live: LiveRenderer): Promise<void> {
  const blob = await scene.source(live.level.level);
  if (!blob) throw new Error("This scene has no source photo to compare with.");
  live.setSource(await createImageBitmap(blob, { colorSpaceConversion: "none" }));
}

/** What ends the page, in one line where the picture would be; or as a message. */
function report(error: unknown): void {
  const message = reasonOf(error);
  if (window.relens) window.relens.app.say(message, "wrong");
  else fail(message);
}

function fail(message: string): void {
  const line = document.createElement("p");
  line.className = "failure";
  line.setAttribute("role", "alert");
  line.textContent = message;
  document.querySelector("#app")!.replaceChildren(line);
}

window.addEventListener("error", ({ message }) => { report(message); });
window.addEventListener("unhandledrejection", ({ reason }) => { report(reason); });
opened().then(start).catch(report);
