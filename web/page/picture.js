// The picture: the canvas program in a frame of its own, what is on stage, and the poster that stands there until it comes.

function startCanvas() {
  if (!document.createElement("canvas").getContext("webgl2")) {
    canvasLost("this browser has no WebGL 2");
    return;
  }
  $("canvas").hidden = false;
  $("canvas").onload = connect; // again each time that the canvas's document loads itself anew
  $("canvas").src = files.canvas.url;
}

// connect gives the canvas's document a port, by which alone it and this page know each other.
function connect() {
  const { port1, port2 } = new MessageChannel();
  if (state.port) state.port.close();
  state.canvas = null;
  state.port = port1;
  port1.onmessage = (event) => fromCanvas(event.data);
  const { wasmExec, page } = files;
  $("canvas").contentWindow.postMessage({ files: { wasmExec, page }, keys: Object.keys(machineKeys) }, "*", [port2]);
  want();
}

function goLive() {
  state.live = true;
  performance.mark("live");
  if (state.typing && document.activeElement === $("canvas")) $("typed").focus({ preventScroll: true }); // the drawing program takes the focus when it starts
  settings();
  begin();
  $("poster").classList.add("gone");
  setTimeout(() => { $("poster").hidden = true; }, 500);
}

function settings() {
  if (!state.canvas) return;
  state.canvas.postMessage({ kind: "set", settings: { theme: document.documentElement.dataset.theme || "light", stage: state.stage,
    reducedMotion: matchMedia("(prefers-reduced-motion: reduce)").matches, keyboard: document.documentElement.dataset.keyboard === "typing", inside: !!document.documentElement.dataset.keyboard, embed: !!embed,
    narrated: !$("lesson").hidden && !embed, parts: story.scene ? story.scene.parts || [] : [] } });
}

// draw passes a batch to the canvas; a copy is kept for a canvas that begins anew.
function draw(bytes) {
  state.last = bytes;
  if (!state.canvas) return;
  const copy = bytes.slice();
  state.canvas.postMessage({ kind: "batch", bytes: copy }, [copy.buffer]);
}

// The machine waits at its reset vector until there is something to see it with, unless the link wants it to go on waiting.
function begin() {
  if (state.begun) return;
  state.begun = true;
  const chosen = embed && embed.autoplay;
  if (asked().get("paused") !== "1" && (chosen ? chosen === "1" : !waits(state.worker))) command({ kind: "play" });
}

// waits: a machine that was sent to a moment stays there until the reader goes on.
const waits = (worker) => !!worker && (!!worker.how.replay || !worker.how.kernel && !worker.how.program && asked().has("at"));

function canvasLost(why) {
  state.live = false;
  state.canvas = null;
  begin();
  want();
  $("canvas").hidden = true;
  $("poster").hidden = false;
  $("poster").classList.remove("gone");
  $("loading").hidden = true;
  $("loading-text").textContent = `The picture cannot be drawn: ${why}. The machine itself runs: everything is below as text.`;
  $("loading-bytes").textContent = "";
}

function fromCanvas(message) {
  switch (message.kind) {
    case "action": acted(message.action); break;
    case "key": pressed(message.name, message.again); break;
    case "pressed": setTimeout(() => { $("canvas").focus({ preventScroll: true }); holding(); }); break;
    case "drag": $("drop").hidden = locked(); break;
    case "progress": progress("picture", message.loaded); break;
    case "taken": want(); break;
    case "costs": state.costs = message.costs; break; // for who measures
    case "lost": canvasLost(message.why); break;
  }
}

// acted is what the viewer did in the canvas.
function acted(c) {
  switch (c.kind) {
    case "stage": setStage(c.text); break;
    case "focus": focusConsole(); break;
    case "ready": state.canvas = state.port; settings(); if (state.last) draw(state.last); break;
    case "height": document.documentElement.style.setProperty("--picture", `${c.n}px`); break;
    case "printed": printedInPicture(c.n); break;
    case "shown": state.shown = c.text; tellShown(); break;
    case "seek": if (!locked()) travels({ kind: "seek", n: c.n }); break;
    case "story": placeLesson(c); break;
    case "who": fromPicture(c.text); break;
    case "resize": if (embed && shows("console")) break; state.grid = c; command(c); break;
    default: command(c);
  }
}

// tellShown tells the machine which diagrams its pictures are for: all of them while the text below is looked at.
function tellShown() { command({ kind: "stage", text: state.reading ? "" : state.shown }); }

function progress(name, loaded) {
  state.progress[name] = [loaded];
  let have = 0, all = 0;
  for (const f of ["machine", diskFile(options().disk), "programs", "page"]) all += files[f] ? files[f].wire : 0;
  for (const [l] of Object.values(state.progress)) have += l;
  $("loading").value = Math.min(have / all, 1);
  if (!state.ready) tellFetching(have, all);
  $("loading-bytes").textContent = `${(have / 1e6).toFixed(1)} of ${(all / 1e6).toFixed(1)} MB`;
}
