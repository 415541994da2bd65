// Somebody else's kernel: dropped on the page (files.js) or chosen, looked at, and started in place of the machine that runs.
// Whether it can be started the machine says; until it can, the one that runs goes on.
const chosen = { kernel: null, initrd: null }; // {name, bytes}

// kindOf recognises a kernel as the loader does: "Linux" (bzImage), "multiboot", or "".
function kindOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 8192));
  if (view.byteLength > 0x206 && view.getUint32(0x202, true) === 0x53726448) return "Linux"; // "HdrS"
  for (let at = 0; at + 12 <= view.byteLength; at += 4) {
    if (view.getUint32(at, true) === 0x1badb002) return "multiboot";
  }
  return "";
}

// chooseAmong finds the kernel and its initrd among files.
function chooseAmong(files) {
  for (const file of files) {
    if (kindOf(file.bytes)) chooseKernel(file);
    else if (chosen.kernel || files.length > 1) chosen.initrd = file;
    else chooseKernel(file); // the machine will say what is wrong with it
  }
  showChosen("");
}

const chooseFiles = async (list) => chooseAmong(await readFiles(list));

// What a kernel of its kind needs to be seen, unless the reader has written something.
function chooseKernel(file) {
  chosen.kernel = file;
  const linux = kindOf(file.bytes) === "Linux";
  if (linux && !$("kernel-append").value) $("kernel-append").value = "console=ttyS0 nokaslr cryptomgr.notests";
  if (linux && Number($("kernel-mem").value) < 128) $("kernel-mem").value = "128";
}

function showChosen(problem) {
  const size = (n) => n < 1e6 ? `${Math.ceil(n / 1e3)} kB` : `${(n / 1e6).toFixed(1)} MB`;
  const text = (f, none) => f ? `${f.name} · ${size(f.bytes.length)}` : none;
  $("kernel-name").textContent = text(chosen.kernel, "none yet") + (chosen.kernel && kindOf(chosen.kernel.bytes) ? ` · ${kindOf(chosen.kernel.bytes)}` : "");
  $("initrd-name").textContent = text(chosen.initrd, "none");
  $("kernel-start").disabled = !chosen.kernel;
  $("kernel-own").hidden = !state.kernel;
  $("kernel-problem").textContent = problem;
  toggleKernel(true);
  (chosen.kernel ? $("kernel-start") : $("kernel-file")).focus();
}

function toggleKernel(open = $("kernel-panel").hidden) {
  $("kernel-panel").hidden = !open;
  $("kernel-open").setAttribute("aria-expanded", String(open));
}

// startChosen asks for the machine; main.js tells what became of it.
function startChosen() {
  $("kernel-problem").textContent = "";
  $("kernel-start").disabled = true;
  startWorker({ name: chosen.kernel.name, kernel: chosen.kernel.bytes, append: $("kernel-append").value,
    initrd: chosen.initrd && chosen.initrd.bytes, mem: `${$("kernel-mem").value}M` });
}

function kernelStarted() {
  toggleKernel(false);
  $("typed").focus({ preventScroll: true });
}

function kernelRefused(why) { showChosen(why); }

// Dropping works everywhere, over the canvas's own document too: a shield takes the drop.
function shield(event) {
  if (locked() || !event.dataTransfer || ![...event.dataTransfer.types].includes("Files")) return;
  event.preventDefault();
  $("drop").hidden = false;
}

// wireKernel is called by main.js, which comes after.
function wireKernel() {
  $("kernel-open").onclick = () => { if ($("kernel-panel").hidden) showChosen(""); else toggleKernel(false); };
  $("kernel-close").onclick = () => { toggleKernel(false); $("kernel-open").focus(); };
  onSubmit($("kernel-panel"), startChosen);
  $("kernel-panel").onkeydown = (event) => { if (event.key === "Escape") $("kernel-close").click(); };
  $("kernel-own").onclick = () => { startWorker(null); };
  $("kernel-file").onchange = (event) => { chosen.kernel = null; chooseFiles(event.target.files); };
  $("initrd-file").onchange = async (event) => {
    const [f] = event.target.files;
    chosen.initrd = f ? { name: f.name, bytes: new Uint8Array(await f.arrayBuffer()) } : null;
    showChosen("");
  };

  addEventListener("dragenter", shield);
  $("drop").addEventListener("dragover", (event) => { event.preventDefault(); event.dataTransfer.dropEffect = "copy"; });
  $("drop").addEventListener("dragleave", () => { $("drop").hidden = true; });
  $("drop").addEventListener("drop", (event) => {
    event.preventDefault();
    $("drop").hidden = true;
    if (event.dataTransfer.files.length) openFiles(event.dataTransfer.files);
  });
}
