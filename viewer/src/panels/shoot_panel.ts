/** ShootPanel: the picture at full quality from relens, or the live picture as it is. */

import { isAbort } from "../server/http_server";
import type { Server } from "../server/server";
import type { App } from "../state/app";
import { reasonOf } from "../state/reason";
import { saveLivePicture } from "../tools/live_picture";
import { togglePanel } from "../tools/open_panels";
import { button, group } from "./controls";
import { element } from "./element";
import { leftShots } from "./left_shots";
import { shotForm } from "./shot_form";
import { type ShownResult, shotResult } from "./shot_result";
import "../style/shoot.css";

/** What the server calls its stages, in words. */
const STAGES: Readonly<Partial<Record<string, string>>> = {
  prepare: "Preparing the scene", compare: "Comparing frames", encode: "Encoding", write: "Writing",
};
const NO_SERVER = "Full quality needs relens: open the scene with relens view, or run relens shoot. " +
  "This page saves its live picture.";
/** While it renders, a stage has the engine's name. */
const ENGINE = /^[a-z]+$/;
const presses = new WeakMap<App, () => void>();

/** What the panel's first button does: a shot as its form says, or the live picture where there is no more. */
export function shoot(app: App): void {
  const { open } = app.store.get();
  // Progress and cancel are there.
  if (!open.includes("shoot")) togglePanel(app.store, "shoot");
  presses.get(app)?.();
}

/** The panel. */
export function shootPanel(app: App): HTMLElement {
  const refusal = whyNoShot(app);
  return element("div", { class: "panel-body shoot" },
    refusal === null ? null : element("p", { class: app.server === null ? "hint" : "warning" }, refusal),
    ...(app.server !== null && refusal === null ? fullShot(app, app.server) : []),
    livePicture(app, refusal !== null),
  );
}

function whyNoShot({ server }: App): string | null {
  if (server === null) return NO_SERVER;
  if (!server.mayWrite) return "This page only looks: open the address that relens view printed, with its token, to render.";
  return null;
}

function livePicture(app: App, isAll: boolean): HTMLElement {
  const status = element("span", { class: "hint", role: "status" });
  const save = button("Save the live picture", () => {
    save.disabled = true;
    status.textContent = "Waiting for it to converge…";
    saveLivePicture(app).then(() => {
      status.textContent = "Saved.";
    }, (error: unknown) => {
      status.textContent = "";
      app.say(reasonOf(error), "wrong");
    }).finally(() => {
      save.disabled = false;
    });
  }, { look: isAll ? "primary" : "" });
  if (isAll) presses.set(app, () => { save.click(); });
  const hint = element("p", { class: "hint" }, "A PNG of what the page shows, in the window's size.");
  return group("Live picture", hint, element("div", { class: "row" }, save, status));
}

/** The form, the progress, and the result. */
function fullShot(app: App, server: Server): HTMLElement[] {
  const form = shotForm(app);
  const stage = element("span", { role: "status" });
  const percent = element("span", { class: "value" });
  const bar = element("progress", { class: "progress", max: 1, "aria-label": "Rendering" });
  const results = element("div");
  let last: ShownResult | null = null;
  let running: AbortController | null = null;

  const tell = (name: string, fraction: number): void => {
    const said = STAGES[name] ?? (ENGINE.test(name) ? "Rendering" : name);
    // Only what is new is read out.
    if (stage.textContent !== said) stage.textContent = said;
    percent.textContent = `${Math.round(100 * fraction)} %`;
    bar.value = fraction;
  };
  const cancel = button("Cancel", () => {
    running?.abort();
  });
  const progress = element("div", { class: "shot-progress", hidden: true },
    element("div", { class: "row spread" }, stage, percent), bar, cancel);
  const start = button("Shoot", () => {
    const order = form.order();
    if ("wrong" in order) {
      app.say(order.wrong, "wrong");
      return;
    }
    const control = new AbortController();
    running = control;
    start.hidden = true;
    progress.hidden = false;
    tell("Sending", 0);
    cancel.focus();
    server.shoot(order, ({ stage: said, fraction }) => {
      tell(said, fraction);
    }, control.signal).then((result) => {
      last?.close();
      last = shotResult(app, result, order.format);
      results.replaceChildren(last.root);
      app.say(`${result.name} is ready.`);
    }).catch((error: unknown) => {
      if (isAbort(error)) app.say("The rendering was cancelled.");
      else app.say(reasonOf(error), "wrong");
    }).finally(() => {
      running = null;
      start.hidden = false;
      progress.hidden = true;
      start.focus();
    });
  }, { look: "primary" });
  presses.set(app, () => {
    if (running === null) start.click();
  });
  // A page that is closed or left shall not keep relens at work.
  window.addEventListener("pagehide", () => running?.abort());
  return [form.root, group("Full quality", start, progress, results), leftShots(server)];
}
