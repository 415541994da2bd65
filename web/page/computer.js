// The machine, in a worker of its own: started, listened to, restarted when it is lost.

// startWorker switches a machine on in a thread of its own. A machine that runs goes on until the new one is ready; when
// that cannot be started nothing is lost. how is null for our own kernel, fresh; or somebody else's kernel (kernel.js), a link to
// replay (links.js) or a program to run (files.js), which become options.
function startWorker(how) {
  if (state.coming) state.coming.terminate();
  const worker = newWorker(files.worker.url);
  state.coming = worker;
  worker.how = how || {};
  worker.kernel = worker.how.kernel ? how : null;
  if (!how) $("disk").value = options().disk;
  worker.onmessage = (event) => fromWorker(worker, event.data);
  worker.onerror = (event) => failed(worker, "The machine's thread has stopped.", event.message || "no reason was given");
  worker.postMessage({ kind: "init", files, options: { ...options(), ...how } });
  if (!state.worker) adopt(worker);
}

// newWorker starts a script in a thread. A sandboxed page is of no origin, and so no script is of its own: there a script of
// one line, which is, fetches the other.
function newWorker(url) {
  if (origin !== "null" || url.startsWith("blob:")) return new Worker(url);
  const line = URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(url)});`], { type: "text/javascript" }));
  const worker = new Worker(line);
  URL.revokeObjectURL(line);
  return worker;
}

function adopt(worker) {
  const before = state.worker;
  state.worker = worker;
  state.kernel = worker.kernel;
  state.coming = null;
  if (story.there) leaveScene(); // its run was on the machine before
  if (before) showLesson();
  slow();
  speed();
  if (state.grid) command(state.grid); // the picture tells it only once
  tellShown();
  if (state.resting) worker.postMessage({ kind: "rest", on: true });
  worker.postMessage({ kind: "want" });
  $("console-text").textContent = "";
  $("message").hidden = true; // of the machine before, which may have crashed
  state.told = "";
  if (!before) return;
  before.terminate();
  unanswered();
  state.begun = false;
  if (state.live || $("canvas").hidden) begin();
}

const diskFile = (name) => name ? `disk-${name}` : "disk";

// options come from the fragment (#boot=… &mem=… &disk=…), so that a link can choose them.
function options() {
  const params = asked();
  const disk = params.get("disk") || "";
  return { boot: params.get("boot") || "", disk, mem: params.get("mem") || (files[diskFile(disk)] || files.disk).mem, run: params.get("run") || "", paused: true,
    date: Number(params.get("date")) || Math.floor(Date.now() / 1000),
    budget: memoryForPast(), at: Number(params.get("at")) || (embed ? embed.start : 0), end: embed ? embed.end : 0, first: locked() ? embed.start : 0 };
}

// memoryForPast is how many bytes the machine may use for going back: what a phone can spare, or a desktop.
function memoryForPast() {
  if (embed) return 32 << 20; // there may be ten of them
  const small = matchMedia("(pointer: coarse)").matches || navigator.deviceMemory < 4;
  return (small ? 64 : 256) << 20;
}

function fromWorker(worker, message) {
  if (worker === state.coming && message.kind === "ready" && !worker.how.replay) adopt(worker);
  switch (message.kind) {
    case "progress": if (!state.ready) progress(message.name, ((state.progress[message.name] || [0])[0]) + message.loaded); break;
    case "disk": if (worker === state.worker) diskState(message); break;
    case "ready": started(worker); break;
    case "batch": replayProgress(message.twin.job); if (worker === state.worker) batch(message.batch, message.twin); else wantLater(worker); break;
    case "error": failed(worker, message.text, message.detail, message.link); break;
    case "verdict": judged(worker, message); tellVerdict(message); break;
    case "position": if (worker === state.worker) takePosition(message); break;
    case "answer": if (worker === state.worker) answered(message); break;
    case "hash": state.hash = message.hash; break;
    case "held": if (worker === state.worker) heldCame(message.held); break;
    case "pong": state.heard = performance.now(); state.memory = message.memory; break;
  }
}

// ask asks the machine a question, {kind, …}, and promises the answer.
const questions = new Map(); // by number: {resolve, reject}
let asking = 0;
function ask(question) {
  return new Promise((resolve, reject) => {
    if (!state.worker) { reject(new Error("the machine is off")); return; }
    questions.set(++asking, { resolve, reject });
    state.worker.postMessage({ kind: "ask", id: asking, question });
  });
}

function answered({ id, answer, error }) {
  const question = questions.get(id);
  if (!question) return;
  questions.delete(id);
  if (error === undefined) question.resolve(answer);
  else question.reject(new Error(error));
}

// unanswered are questions to a machine that is gone.
function unanswered() {
  for (const { reject } of questions.values()) reject(new Error("the machine was switched off"));
  questions.clear();
}

// wantLater asks a machine that plays a link for its next picture, which tells how far it is.
function wantLater(worker) { setTimeout(() => { if (worker === state.coming) worker.postMessage({ kind: "want" }); }, 100); }

function started(worker) {
  if (worker === state.coming) { wantLater(worker); return; } // it still plays its link
  state.ready = true;
  machineCame();
  state.heard = performance.now();
  setTimeout(begin, 6000);
  if (!$("canvas").hidden) $("loading-text").textContent = "The machine runs. Fetching its picture …";
  if (worker.kernel) kernelStarted();
  else toggleKernel(false);
  if (worker.how.program) programStarted(worker.how.program);
}

function failed(worker, text, detail, link) {
  worker.terminate();
  machineFailed(`${text} ${detail.split("\n")[0]}`);
  if (worker === state.worker && state.ready || worker.how.replay && link) {
    if (worker === state.coming) state.coming = null;
    crashed(text, detail, crashWay(link));
    return;
  }
  const why = detail.split("\n")[0];
  if (worker === state.coming) state.coming = null;
  else if (worker.how.replay) { refuse(worker); note(`${text} ${why}`); return; }
  else { crashed(text, detail, ""); return; }
  if (worker.how.program) programRefused(worker.how.program, why);
  else if (worker.how.replay) note(`${text} ${why}`);
  else kernelRefused(why);
}

// A worker that the browser has killed says nothing, so it is asked every two seconds.
const silence = 12000; // ms; a slow phone may compile for long
setInterval(() => {
  if (!state.ready) return;
  if (!document.hidden && performance.now() - state.heard > silence) {
    machineFailed("The machine's thread does not answer.");
    crashed("The machine's thread does not answer.", "The browser may have stopped it, for want of memory perhaps.", "");
  } else state.worker.postMessage({ kind: "ping" });
}, 2000);
document.addEventListener("visibilitychange", () => { state.heard = performance.now(); });

// The next picture is asked for when the canvas has taken this one, so that they never queue up.
function batch(bytes, twin) {
  show(twin);
  draw(bytes);
  if (!state.canvas) want();
  else if (!state.live) goLive();
}

let wanting = 0;
function want() {
  cancelAnimationFrame(wanting);
  wanting = requestAnimationFrame(() => { if (state.worker) state.worker.postMessage({ kind: "want" }); });
}

// crashed ends a machine that has failed. link leads there again, "" when it was not the machine's own doing: then the reader may
// go back to where it was.
function crashed(text, detail, link) {
  const lost = link ? null : wayBack();
  if (state.worker) state.worker.terminate();
  state.worker = null;
  unanswered();
  state.ready = false;
  if (link) forgetPosition();
  tell(text, detail.split("\n").slice(0, 12).join("\n"));
  $("message-way").hidden = !/^#r=[\w-]+(&at=\d+)?$/.test(link);
  $("message-link").href = link;
  $("message-back").hidden = !lost;
  $("message-back").onclick = () => { $("message").hidden = true; state.told = ""; openLink(lost); };
}

function restart() {
  $("message").hidden = true;
  state.told = "";
  state.begun = false;
  hush();
  startWorker(state.kernel);
  if (!state.ready && (state.live || $("canvas").hidden)) begin();
}
