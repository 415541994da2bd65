// The machine's thread: fetches the machine (Go, compiled to WebAssembly) and the disk, then runs it in slices.
// In: {kind: "init", files, options}, {kind: "command", command}, {kind: "want"}, {kind: "ping"}, {kind: "hash"}.
// Out: {kind: "progress" | "ready" | "batch" | "error" | "pong" | "hash", …}; a pong says how much memory the program takes.
"use strict";

const slices = new MessageChannel(); // a message to ourselves costs 5 µs; a timer would cost 4 ms
let machine = null;   // what the Go program puts into globalThis.vitrineMachine
let running = false;  // a slice is already on its way
let wanted = false;   // the page is ready for another picture
let timer = 0;
let failed = false;
let memory = null;    // the Go program's
const early = [];     // commands from before the machine was there

self.onmessage = (event) => {
  const message = event.data;
  switch (message.kind) {
    case "init":
      start(message.files, message.options).catch((error) => fail("The machine could not be fetched.", error));
      break;
    case "want":
      wanted = true;
      if (machine) guarded(deliver);
      break;
    case "ping":
      self.postMessage({ kind: "pong", memory: memory ? memory.buffer.byteLength : 0 });
      break;
    case "hash":
      if (machine) guarded(() => self.postMessage({ kind: "hash", hash: machine.hash() }));
      break;
    case "command":
      if (!message.command || typeof message.command !== "object") break;
      if (machine) guarded(() => { machine.command(message.command); wake(); deliver(); });
      else early.push(message.command);
      break;
  }
};

const printed = []; // what the Go program printed last: a panic's text and trace

function fail(text, error) {
  machine = null;
  if (failed) return; // the first reason is the true one
  failed = true;
  const trace = printed.join("\n");
  self.postMessage({ kind: "error", text, detail: trace || String((error && error.stack) || error) });
}

// A panic in Go ends its program: nothing in it may be called again, and the page must be told.
function guarded(work) {
  try { work(); } catch (error) { fail("The machine's program has crashed.", error); }
}

async function start(files, options) {
  importScripts(files.wasmExec.url);
  const go = new Go();
  const log = console.log; // wasm_exec.js prints there what Go writes to standard error
  console.log = (...words) => { if (printed.length < 30) printed.push(words.join(" ")); log(...words); };
  const [module, disk, programs] = await Promise.all([
    fetchPacked(files.machine, "machine", "application/wasm").then((r) => WebAssembly.instantiateStreaming(r, go.importObject)),
    fetchPacked(files.disk, "disk").then(bytes),
    fetchPacked(files.programs, "programs").then(bytes),
  ]);
  memory = module.instance.exports.mem;
  go.run(module.instance).then(() => fail("The machine's program has crashed.", "it ended"), (error) => fail("The machine's program has crashed.", error));
  machine = self.vitrineMachine;
  const problem = machine.boot(disk, programs, options); // options.kernel: somebody else's, with append and initrd
  if (problem) { fail("The machine could not be started.", problem); return; }
  for (const command of early.splice(0)) machine.command(command);
  self.postMessage({ kind: "ready" });
  wake();
}

const bytes = async (response) => new Uint8Array(await response.arrayBuffer());

// fetchPacked fetches a gzip file, reports its progress, and gives a Response with the unpacked content.
async function fetchPacked(file, name, type = "application/octet-stream") {
  const response = await fetch(file.url);
  if (!response.ok) throw new Error(`${file.url}: ${response.status} ${response.statusText}`);
  let loaded = 0;
  const counted = response.body.pipeThrough(new TransformStream({
    transform(chunk, controller) {
      loaded += chunk.length;
      self.postMessage({ kind: "progress", name, loaded, total: file.wire });
      controller.enqueue(chunk);
    },
  }));
  return new Response(counted.pipeThrough(new DecompressionStream("gzip")), { headers: { "Content-Type": type } });
}

slices.port1.onmessage = () => guarded(() => {
  running = false;
  if (!machine) return;
  const wait = machine.slice(); // milliseconds until the next one; negative: nothing to do until a command
  deliver();
  if (wait === 0) wake();
  else if (wait > 0) timer = setTimeout(wake, wait);
});

function wake() {
  clearTimeout(timer);
  if (running) return;
  running = true;
  slices.port2.postMessage(0);
}

function deliver() {
  if (!wanted || !machine) return;
  const batch = machine.frame(); // null when nothing has changed
  if (!batch) return;
  wanted = false;
  self.postMessage({ kind: "batch", batch: batch.bytes, twin: batch.twin }, [batch.bytes.buffer]);
}
