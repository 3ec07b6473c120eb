/**
 * The page with a fake scene, for looking at panels while the renderer or the server is not there: `npx vite --port N`, then
 * /dev/index.html. With `?picture=` an image's address stands for the scene. Not part of the build.
 */

import "../src/style/style.css";
import { layout } from "../src/panels/layout";
import { messages } from "../src/panels/messages";
import type { App } from "../src/state/app";
import { startState } from "../src/state/start_state";
import { Store } from "../src/state/store";
import { followAddress } from "../src/state/url_state";
import { lensCheck } from "../src/tools/lens_check";
import { fakeLiveView } from "./fake_live_view";
import { FAKE_SCENE } from "./fake_scene";

const store = new Store(startState(FAKE_SCENE));
const line = messages();
const app: App = {
  info: FAKE_SCENE,
  store,
  live: fakeLiveView(FAKE_SCENE, store),
  server: null,
  safe: () => ({ left_m: 0.08, right_m: 0.08, up_m: 0.06, down_m: 0.05, forward_m: 0.2, back_m: 0.1 }),
  bakedMove: () => null,
  say: (message, kind) => { line.say(message, kind); },
  takeOver: () => Promise.resolve(),
};
const start = store.get().view;
followAddress(store, { view: start, presets: FAKE_SCENE.presets, check: lensCheck(FAKE_SCENE) }, (message) => {
  app.say(message, "wrong");
});
document.querySelector("#app")!.append(layout(app, line.root));
Object.assign(window, { app });
