// The page around the canvas: passes pictures from the machine's worker to the canvas and to the text twin, and what
// the reader does to the machine. Everything else is Go.
"use strict";

const $ = (id) => document.getElementById(id);
const files = JSON.parse($("files").textContent);
for (const file of Object.values(files)) file.url = new URL(file.url, document.baseURI).href;
window.vitrineFiles = files;

const stages = JSON.parse($("diagrams").textContent); // the diagrams: id, title, what they slow at
const state = { worker: null, coming: null, kernel: null, ready: false, live: false, running: true, heard: 0, entered: 0, typing: false, begun: false, stage: "machine", last: null, progress: {} };

// ---- the machine's worker -------------------------------------------------------------------------------------------

// startWorker switches a machine on in a thread of its own. A machine that runs goes on until the new one is ready; when
// that cannot be started nothing is lost. kernel is somebody else's (kernel.js), or null for our own.
function startWorker(kernel) {
  if (state.coming) state.coming.terminate();
  const worker = new Worker(files.worker.url);
  state.coming = worker;
  worker.kernel = kernel;
  if (!kernel) $("disk").value = options().disk;
  worker.onmessage = (event) => fromWorker(worker, event.data);
  worker.onerror = (event) => failed(worker, "The machine's thread has stopped.", event.message || "no reason was given");
  worker.postMessage({ kind: "init", files, options: { ...options(), ...kernel } });
  if (!state.worker) adopt(worker);
}

function adopt(worker) {
  const before = state.worker;
  state.worker = worker;
  state.kernel = worker.kernel;
  state.coming = null;
  slow();
  speed();
  if (state.grid) command(state.grid); // the picture tells it only once
  worker.postMessage({ kind: "want" });
  $("console-text").textContent = "";
  if (!before) return;
  before.terminate();
  $("message").hidden = true;
  state.told = "";
  state.begun = false;
  if (state.live || $("canvas").hidden) begin();
}

const diskFile = (name) => name ? `disk-${name}` : "disk";

// options come from the fragment (#boot=… &mem=… &disk=…), so that a link can choose them.
function options() {
  const params = new URLSearchParams(location.hash.slice(1));
  const disk = params.get("disk") || "";
  return { boot: params.get("boot") || "", disk, mem: params.get("mem") || (files[diskFile(disk)] || files.disk).mem, run: params.get("run") || "", paused: true,
    date: Number(params.get("date")) || Math.floor(Date.now() / 1000) };
}

function fromWorker(worker, message) {
  if (worker === state.coming && message.kind === "ready") adopt(worker);
  switch (message.kind) {
    case "progress": progress(message.name, ((state.progress[message.name] || [0])[0]) + message.loaded); break;
    case "disk": if (worker === state.worker) diskState(message); break;
    case "ready": started(worker); break;
    case "batch": if (worker === state.worker) batch(message.batch, message.twin); break;
    case "error": failed(worker, message.text, message.detail); break;
    case "hash": state.hash = message.hash; break;
    case "pong": state.heard = performance.now(); state.memory = message.memory; break;
  }
}

function started(worker) {
  state.ready = true;
  state.heard = performance.now();
  setTimeout(begin, 6000);
  $("loading-text").textContent = "The machine runs. Fetching its picture …";
  if (worker.kernel) kernelStarted();
  else toggleKernel(false);
}

function failed(worker, text, detail) {
  worker.terminate();
  if (worker !== state.coming) {
    crashed(text, detail);
    return;
  }
  state.coming = null;
  kernelRefused(detail.split("\n")[0]);
}

// A worker that the browser has killed says nothing, so it is asked every two seconds.
const silence = 12000; // ms; a slow phone may compile for long
setInterval(() => {
  if (!state.ready) return;
  if (!document.hidden && performance.now() - state.heard > silence) crashed("The machine's thread does not answer.", "The browser may have stopped it, for want of memory perhaps.");
  else state.worker.postMessage({ kind: "ping" });
}, 2000);
document.addEventListener("visibilitychange", () => { state.heard = performance.now(); });

function command(fields) { if (state.worker) state.worker.postMessage({ kind: "command", command: fields }); }
window.vitrineCommand = (json) => fromCanvas(JSON.parse(json));

