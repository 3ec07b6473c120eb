"""The viewer's page in headless Chromium: its first picture, its answers to input, and its memory."""

import shutil
import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

VIEWPORT_PX = {"width": 960, "height": 640}
_ANSWERS, _CHANGES_A_FRAME, _READINGS = 7, 20, 10
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_QUIET = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync", "--no-sandbox"]
_SOFTWARE = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
_LOAD_MS, _CONVERGE_MS, _PULL_MS = 60_000, 300_000, 1_000

# Whether the picture is finished, and what the canvas showed last before an input.
_WATCH = """() => {
  const { live } = window.relens;
  const copy = document.createElement("canvas");
  const context = copy.getContext("2d", { willReadFrequently: true });
  const pixels = () => {
    copy.width = live.canvas.width;
    copy.height = live.canvas.height;
    // In the task that drew it, or the buffer may have been given away.
    context.drawImage(live.canvas, 0, 0);
    return new Uint32Array(context.getImageData(0, 0, copy.width, copy.height).data.buffer);
  };
  const watch = { on: true, shown: null, converged: false, armed: false, input_ms: null, changed_ms: null };
  live.onFrame((progress) => {
    if (!watch.on) return;
    watch.converged = progress.samples >= progress.of;
    const now = pixels(), read_ms = performance.now();
    if (watch.input_ms !== null && watch.changed_ms === null) {
      if (now.every((pixel, place) => pixel === watch.shown[place])) return;
      watch.changed_ms = read_ms;
    }
    watch.shown = now;
  });
  addEventListener("pointerup", (event) => {
    if (watch.armed) watch.input_ms = event.timeStamp;
    watch.armed = false;
  }, true);
  window.watch = watch;
  // A frame to start from.
  window.relens.store.look({ exposure_ev: window.relens.store.get().view.exposure_ev + 0.01 });
}"""
_ARM = "() => Object.assign(window.watch, { armed: true, input_ms: null, changed_ms: null })"
_CONVERGED = "() => window.watch.converged"
_LOOK = """(change) => {
  const { store } = window.relens;
  const view = store.get().view;
  window.watch.input_ms = performance.now();
  store.look({
    lens: { ...view.lens, f_number: change.f_number ?? view.lens.f_number },
    pose: { ...view.pose, eye_m: change.eye_m ?? view.pose.eye_m },
  });
}"""
_ANSWER = "() => window.watch.changed_ms !== null && window.watch.changed_ms - window.watch.input_ms"
# The page's own rules forbid eval, which the browser driver's own waiting needs.
_UNTIL = """(most_ms) => new Promise((resolve, reject) => {
  const end_ms = performance.now() + most_ms;
  const look = () => {
    const value = (CONDITION)();
    if (value) resolve(value);
    else if (performance.now() > end_ms) reject(new Error(`not in ${most_ms} ms: CONDITION`));
    else setTimeout(look, 5);
  };
  look();
})"""
_INTERACT = """async ([count, changesAFrame]) => {
  const { store, live } = window.relens;
  const frame = () => new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("no frame in 60 s after a change of the view")), 60000);
    const stop = live.onFrame(() => { stop(); clearTimeout(late); resolve(); });
  });
  for (let i = 0; i < count; i++) {
    const view = store.get().view, turn = i / 37;
    store.look({
      lens: { ...view.lens, f_number: 1.4 + 7 * (1 + Math.sin(turn)) },
      focus: 0.4 + 2 * (1 + Math.cos(turn)),
      pose: { ...view.pose, eye_m: [0.004 * Math.sin(3 * turn), 0.002 * Math.cos(2 * turn), 0] },
    });
    if ((i + 1) % changesAFrame === 0) await frame();
  }
}"""


