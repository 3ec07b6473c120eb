"use strict";
// The slider of stops, and the layers as reliefs in the space (column, row, inverse depth). Without this script the
// page shows all stops side by side and a poster of the layers.
(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("report-data").textContent);

  const stops = [...document.querySelectorAll(".stops figure")];
  const ring = document.getElementById("stop");
  const show = () => {
    const at = Number(ring.value);
    stops.forEach((figure, index) => figure.classList.toggle("on", index === at));
    const stop = data.stops[at];
    ring.setAttribute("aria-valuetext", stop.name);
    for (const key of ["name", "pupil", "coc", "dof"]) document.getElementById("stop-" + key).textContent = stop[key];
  };
  ring.max = stops.length - 1;
  ring.value = data.stop;
  ring.addEventListener("input", show);
  root.classList.add("scripted");
  show();

  const canvas = document.getElementById("relief");
  const gl = canvas.getContext("webgl", { antialias: true, premultipliedAlpha: false, preserveDrawingBuffer: true });
  if (!gl) return;

  const VERTEX = `
    attribute vec3 point; uniform float apart, focus, turn, tip, aspect, wide, size; varying vec2 at;
    void main() {
      at = point.xy;
      vec3 p = vec3((point.x - 0.5) * size, (0.5 - point.y) * size / aspect, (point.z - focus) * 0.55 + apart);
      float c = cos(turn), s = sin(turn), d = cos(tip), e = sin(tip);
      p = vec3(c * p.x + s * p.z, p.y, c * p.z - s * p.x);
      p = vec3(p.x, d * p.y - e * p.z, d * p.z + e * p.y);
      float away = 3.6 - p.z;
      gl_Position = vec4(p.x * 3.3 / wide, p.y * 3.3, away * 0.9 - 1.0, away);
    }`;
  const FRAGMENT = `
    precision mediump float; uniform sampler2D page; uniform vec4 flat_colour; varying vec2 at;
    void main() {
      if (flat_colour.a > 0.0) { gl_FragColor = flat_colour; return; }
      vec4 c = texture2D(page, at);
      if (c.a < 0.02) discard;
      gl_FragColor = c;
    }`;
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) return console.error(gl.getShaderInfoLog(shader));
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  gl.useProgram(program);
  const uniform = (name) => gl.getUniformLocation(program, name);
  const place = gl.getAttribLocation(program, "point");
  gl.enableVertexAttribArray(place);
  gl.enable(gl.DEPTH_TEST);
  gl.depthFunc(gl.LEQUAL);
  gl.enable(gl.BLEND);
  gl.blendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  gl.clearColor(0.082, 0.078, 0.075, 1);

  const buffer = (kind, values) => {
    const made = gl.createBuffer();
    gl.bindBuffer(kind, made);
    gl.bufferData(kind, values, gl.STATIC_DRAW);
    return made;
  };
  const sheet = ({ columns, rows, words }, image) => {
    const bytes = Uint8Array.from(atob(words), (letter) => letter.charCodeAt(0));
    const points = new Float32Array(columns * rows * 3);
    const triangles = new Uint16Array((columns - 1) * (rows - 1) * 6);
    for (let row = 0, n = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, n++) {
        points[3 * n] = (column + 0.5) / columns;
        points[3 * n + 1] = (row + 0.5) / rows;
        points[3 * n + 2] = (bytes[2 * n] + 256 * bytes[2 * n + 1]) / 65535;
      }
    }
    for (let row = 0, n = 0; row + 1 < rows; row++) {
      for (let column = 0; column + 1 < columns; column++) {
        const a = row * columns + column, b = a + columns;
        for (const corner of [a, b, a + 1, a + 1, b, b + 1]) triangles[n++] = corner;
      }
    }
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, image);
    for (const [key, value] of [["WRAP_S", "CLAMP_TO_EDGE"], ["WRAP_T", "CLAMP_TO_EDGE"], ["MIN_FILTER", "LINEAR"]]) {
      gl.texParameteri(gl.TEXTURE_2D, gl["TEXTURE_" + key], gl[value]);
    }
    return { points: buffer(gl.ARRAY_BUFFER, points), triangles: buffer(gl.ELEMENT_ARRAY_BUFFER, triangles), texture,
      count: triangles.length };
  };

  const images = [...document.querySelectorAll(".pages img")];
  const slider = document.getElementById("apart");
  const view = { turn: -0.62, tip: 0.1, frames: 0 };
  const reliefs = [];

  const plane = (z) => new Float32Array([0, 0, z, 1, 0, z, 1, 1, z, 0, 1, z]);
  let frame = null, outline = null;
  const draw = () => {
    frame = null;
    const scale = Math.min(window.devicePixelRatio || 1, 2);
    canvas.width = Math.round(canvas.clientWidth * scale);
    canvas.height = Math.round(canvas.clientHeight * scale);
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    const apart = Number(slider.value) / 100;
    gl.uniform1f(uniform("turn"), view.turn);
    gl.uniform1f(uniform("tip"), view.tip);
    gl.uniform1f(uniform("aspect"), data.relief.aspect);
    gl.uniform1f(uniform("focus"), data.relief.focus);
    gl.uniform1f(uniform("wide"), canvas.width / canvas.height);
    const size = 1.62 * Math.min(1, data.relief.aspect) * Math.min(1, 0.9 * canvas.width / canvas.height);
    gl.uniform1f(uniform("size"), size);
    // Far sheets first, whichever side one looks from.
    const order = reliefs.map((_, index) => index);
    if (Math.cos(view.turn) > 0) order.reverse();
    for (const index of order) {
      const { points, triangles, texture, count } = reliefs[index];
      gl.uniform4f(uniform("flat_colour"), 0, 0, 0, 0);
      gl.uniform1f(uniform("apart"), ((reliefs.length - 1) / 2 - index) * 0.4 * apart);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.bindBuffer(gl.ARRAY_BUFFER, points);
      gl.vertexAttribPointer(place, 3, gl.FLOAT, false, 0, 0);
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, triangles);
      gl.drawElements(gl.TRIANGLES, count, gl.UNSIGNED_SHORT, 0);
    }
    // The plane of focus as an outline; between parted sheets it has no place.
    if (apart < 0.02) {
      gl.uniform1f(uniform("apart"), 0);
      gl.uniform4f(uniform("flat_colour"), 0.42, 0.76, 0.84, 1);
      gl.bindBuffer(gl.ARRAY_BUFFER, outline);
      gl.vertexAttribPointer(place, 3, gl.FLOAT, false, 0, 0);
      gl.drawArrays(gl.LINE_LOOP, 0, 4);
    }
    view.frames += 1;
  };
  const ask = () => { if (frame === null) frame = requestAnimationFrame(draw); };

  Promise.all(images.map((image) => image.decode())).then(() => {
    images.forEach((image, index) => reliefs.push(sheet(data.relief.grids[index], image)));
    outline = buffer(gl.ARRAY_BUFFER, plane(data.relief.focus));
    root.classList.add("live");
    draw();
    window.relief = view;
  });

  const clamp = (value, most) => Math.max(-most, Math.min(most, value));
  const turn = (dx, dy) => {
    view.turn = clamp(view.turn + dx, 1.35);
    view.tip = clamp(view.tip + dy, 0.8);
    ask();
  };
  let held = null;
  canvas.addEventListener("pointerdown", (event) => {
    held = [event.clientX, event.clientY];
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!held) return;
    turn((event.clientX - held[0]) * 0.006, (event.clientY - held[1]) * 0.006);
    held = [event.clientX, event.clientY];
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { held = null; });
  canvas.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-0.08, 0], ArrowRight: [0.08, 0], ArrowUp: [0, -0.08], ArrowDown: [0, 0.08] }[event.key];
    if (!way) return;
    turn(...way);
    event.preventDefault();
  });
  slider.addEventListener("input", ask);
  window.addEventListener("resize", ask);
})();