function batch(bytes, twin) {
  state.last = bytes;
  show(twin);
  const page = canvasPage();
  if (page) {
    page.batch(bytes);
    if (!state.live) goLive();
  }
  requestAnimationFrame(() => { if (state.worker) state.worker.postMessage({ kind: "want" }); });
}

// ---- the canvas -----------------------------------------------------------------------------------------------------

const canvasPage = () => { const w = $("canvas").contentWindow; return w && w.vitrinePage; };

function startCanvas() {
  if (!document.createElement("canvas").getContext("webgl2")) {
    window.vitrineCanvasLost("this browser has no WebGL 2");
    return;
  }
  $("canvas").hidden = false;
  $("canvas").src = files.canvas.url;
}

function goLive() {
  state.live = true;
  if (state.typing && document.activeElement === $("canvas")) $("typed").focus({ preventScroll: true }); // the drawing program takes the focus when it starts
  settings();
  begin();
  $("poster").classList.add("gone");
  setTimeout(() => { $("poster").hidden = true; }, 500);
}

function settings() {
  const page = canvasPage();
  if (!page) return;
  page.set(JSON.stringify({ theme: document.documentElement.dataset.theme || "light", stage: state.stage,
    reducedMotion: matchMedia("(prefers-reduced-motion: reduce)").matches, keyboard: document.activeElement === $("typed") }));
}

window.vitrineProgress = progress;
// The machine waits at its reset vector until there is something to see it with, unless the link wants it to go on waiting.
function begin() {
  if (state.begun) return;
  state.begun = true;
  if (new URLSearchParams(location.hash.slice(1)).get("paused") !== "1") command({ kind: "play" });
}

window.vitrineCanvasLost = (why) => {
  state.live = false;
  begin();
  $("canvas").hidden = true;
  $("poster").hidden = false;
  $("poster").classList.remove("gone");
  $("loading").hidden = true;
  $("loading-text").textContent = `The picture cannot be drawn: ${why}. The machine itself runs: everything is below as text.`;
  $("loading-bytes").textContent = "";
};

function fromCanvas(c) {
  switch (c.kind) {
    case "stage": setStage(c.text); break;
    case "focus": $("typed").focus({ preventScroll: true }); break;
    case "ready": settings(); if (state.last) canvasPage().batch(state.last); break;
    case "height": document.documentElement.style.setProperty("--picture", `${c.n}px`); break;
    case "resize": state.grid = c; command(c); break;
    default: command(c);
  }
}

function setStage(id) {
  state.stage = stages.some((s) => s.id === id) ? id : "machine";
  for (const b of $("stages").children) {
    b.setAttribute("aria-pressed", String(b.dataset.stage === state.stage));
    if (b.dataset.stage === state.stage) $("stages").scrollLeft = b.offsetLeft - $("stages").offsetLeft - 16; // on a phone the row scrolls
  }
  slow();
  settings();
}

function progress(name, loaded) {
  state.progress[name] = [loaded];
  let have = 0, all = 0;
  for (const f of ["machine", diskFile(options().disk), "programs", "page"]) all += files[f] ? files[f].wire : 0;
  for (const [l] of Object.values(state.progress)) have += l;
  $("loading").value = Math.min(have / all, 1);
  $("loading-bytes").textContent = `${(have / 1e6).toFixed(1)} of ${(all / 1e6).toFixed(1)} MB`;
}

// ---- the disk -------------------------------------------------------------------------------------------------------

// What is being fetched is told when it takes long enough to be seen.
let diskTimer = 0;
function diskState({ pending, waiting, problem }) {
  clearTimeout(diskTimer);
  const text = waiting ? "the machine waits for its disk …" : pending ? `fetching the disk · ${pending}` : "";
  diskTimer = setTimeout(() => setText("disk-state", text), text && !$("disk-state").textContent ? 150 : 300);
  if (problem && state.diskProblem !== problem) tell("The machine waits for its disk", `${problem}. It is tried again and again; the machine's own time stands still until it comes.`);
  else if (!problem && state.diskProblem) $("message").hidden = true;
  state.diskProblem = problem;
}

// wireDisks lists the disks that this page has, where there is a choice.
function wireDisks() {
  const names = Object.keys(files).filter((key) => files[key].title);
  for (const key of names.sort()) $("disk").append(new Option(files[key].title, key.slice("disk-".length)));
  $("disk-label").hidden = $("disk-help").hidden = names.length < 2;
  $("disk").onchange = () => {
    const params = new URLSearchParams(location.hash.slice(1));
    if ($("disk").value) params.set("disk", $("disk").value);
    else params.delete("disk");
    history.replaceState(null, "", `#${params}`);
    startWorker(null);
    $("typed").focus({ preventScroll: true });
  };
}

