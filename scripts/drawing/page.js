"use strict";

const element = (id) => document.getElementById(id);
const board = element("board");
const pen = element("pen");
const PEN_WIDTH = 0.125; // of the board's side: as thick as the bundled digits are written
const STEP = 1 / 16; // of the arrow keys

const EXAMPLES = [ // digits, each a list of strokes
  [[[0.32, 0.24], [0.42, 0.16], [0.56, 0.15], [0.66, 0.22], [0.66, 0.34], [0.56, 0.44], [0.46, 0.47], [0.58, 0.5],
    [0.68, 0.6], [0.68, 0.74], [0.57, 0.84], [0.42, 0.85], [0.31, 0.77]]],
  [[[0.33, 0.3], [0.38, 0.19], [0.5, 0.14], [0.63, 0.19], [0.67, 0.31], [0.61, 0.45], [0.48, 0.61], [0.33, 0.84],
    [0.5, 0.84], [0.7, 0.84]]],
  [[[0.5, 0.14], [0.37, 0.22], [0.31, 0.38], [0.3, 0.58], [0.36, 0.76], [0.5, 0.86], [0.64, 0.76], [0.7, 0.58],
    [0.69, 0.38], [0.63, 0.22], [0.5, 0.14]]],
];
const MEANINGS = [ // of a layer's maps, by its kind
  [/framed/, "the drawing, placed and scaled as the digits that the network learned from"],
  [/conv/i, "one map for each filter: above 0 where it finds its pattern"],
  [/pool/i, "the maps before, coarser"],
  [/norm/i, "the maps before, each brought to one scale"],
];

const query = location.search; // which network: ?net=1

let model; // what /model says
let strokes = []; // lists of points [x, y], in parts of the board's side
const past = []; // what `strokes` was before each change that can be undone

// ---- the drawing ----------------------------------------------------------------------------------------------------

function paint(context, side, ink) {
  context.clearRect(0, 0, side, side);
  context.lineWidth = PEN_WIDTH * side;
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = ink;
  for (const stroke of strokes) {
    const points = stroke.map(([x, y]) => [x * side, y * side]);
    context.beginPath();
    context.moveTo(...points[0]);
    for (let i = 1; i < points.length; i++) {
      const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
      context.quadraticCurveTo(x0, y0, (x0 + x1) / 2, (y0 + y1) / 2);
    }
    const [x, y] = points.at(-1);
    context.lineTo(x + 0.01, y); // not of length 0, so that a touch leaves a dot
    context.stroke();
  }
}

function repaint() {
  const side = Math.max(1, Math.round(board.clientWidth * devicePixelRatio));
  if (board.height !== side) board.width = board.height = side; // a new canvas is 300 x 150
  paint(board.getContext("2d"), side, colour("--text"));
}

const sample = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/** The drawing as the server wants it: rows of numbers from 0 to 255. */
function pixels() {
  const side = model.side;
  if (sample.canvas.width !== side) sample.canvas.width = sample.canvas.height = side;
  paint(sample, side, "#fff");
  const { data } = sample.getImageData(0, 0, side, side);
  const row = (y) => Array.from({ length: side }, (_, x) => data[4 * (y * side + x) + 3]);
  return Array.from({ length: side }, (_, y) => row(y));
}

function changed() {
  repaint();
  predict();
}

/** Begin a stroke. */
function begin(point) {
  past.push([...strokes]);
  strokes.push([point]);
  return strokes.at(-1);
}

/** Draw the next of some digits instead of what is there. */
function drawExample() {
  past.push(strokes);
  EXAMPLES.push(EXAMPLES.shift());
  replaceStrokes([...EXAMPLES.at(-1)]);
}

function clear() {
  if (strokes.length) past.push(strokes);
  replaceStrokes([]);
}

/** Take the last stroke back, or the last clearing. */
function undo() {
  replaceStrokes(past.pop() ?? []);
}

function replaceStrokes(those) {
  strokes = those;
  current = null;
  lift();
  say("");
  changed();
}

// ---- mouse, finger, pen ---------------------------------------------------------------------------------------------

let current = null; // the stroke that a pointer draws

