/** TimelinePanel: the camera path: keyframes, playing, files and ready-made moves. */

import type { App } from "../state/app";
import type { State } from "../state/state";
import { addKeyframe, copyKeyframe, deleteKeyframe, updateKeyframe } from "../tools/keyframe_commands";
import { exportPath, importPath, takeMove } from "../tools/path_files";
import { pathHistory } from "../tools/path_history";
import { startPlayer } from "../tools/player";
import { button, type ButtonLook } from "./controls";
import { element } from "./element";
import { dropTarget, fileButton } from "./file_drop";
import { keyframeEditor } from "./keyframe_editor";
import { clockText } from "./time_scale";
import { loopIcon, pauseIcon, playIcon, redoIcon, undoIcon } from "./timeline_icons";
import { timelineTrack } from "./timeline_track";
import "../style/timeline.css";

const EMPTY = "No path yet. Stand where the film shall begin and add a keyframe (K), take a ready-made move, " +
  "or drop a path file here.";
/** What the buttons follow. */
const WATCHED = ["path", "keyframe", "playing", "loop"] as const satisfies readonly (keyof State)[];
const PATH_FILES = ".yaml,.yml,.json";

/** The panel; from now on the page plays its path when its state says so. */
export function timelinePanel(app: App): HTMLElement {
  startPlayer(app);
  const hint = element("p", { class: "hint" }, EMPTY);
  const root = element("div", { class: "timeline" }, toolbar(app), timelineTrack(app), hint, keyframeEditor(app));
  const open = (file: File): void => {
    void importPath(app, file);
  };
  dropTarget(root, open);
  const history = pathHistory(app);
  root.addEventListener("keydown", (event) => {
    // Here undo takes back what was done to the path, not to the scene.
    const key = event.ctrlKey || event.metaKey ? event.key.toLowerCase() : "";
    if (key !== "z" && key !== "y") return;
    const isText = event.target instanceof HTMLInputElement && document.activeElement === event.target && event.target.type === "text";
    if (isText) return;
    event.preventDefault();
    event.stopPropagation();
    if (key === "y" || event.shiftKey) history.redo();
    else history.undo();
  });
  const show = ({ path }: State): void => {
    hint.hidden = path !== null;
  };
  app.store.on((state, before) => {
    if (state.path !== before.path) show(state);
  });
  show(app.store.get());
  return root;
}

function toolbar(app: App): HTMLElement {
  const { store } = app;
  const history = pathHistory(app);
  const play = button("", () => {
    store.set({ playing: !store.get().playing });
  }, { look: "icon", title: "Play", icon: playIcon() });
  const loop = pressable("", () => {
    store.set({ loop: !store.get().loop });
  }, { look: "quiet icon", title: "Loop", icon: loopIcon() });
  const clock = element("output", { class: "value timeline-clock", "aria-label": "Time", "aria-live": "off" });
  const add = button("Add keyframe", () => {
    addKeyframe(app);
  }, { title: "Add keyframe at the playhead, of the view as it is (K)" });
  const update = button("Update", () => {
    updateKeyframe(app);
  }, { look: "quiet", title: "Update the chosen keyframe to the view as it is" });
  const copy = button("Copy", () => {
    copyKeyframe(app);
  }, { look: "quiet", title: "Copy the chosen keyframe to the playhead" });
  const remove = button("Delete", () => {
    deleteKeyframe(app);
  }, { look: "quiet", title: "Delete the chosen keyframe" });
  const undo = button("", () => history.undo(), {
    look: "quiet icon", title: "Undo the last change of the path (Ctrl+Z here)", icon: undoIcon(),
  });
  const redo = button("", () => history.redo(), { look: "quiet icon", title: "Redo (Ctrl+Shift+Z here)", icon: redoIcon() });
  const save = button("Export", () => {
    exportPath(app);
  }, { look: "quiet", title: "Export the path as a YAML file that relens path reads" });
  const load = fileButton("Import", PATH_FILES, (file) => void importPath(app, file), {
    look: "quiet", title: "Import a path file: relens YAML or JSON, nerfstudio camera_path.json",
  });

  const show = ({ path, keyframe, playing, loop: loops, time_s }: State): void => {
    clock.textContent = clockText(time_s);
    play.replaceChildren(playing ? pauseIcon() : playIcon());
    for (const name of ["title", "aria-label"]) play.setAttribute(name, playing ? "Pause" : "Play");
    loop.setAttribute("aria-pressed", String(loops));
    play.disabled = path === null;
    save.disabled = path === null;
    for (const one of [update, copy, remove]) one.disabled = path === null || keyframe === null;
    undo.disabled = !history.canUndo;
    redo.disabled = !history.canRedo;
  };
  store.on((state, before) => {
    const isTimeAlone = WATCHED.every((key) => state[key] === before[key]);
    if (!isTimeAlone) show(state);
    else if (state.time_s !== before.time_s) clock.textContent = clockText(state.time_s);
  });
  show(store.get());
  const part = (name: string, ...buttons: (HTMLElement | null)[]): HTMLElement =>
    element("div", { class: `timeline-part ${name}` }, ...buttons);
  return element("div", { class: "timeline-tools", role: "toolbar", "aria-label": "Camera path" },
    part("play", play, loop, clock), part("keys", add, update, copy, remove), part("steps", undo, redo),
    part("files", movesMenu(app), load, save));
}

function pressable(text: string, press: () => void, look: ButtonLook): HTMLButtonElement {
  const made = button(text, press, look);
  made.setAttribute("aria-pressed", "false");
  return made;
}

/** Ready-made moves by name; null for a scene without. */
function movesMenu(app: App): HTMLElement | null {
  if (app.info.moves.length === 0) return null;
  const menu = element("select", { class: "moves", "aria-label": "Ready-made moves" },
    element("option", { value: "" }, "Ready-made move"),
    ...app.info.moves.map((name) => element("option", { value: name }, name.replaceAll("-", " "))));
  menu.addEventListener("change", () => {
    const name = menu.value;
    menu.value = "";
    if (name === "") return;
    menu.disabled = true;
    void takeMove(app, name).finally(() => {
      menu.disabled = false;
    });
  });
  return menu;
}