// ---- the text twin --------------------------------------------------------------------------------------------------

function setText(id, text) { const e = $(id); if (e.textContent !== text) e.textContent = text; }

function show(t) {
  state.running = t.running;
  $("play").setAttribute("aria-label", t.running ? "Pause" : "Play");
  $("play-icon").setAttribute("d", t.running ? "M7 5h4v14H7zM13 5h4v14h-4z" : "M8 5l11 7-11 7z");
  for (const id of ["chapter", "count", "time", "rate", "registers", "code", "walk", "tasks", "vmas", "timer", "rings", "frames"]) setText(id, t[id]);
  const log = $("console-text");
  if (log.textContent !== t.console) {
    const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
    log.textContent = t.console;
    if (atEnd) log.scrollTop = log.scrollHeight;
  }
  story(t.story);
  const events = t.events.split("\n");
  if ($("events").dataset.text !== t.events) {
    $("events").dataset.text = t.events;
    $("events").replaceChildren(...events.filter(Boolean).map((line) => { const li = document.createElement("li"); li.textContent = line; return li; }));
  }
  document.documentElement.dataset.stop = t.stop;
  if (t.stop.startsWith("panic") && state.told !== t.stop) { state.told = t.stop; tell("The guest's kernel has panicked", t.stop.slice(7)); }
  else if (t.stop === "power off" && state.told !== t.stop) { state.told = t.stop; tell("The machine is off", "The guest switched itself off."); }
  else if (t.stop === "restart" && state.told !== t.stop) { state.told = t.stop; tell("The guest asked for a restart", "The machine waits to be switched off and on again."); }
  else if (t.stop === "system halted" && state.told !== t.stop) { state.told = t.stop; tell("The system is halted", "The guest stopped, with the power on."); }
  else if (t.stop === "" || t.stop === "paused") state.told = "";
}

// A screen reader is told at most every two seconds.
let storyTimer = 0;
function story(text) {
  state.story = text;
  if (storyTimer) return;
  setText("story", text);
  storyTimer = setTimeout(() => { storyTimer = 0; setText("story", state.story); }, 2000);
}

function tell(title, text) {
  $("message-title").textContent = title;
  $("message-text").textContent = text;
  $("message").hidden = false;
  $("message-restart").focus();
}

function crashed(text, detail) {
  if (state.worker) state.worker.terminate();
  state.worker = null;
  state.ready = false;
  tell(text, detail.split("\n").slice(0, 12).join("\n"));
}

function restart() {
  $("message").hidden = true;
  state.told = "";
  state.begun = false;
  startWorker(state.kernel);
  if (!state.ready && (state.live || $("canvas").hidden)) begin();
}

// ---- keys and typing ------------------------------------------------------------------------------------------------

const sequences = { Enter: "\r", Backspace: "\x7f", Tab: "\t", Escape: "\x1b", ArrowUp: "\x1b[A", ArrowDown: "\x1b[B", ArrowRight: "\x1b[C", ArrowLeft: "\x1b[D",
  Home: "\x1b[H", End: "\x1b[F", PageUp: "\x1b[5~", PageDown: "\x1b[6~", Insert: "\x1b[2~", Delete: "\x1b[3~" };

function type(text) { if (text) command({ kind: "input", text }); }

function typedKey(event) {
  if (event.isComposing || event.metaKey) return;
  if (event.key === "Tab" && event.shiftKey) return; // leaves the console, as it leaves any field
  let text = sequences[event.key];
  if (event.ctrlKey && !event.altKey && event.key.length === 1) {
    if (event.shiftKey || (event.key === "v" || event.key === "V")) return; // copy and paste stay the browser's
    const code = event.key.toUpperCase().charCodeAt(0);
    if (code >= 64 && code < 96) text = String.fromCharCode(code - 64);
  } else if (event.altKey && event.key.length === 1) text = "\x1b" + event.key;
  if (text === undefined) return;
  event.preventDefault();
  if (event.key === "Enter") state.entered = performance.now();
  type(text);
}