def measured_page(
    start: Callable[[], AbstractContextManager[Any]],
    browser: str | None,
    gpu: bool,
    starts: int,
    interactions: int,
    idle_cpu_s: Callable[[int], float | None],
) -> dict:
    """Seconds from the command to the first picture, milliseconds from inputs to changed pixels, and memory.

    start: starts the server, as `viewer.serving` does. Milliseconds end when the changed pixels were read back, which
    waits for the drawing; what the screen adds is not in them.
    """
    from playwright.sync_api import sync_playwright

    program = browser or next(filter(None, map(shutil.which, _NAMES)), None)
    with sync_playwright() as playwright:
        args = _QUIET + ([] if gpu else _SOFTWARE)
        chromium = playwright.chromium.launch(executable_path=program, args=args)
        first_s = []
        for number in range(starts):
            page = chromium.new_page(viewport=VIEWPORT_PX)  # pyright: ignore[reportArgumentType]
            with start() as server:
                page.goto(server.address)
                _until(page, "() => window.relens?.frames > 0", _LOAD_MS)
                first_s.append(time.perf_counter() - server.began_s)
                if number < starts - 1:
                    page.close()
                    continue
                page.evaluate("() => window.relens.ready")
                page.evaluate(_WATCH)
                answers = _answers(page)
                idle_s = idle_cpu_s(server.pid)
                memory = _memory(page, interactions)
                canvas_px = page.evaluate("() => [window.relens.live.canvas.width, window.relens.live.canvas.height]")
        chromium.close()
    return {
        "drawn_by": "graphics card" if gpu else "software",
        "canvas_px": canvas_px,
        "first_picture_s": statistics.median(first_s),
        "answers": answers,
        "idle_cpu_s": idle_s,
        "memory": memory,
    }


def _answers(page: Any) -> dict[str, dict[str, float]]:
    """Milliseconds from inputs to changed pixels, each from a picture that has converged and stands still."""
    box = page.evaluate("() => window.relens.live.canvas.getBoundingClientRect().toJSON()")

    def look(**change: Any) -> Callable[[], None]:
        return lambda: page.evaluate(_LOOK, change)

    def click(x: float, y: float) -> Callable[[], None]:
        return lambda: page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])

    # Each has two ends, so that every input changes something. A portrait has its subject in the middle.
    inputs = {
        "aperture": (look(f_number=16), look(f_number=1.4)),
        "a step of the eye": (look(eye_m=[0.01, 0, 0]), look(eye_m=[0, 0, 0])),
        "a click that focuses": (click(0.95, 0.1), click(0.5, 0.5)),
    }
    answers = {}
    for title, ends in inputs.items():
        milliseconds = [_answer_ms(page, ends[number % 2]) for number in range(_ANSWERS)]
        answers[title] = {"median_ms": statistics.median(milliseconds), "worst_ms": max(milliseconds)}
    return answers


def _answer_ms(page: Any, act: Callable[[], None]) -> float:
    _until(page, _CONVERGED, _CONVERGE_MS)
    page.evaluate(_ARM)
    act()
    milliseconds = _until(page, _ANSWER, _LOAD_MS)
    # The eased end of a pull belongs to this input, not to the next.
    page.wait_for_timeout(_PULL_MS)
    return milliseconds


def _until(page: Any, condition: str, most_ms: int) -> Any:
    """The first true value of a condition on the page."""
    return page.evaluate(_UNTIL.replace("CONDITION", condition), most_ms)


def _memory(page: Any, interactions: int) -> dict:
    """The heap after forced collections while the view changes, a tenth of the interactions apart."""
    # The pixels that were kept to compare are not the page's.
    page.evaluate("() => Object.assign(window.watch, { on: false, shown: null })")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    readings = []
    for _ in range(_READINGS + 1):
        # The first round fills caches and compiles; it is what the others are compared with.
        page.evaluate(_INTERACT, [interactions // _READINGS, _CHANGES_A_FRAME])
        session.send("HeapProfiler.collectGarbage")
        metrics = session.send("Performance.getMetrics")["metrics"]
        readings.append({each["name"]: each["value"] for each in metrics})
    heaps = [reading["JSHeapUsedSize"] for reading in readings]
    return {
        "interactions": interactions,
        "heap_bytes": heaps,
        "heap_growth_bytes": heaps[-1] - heaps[0],
        "listener_growth": readings[-1]["JSEventListeners"] - readings[0]["JSEventListeners"],
        "node_growth": readings[-1]["Nodes"] - readings[0]["Nodes"],
    }