function place(event) {
  const box = board.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

board.addEventListener("pointerdown", (event) => {
  if (!event.isPrimary || event.button !== 0) return;
  board.setPointerCapture(event.pointerId);
  lift();
  pen.hidden = true;
  current = begin(place(event));
  changed();
});

board.addEventListener("pointermove", (event) => {
  if (!current || !event.isPrimary) return;
  const events = event.getCoalescedEvents?.() ?? [];
  current.push(...(events.length ? events : [event]).map(place));
  changed();
});

for (const end of ["pointerup", "pointercancel"]) {
  board.addEventListener(end, (event) => {
    if (event.isPrimary) current = null;
  });
}

// ---- keys -----------------------------------------------------------------------------------------------------------

let position = [0.5, 0.25];
let keyStroke = null; // the stroke that the keys draw, while the pen is down

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function showPen() {
  pen.hidden = false;
  pen.style.left = `${100 * position[0]}%`;
  pen.style.top = `${100 * position[1]}%`;
  pen.classList.toggle("down", keyStroke !== null);
}

function lift() {
  keyStroke = null;
  pen.classList.remove("down");
}

function where() {
  const [column, row] = position.map((part) => Math.round(100 * part));
  return `${column}% across, ${row}% down`;
}

function move([dx, dy], step) {
  position = [position[0] + dx * step, position[1] + dy * step].map((part) => Math.min(1, Math.max(0, part)));
  if (keyStroke) {
    keyStroke.push(position);
    changed();
  }
  showPen();
  say(`Pen ${keyStroke ? "down" : "up"}, ${where()}`);
}

function putDownOrLift() {
  if (keyStroke) {
    lift();
  } else {
    keyStroke = begin(position);
    changed();
  }
  showPen();
  say(`Pen ${keyStroke ? "down" : "up"}, ${where()}`);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.matches("select")) return; // it chooses by them
  if (event.key === " " && event.target.matches("button, a")) return; // it presses that
  const letters = { c: clear, u: undo, s: save, e: drawExample, " ": event.repeat ? () => {} : putDownOrLift };
  if (event.key in ARROWS) move(ARROWS[event.key], event.shiftKey ? STEP / 4 : STEP);
  else if (event.key.toLowerCase() in letters) letters[event.key.toLowerCase()]();
  else return;
  event.preventDefault();
});

board.addEventListener("focus", () => {
  if (board.matches(":focus-visible")) showPen();
});

board.addEventListener("blur", () => {
  lift();
  pen.hidden = true;
});

// ---- asking the server ----------------------------------------------------------------------------------------------

async function ask(path, message) {
  const options = message && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(message),
  };
  let response;
  try {
    response = await fetch(path + query, options);
  } catch {
    throw new Error("The server does not answer. Is scripts/draw.py still running?");
  }
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

let wanted = 0; // drawings so far
let answered = 0;
let asking = false;

/** Ask for the latest drawing, one at a time: those drawn during an answer are skipped but for the last. */
async function predict() {
  wanted++;
  if (asking || !model) return;
  asking = true;
  while (answered !== wanted) {
    answered = wanted;
    try {
      show(strokes.length ? await ask("predict", { pixels: pixels() }) : null);
      if (element("status").classList.contains("wrong")) say("");
    } catch (error) {
      say(error.message, true);
    }
  }
  asking = false;
}

async function save() {
  if (!strokes.length || !model) return say("Nothing is drawn yet.");
  say("Saving …");
  try {
    const { file, png } = await ask("save", { pixels: pixels() });
    say(`Saved as ${file}`);
    offer(png, file.split(/[\\/]/).at(-1));
  } catch (error) {
    say(error.message, true);
  }
}

// ---- showing the answer ---------------------------------------------------------------------------------------------

function say(text, wrong = false) {
  element("status").textContent = text;
  element("status").classList.toggle("wrong", wrong);
  URL.revokeObjectURL(element("download").href);
  element("download").hidden = true;
}

