// The canvas's document, which the drawing program takes over. It knows nothing of the page around it but a port: in a
// sandboxed frame each document is of an origin of its own, and none may look into another.
// In: {kind: "batch", bytes} (transferred), {kind: "set", settings}, {kind: "costs"} (what the last pictures took).
// Out: {kind: "action", action} (what the viewer did), "key", "drag", "pressed" (without the keyboard), "progress", "taken" (a batch), "costs", "lost".
"use strict";

let page = null; // the port
let keys = [];   // that the page wants, as keyName calls them

// The page around sends the port and where everything is, once for each time that this document is loaded.
addEventListener("message", (event) => {
  const [port] = event.ports;
  if (event.source !== parent || !port || page) return;
  page = port;
  keys = event.data.keys;
  start(event.data.files).catch(lost);
});

function tell(kind, more) { page.postMessage({ kind, ...more }); }

function lost(error) { tell("lost", { why: String((error && error.message) || error) }); }

// keyName is the name of a key as the page lists it; all that it does not list stays the browser's.
function keyName(e) {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return "";
  return (e.shiftKey && e.key.length > 1 ? "Shift+" : "") + e.key;
}

addEventListener("keydown", (e) => {
  const name = keyName(e);
  if (!page || !keys.includes(name)) return;
  e.preventDefault();
  tell("key", { name, again: e.repeat });
}, true);

// In a sandboxed frame the first click does not always bring the keyboard along (seen in Chromium 156).
addEventListener("pointerdown", () => { if (page && !document.hasFocus()) tell("pressed"); }, true);

addEventListener("dragenter", (e) => {
  if (page && e.dataTransfer && [...e.dataTransfer.types].includes("Files")) tell("drag");
}, true);

async function start(files) {
  for (const file of Object.values(files)) if (file.blob) file.url = URL.createObjectURL(file.blob); // the page is one file
  await new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = files.wasmExec.url;
    script.onload = done;
    script.onerror = () => fail(new Error("wasm_exec.js could not be fetched"));
    document.head.append(script);
  });
  await Promise.all(["400 14px Inter", "500 14px Inter", "600 14px Inter", '400 14px "JetBrains Mono"', '500 14px "JetBrains Mono"', '600 14px "JetBrains Mono"'].map((font) => document.fonts.load(font)));
  const go = new Go();
  const { instance } = await WebAssembly.instantiateStreaming(await fetchPicture(files.page), go.importObject);
  globalThis.vitrineSend = (action) => tell("action", { action });
  go.run(instance).then(() => lost("the drawing program has ended"), lost);
  page.onmessage = (event) => fromPage(event.data);
}

async function fetchPicture(file) {
  const response = await fetch(file.url);
  if (!response.ok) throw new Error(`${file.url}: ${response.status}`);
  let loaded = 0;
  const counted = response.body.pipeThrough(new TransformStream({
    transform(chunk, controller) { loaded += chunk.length; tell("progress", { loaded }); controller.enqueue(chunk); },
  }));
  return new Response(counted.pipeThrough(new DecompressionStream("gzip")), { headers: { "Content-Type": "application/wasm" } });
}

function fromPage(message) {
  if (message.kind === "set") vitrinePage.set(message.settings);
  if (message.kind === "costs") tell("costs", { costs: vitrinePage.costs() });
  if (message.kind !== "batch") return;
  const problem = vitrinePage.batch(message.bytes);
  if (problem) console.error(problem);
  tell("taken");
}
