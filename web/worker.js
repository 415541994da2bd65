// The machine's thread: fetches the machine (Go, compiled to WebAssembly), then runs it in slices, and fetches the disk meanwhile.
// In: {kind: "init", files, options}, {kind: "command", command}, {kind: "want"}, {kind: "rest", on}, {kind: "ping"}, {kind: "hash"}, {kind: "held"}, {kind: "ask", id, question}.
// Out: {kind: "progress" | "ready" | "batch" | "error" | "pong" | "hash" | "held" | "disk" | "answer" | "verdict" | "position", …}; a pong says how much memory the program takes.
"use strict";

const slices = new MessageChannel(); // a message to ourselves costs 5 µs; a timer would cost 4 ms
let machine = null;   // what the Go program puts into globalThis.vitrineMachine
let running = false;  // a slice is already on its way
let wanted = false;   // the page is ready for another picture
let timer = 0;
let failed = false;
let resting = false;  // nobody looks: nothing runs
let memory = null;    // the Go program's
let disk = null;
let played = false;   // it has run, and not only stood at its first instruction
let lacking = true;   // the machine is not made yet, or the guest reads what has not come: it stands still in the middle of its work
const later = [];     // what was asked of the machine before it was there, or while it stood still

self.onmessage = (event) => {
  const message = event.data;
  switch (message.kind) {
    case "init":
      start(message.files, message.options).catch((error) => fail("The machine could not be fetched.", error.message));
      break;
    case "want":
      wanted = true;
      if (machine) guarded(deliver);
      break;
    case "rest":
      resting = message.on;
      if (!resting) wake();
      break;
    case "ping":
      self.postMessage({ kind: "pong", memory: memory ? memory.buffer.byteLength : 0 });
      break;
    case "held":
      self.postMessage({ kind: "held", held: disk ? { index: disk.file.url, chunks: [...disk.here].map((n) => `chunks/${disk.index.sums[n]}.gz`) } : null });
      break;
    case "hash":
      question({ kind: "hash" }, (hash) => self.postMessage({ kind: "hash", hash }));
      break;
    case "ask":
      question(message.question, (answer, error) => self.postMessage({ kind: "answer", id: message.id, answer, error }));
      break;
    case "command":
      if (!message.command || typeof message.command !== "object") break;
      soon(() => { machine.command(message.command); wake(); deliver(); });
      break;
  }
};

// question has the machine answer, when it comes to it.
function question(what, reply) {
  soon(() => {
    machine.ask(JSON.stringify(what), (answer, error) => reply(error ? undefined : JSON.parse(answer), error));
    wake();
  });
}

function soon(work) {
  if (machine && !lacking) guarded(work);
  else later.push(work);
}

function catchUp() { for (const work of later.splice(0)) if (machine) guarded(work); }

const printed = []; // what the Go program printed last: a panic's text and trace

function fail(text, error, link = "") {
  machine = null;
  if (failed) return; // the first reason is the true one
  failed = true;
  const trace = printed.join("\n");
  self.postMessage({ kind: "error", text, detail: trace || String((error && error.stack) || error), link });
}

// The machine calls this when it has panicked, with the link that leads there again.
self.vitrineFallen = (detail, link) => fail("The machine's program has crashed.", detail, link);

// A panic in Go ends its program: nothing in it may be called again, and the page must be told.
function guarded(work) {
  try { work(); } catch (error) { fail("The machine's program has crashed.", error); }
}