/** A link to the picture, base64 of a PNG, until something else is said. */
function offer(png, name) {
  const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
  const link = element("download");
  link.href = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
  link.download = name;
  link.hidden = false;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** 256 colours, as four bytes each: from below zero, at byte 1, over zero, at 128, to above, at 255. */
function palette() {
  const [negative, zero, positive] = ["--negative", "--zero", "--positive"].map((name) =>
    colour(name).match(/[0-9a-f]{2}/gi).map((digits) => parseInt(digits, 16)),
  );
  const mixed = (byte) => {
    const part = Math.min(1, Math.abs(byte - 128) / 127);
    const end = byte < 128 ? negative : positive;
    return [...zero.map((start, i) => Math.round(start + part * (end[i] - start))), 255];
  };
  return Array.from({ length: 256 }, (_, byte) => mixed(byte));
}

let colours = palette();
let shown = null; // the latest answer
let speaking;

function create(tag, parent, properties = {}) {
  return parent.appendChild(Object.assign(document.createElement(tag), properties));
}

/** Offer other networks; the drawing goes along. */
function chooseAmong(networks) {
  element("title").textContent = "";
  const select = create("select", element("title"), { ariaLabel: "Network" });
  for (const title of networks) create("option", select, { textContent: title, selected: title === model.title });
  select.addEventListener("change", () => {
    sessionStorage.setItem("strokes", JSON.stringify(strokes));
    location.search = `?net=${select.selectedIndex}`;
  });
  strokes = JSON.parse(sessionStorage.getItem("strokes")) ?? strokes;
  sessionStorage.removeItem("strokes");
  repaint();
}

/** What the maps of a layer show. */
function meaning(layer) {
  const [count] = layer.shape;
  if (layer === model.layers.at(-1)) return `one score for each of ${model.classes.join(", ")}; the highest wins`;
  const units = /conv/i.test(layer.kind) ? "filters" : "neurons";
  if (layer.maps[0] !== count) return `one number for each of its ${count} ${units}`;
  return MEANINGS.find(([kind]) => kind.test(layer.kind))?.[1] ?? "";
}

/** The places for probabilities and maps, which an answer only fills: nothing moves while one draws. */
function build() {
  if (model.networks.length > 1) chooseAmong(model.networks);
  else element("title").textContent = model.title;
  for (const name of model.classes) {
    const row = create("li", element("bars"));
    create("span", row, { textContent: name });
    create("div", create("div", row, { className: "track" }), { className: "bar" });
    create("span", row, { className: "percent" });
  }
  for (const layer of model.layers) {
    const [count, height, width] = layer.maps;
    const shape = layer.shape.join(" × ");
    const figure = create("figure", element("layers"));
    const caption = create("figcaption", figure);
    create("b", caption, { textContent: layer.name });
    create("span", caption, { textContent: `${layer.kind}, ${shape}` });
    create("span", caption, { className: "meaning", textContent: meaning(layer) });
    const strip = count === 1 && width > height;
    const maps = create("div", figure, { className: strip ? "maps strip" : "maps" });
    maps.setAttribute("role", "img");
    maps.setAttribute("aria-label", `Output of ${layer.name}, ${shape}`);
    for (let i = 0; i < count; i++) {
      const canvas = create("canvas", maps, { width, height });
      if (strip) canvas.style.height = `${0.8 * height}rem`;
    }
  }
}

function show(answer) {
  shown = answer;
  element("label").textContent = answer?.label ?? "?";
  element("label").classList.toggle("blank", !answer);
  element("time").textContent = answer ? `${answer.milliseconds.toFixed(1)} ms` : "–";
  [...element("bars").children].forEach((row, i) => {
    const probability = answer?.probabilities[i] ?? 0;
    row.classList.toggle("best", model.classes[i] === answer?.label);
    row.querySelector(".bar").style.transform = `scaleX(${probability})`;
    row.querySelector(".percent").textContent = answer ? `${(100 * probability).toFixed(1)}%` : "–";
  });
  [...element("layers").children].forEach((figure, i) => showMaps(figure, answer?.layers[i]));
  clearTimeout(speaking); // a screen reader hears the prediction once the drawing rests
  speaking = setTimeout(speak, 500);
}

function speak() {
  const best = shown && Math.max(...shown.probabilities);
  element("spoken").textContent = shown ? `${shown.label}, ${(100 * best).toFixed(0)} percent` : "";
}

function showMaps(figure, layer) {
  const bytes = layer && Uint8Array.from(atob(layer.data), (character) => character.charCodeAt(0));
  let next = 0;
  for (const canvas of figure.querySelectorAll("canvas")) {
    const context = canvas.getContext("2d");
    const image = context.createImageData(canvas.width, canvas.height);
    if (bytes) {
      for (let i = 0; i < image.data.length; i += 4) image.data.set(colours[bytes[next++]], i);
    }
    context.putImageData(image, 0, 0);
  }
}

// ---- start ----------------------------------------------------------------------------------------------------------

element("clear").addEventListener("click", clear);
element("undo").addEventListener("click", undo);
element("save").addEventListener("click", save);
element("example").addEventListener("click", drawExample);
new ResizeObserver(repaint).observe(board);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  colours = palette();
  repaint();
  if (model) show(shown);
});

ask("model").then(
  (answer) => {
    model = answer;
    build();
    show(null);
    predict(); // what may have been drawn meanwhile
  },
  (error) => say(error.message, true),
);
