// The picture: the canvas program in a frame of its own, what is on stage, and the poster that stands there until it comes.

window.vitrineCommand = (json) => fromCanvas(JSON.parse(json));

window.vitrineProgress = progress;

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

// The machine waits at its reset vector until there is something to see it with, unless the link wants it to go on waiting.
function begin() {
  if (state.begun) return;
  state.begun = true;
  if (asked().get("paused") !== "1") command({ kind: "play" });
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