async function start(files, options) {
  for (const file of Object.values(files)) if (file.blob) file.url = URL.createObjectURL(file.blob); // the page is one file
  importScripts(files.wasmExec.url);
  const go = new Go();
  const log = console.log; // wasm_exec.js prints there what Go writes to standard error
  console.log = (...words) => { if (printed.length < 30) printed.push(words.join(" ")); log(...words); };
  const [module, programs] = await Promise.all([
    fetchPacked(files.machine, "machine", "application/wasm").then((r) => WebAssembly.instantiateStreaming(r, go.importObject)),
    fetchPacked(files.programs, "programs").then(bytes),
    options.kernel || options.replay || openDisk(files, options.disk ? `disk-${options.disk}` : "disk", options.disk),
  ]);
  memory = module.instance.exports.mem;
  go.run(module.instance).then(() => fail("The machine's program has crashed.", "it ended"), (error) => fail("The machine's program has crashed.", error));
  machine = self.vitrineMachine;
  if (options.replay && !await opens(files, options)) { machine = null; return; }
  const problem = machine.boot(disk ? disk.index : { sectors: 0, chunk: 512, sums: [] }, programs, options) // options.kernel: somebody else's, with append and initrd
    || await made();
  if (!machine) return;
  if (problem) { fail("The machine could not be started.", problem); return; }
  lacking = false;
  catchUp();
  self.postMessage({ kind: "ready" });
  wake();
}

// made has the machine made. Files that are put on its disk may need some of that.
async function made() {
  if (disk) disk.opened(machine.chunk);
  for (;;) {
    const { chunk, problem } = machine.slice();
    if (chunk < 0) return problem;
    await disk.demand(chunk);
    if (!machine) return "";
  }
}

// opens looks at a link before anything is made of it, and opens the disk that it needs. What hinders that the page is told.
async function opens(files, options) {
  const found = JSON.parse(machine.inspect(options.replay, !!options.anyway));
  if (found.verdict) {
    self.postMessage({ kind: "verdict", ...found });
    return false;
  }
  if (!found.disk) return true;
  const name = Object.keys(files).find((key) => files[key].sum === found.disk);
  if (!name) {
    self.postMessage({ kind: "verdict", ...found, verdict: "disk", text: `the link was made with a disk (hash ${found.disk}) that this page does not have` });
    return false;
  }
  await openDisk(files, name, name);
  return true;
}

// openDisk fetches the index of a disk, and begins with what the boot reads.
async function openDisk(files, key, name) {
  const file = files[key];
  if (!file) throw new Error(`this page has no disk “${name}”`);
  importScripts(files.chunks.url);
  const index = JSON.parse(await (await fetchPacked(file, "disk")).text());
  disk = new Disk(file, index, fetchPacked, null, (state) => self.postMessage({ kind: "disk", ...state }));
}

const bytes = async (response) => new Uint8Array(await response.arrayBuffer());

// fetchPacked fetches a gzip file, reports its progress, and gives a Response with the unpacked content.
async function fetchPacked(file, name, type = "application/octet-stream", how = {}) {
  const response = await fetch(file.url, how);
  if (!response.ok) throw new Error(`${file.url}: ${response.status} ${response.statusText}`);
  const counted = response.body.pipeThrough(new TransformStream({
    transform(chunk, controller) {
      self.postMessage({ kind: "progress", name, loaded: chunk.length });
      controller.enqueue(chunk);
    },
  }));
  return new Response(counted.pipeThrough(new DecompressionStream("gzip")), { headers: { "Content-Type": type } });
}

slices.port1.onmessage = () => guarded(() => {
  running = false;
  if (!machine || resting) return;
  const { wait, chunk, said } = machine.slice() || {}; // milliseconds until the next one; negative: nothing to do until a command
  if (!machine) return;
  lacking = chunk >= 0;
  if (said) for (const message of JSON.parse(said)) self.postMessage(message);
  if (lacking) {
    disk.demand(chunk).then(() => { wake(); }, (error) => fail("The machine's disk has failed.", error));
    return;
  }
  deliver();
  catchUp();
  if (wait >= 0) played = true;
  else if (played && disk) disk.rest();
  if (wait === 0) wake();
  else if (wait > 0) timer = setTimeout(wake, wait);
});

function wake() {
  clearTimeout(timer);
  if (running || resting || !machine) return;
  running = true;
  slices.port2.postMessage(0);
}

function deliver() {
  if (!wanted || !machine || lacking) return;
  const batch = machine.frame(); // null when nothing has changed
  if (!batch || !machine) return;
  wanted = false;
  self.postMessage({ kind: "batch", batch: batch.bytes, twin: batch.twin }, [batch.bytes.buffer]);
}
