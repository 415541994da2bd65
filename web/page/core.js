// What every part of the page uses: elements, the files of the site, what is going on.
const $ = (id) => document.getElementById(id);

// The page as one file has its other files in blocks of data. Such a page has no origin, and an address that is made of a file
// holds only where it was made: the worker and the canvas are given the files themselves.
const enclosed = new Map(); // by their name in the site
for (const block of document.querySelectorAll("script[data-file]")) {
  const type = { html: "text/html", js: "text/javascript", png: "image/png" }[block.dataset.file.split(".").pop()] || "application/octet-stream";
  enclosed.set(block.dataset.file, new Blob([Uint8Array.from(atob(block.textContent), (c) => c.charCodeAt(0))], { type }));
  block.remove();
}
const whereIs = (name) => enclosed.has(name) ? URL.createObjectURL(enclosed.get(name)) : new URL(name, document.baseURI).href;

const files = JSON.parse($("files").textContent);
for (const [name, file] of Object.entries(files)) {
  if (enclosed.size && name.startsWith("disk")) {
    if (!enclosed.has(file.url)) { delete files[name]; continue; }
    file.parts = Object.fromEntries([...enclosed].filter(([part]) => part.startsWith("chunks/")));
  }
  file.blob = enclosed.get(file.url);
  file.url = whereIs(file.url);
}
if (enclosed.size) document.querySelector("footer a").href = files.notice.url;

const stages = JSON.parse($("diagrams").textContent); // the diagrams: id, title, what they slow at
const state = { worker: null, port: null, canvas: null, coming: null, kernel: null, ready: false, live: false, running: true, heard: 0, entered: 0, typing: false, begun: false, stage: "machine", shown: "", reading: false, costs: null, last: null, progress: {} };

const scenes = JSON.parse($("scenes").textContent); // what there is to be shown: id, title, chapter, stage, parts, brief, alt

// The fragment chooses what starts and how it is seen: #boot=…&mem=…&disk=…&stage=… It comes from strangers: what is not of its
// kind counts as not said. The others are free text, judged by whom it is for.
const flag = /^[01]$/, number = /^\d{1,15}$/;
const fields = { embed: flag, controls: flag, autoplay: flag, lock: flag, markers: flag, paused: flag, text: flag, start: number, end: number, at: number,
  date: number, speed: number, moment: /^\d{1,2}$/, narration: /^[0-3]$/, theme: /^(auto|light|dark)$/, panels: /^[a-z]+(,[a-z]+)*$/, stage: /^[a-z]+$/, disk: /^[a-z0-9-]*$/ };
function asked() {
  const params = new URLSearchParams(location.hash.slice(1) || ($("asked") ? $("asked").textContent : ""));
  if (params.has("view") && !params.has("stage")) params.set("stage", params.get("view"));
  if (params.get("stage") === "frames") params.set("stage", "memory"); // its name in older addresses
  for (const [name, form] of Object.entries(fields)) if (params.has(name) && !form.test(params.get(name))) params.delete(name);
  return params;
}

function command(fields) { if (state.worker) state.worker.postMessage({ kind: "command", command: fields }); }

function setText(id, text) { const e = $(id); if (e.textContent !== text) e.textContent = text; }

// remembered is a setting of another day; a private window has none.
function remembered(key) { try { return localStorage.getItem(key); } catch { return null; } }

// onSubmit calls f when a form is sent, by its button or by Enter in a field of text: in a sandbox without allow-forms the
// browser never tells of it.
function onSubmit(form, f) {
  form.addEventListener("submit", (event) => { event.preventDefault(); f(); });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input:not([type=file])")) return;
    event.preventDefault();
    f();
  });
  for (const button of form.querySelectorAll("button:not([type=button])")) { button.type = "button"; button.addEventListener("click", f); }
}