// What keydown did not tell: input methods, paste, phones. A line break that keydown has told already is left out.
function typedText(event) {
  const field = $("typed");
  const again = event.inputType === "insertLineBreak" && performance.now() - state.entered < 100;
  if (!again) type(field.value.replace(/\r?\n/g, "\r"));
  field.value = "";
}

// The machine's keys; the canvas passes on what is pressed while it has the keyboard.
window.vitrineKey = (event) => {
  const key = event.key;
  if (key === " ") play();
  else if (key === "ArrowRight") event.shiftKey ? stepEvent() : command({ kind: "step", n: 1 });
  else if (key === "Escape") setStage("machine");
  else if (key === "?") toggleHelp();
  else return;
  event.preventDefault();
};

const play = () => command({ kind: state.running ? "pause" : "play" });
const stepEvent = () => command({ kind: "event", text: $("kinds").value });
function toggleHelp() {
  $("help-text").hidden = !$("help-text").hidden;
  $("help").setAttribute("aria-expanded", String(!$("help-text").hidden));
}

// At full speed the machine is held for a moment at what the diagram on stage is about, unless the reader does not want it.
function slow() {
  const stage = stages.find((s) => s.id === state.stage);
  $("slow-label").hidden = !stage.slow;
  $("slow-what").textContent = stage.slow;
  if (state.worker) command({ kind: "slow", mask: stage.slow && $("slow").checked ? stage.kinds : 0, n: stage.ms });
}

// The speed control is logarithmic: 1 instruction a second to 10 million, then full speed.
function speed() {
  const v = Number($("speed").value);
  command({ kind: "speed", n: v >= 100 ? 0 : Math.round(10 ** (v / 100 * 7.2)) });
}

// ---- beginning ------------------------------------------------------------------------------------------------------

for (const { id, title } of stages) {
  const b = document.createElement("button");
  b.type = "button"; b.dataset.stage = id; b.textContent = title;
  b.onclick = () => setStage(id);
  $("stages").append(b);
}
setStage(new URLSearchParams(location.hash.slice(1)).get("stage") || "machine");

$("play").onclick = play;
$("step").onclick = () => command({ kind: "step", n: 1 });
$("event").onclick = stepEvent;
$("speed").oninput = speed;
$("slow").onchange = slow;
$("restart").onclick = restart;
$("message-restart").onclick = restart;
$("message-close").onclick = () => { $("message").hidden = true; };
$("help").onclick = toggleHelp;
$("typed").addEventListener("keydown", typedKey);
$("typed").addEventListener("input", (event) => { if (!event.isComposing) typedText(event); });
$("typed").addEventListener("compositionend", typedText);
$("typed").addEventListener("focus", () => { state.typing = true; settings(); });
document.addEventListener("pointerdown", () => { state.typing = false; });
$("typed").addEventListener("blur", settings);
$("machine").addEventListener("keydown", window.vitrineKey);
$("line-form").onsubmit = (event) => { event.preventDefault(); type($("line").value + "\r"); $("line").value = ""; };
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !$("help-text").hidden) toggleHelp(); });

function theme(name) { document.documentElement.dataset.theme = name; settings(); }
function remembered(key) { try { return localStorage.getItem(key); } catch { return null; } }
theme(remembered("vitrine-theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
$("theme").onclick = () => {
  const name = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  try { localStorage.setItem("vitrine-theme", name); } catch { /* a private window forgets */ }
  theme(name);
};

for (const p of JSON.parse(document.getElementById("sources").textContent)) {
  const d = document.createElement("details"), s = document.createElement("summary"), name = document.createElement("b"), about = document.createElement("span"), run = document.createElement("button"), source = document.createElement("pre");
  name.textContent = p.name; about.textContent = p.about; run.textContent = "Run"; run.type = "button"; source.textContent = p.source;
  run.onclick = (event) => { event.preventDefault(); type(p.name + "\r"); scrollTo({ top: 0 }); };
  s.append(name, about); if (p.name !== "init") s.append(run); d.append(s, source); $("programs").append(d);
}

wireKernel();
wireDisks();
startWorker(null);
if (window.top === window) $("typed").focus({ preventScroll: true }); // an embedded page leaves the focus where it is
if (new URLSearchParams(location.hash.slice(1)).get("text") === "1") window.vitrineCanvasLost("text alone was asked for");
else startCanvas();
