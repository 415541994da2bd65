// Questions about the past: who wrote this, which instruction printed this. The answer stands where it was asked: over the
// picture, below the console's text, below the inspector.

const registerNames = ["rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rip", "rflags", "CF", "PF", "AF", "ZF", "SF", "TF", "IF", "DF", "OF",
  "cr0", "cr2", "cr3", "cr4", "efer", "cs", "ss", "ds", "es", "fs", "gs", "fsbase", "gsbase", "idtr", "gdtr", "tr", ...Array.from({ length: 16 }, (_, i) => `xmm${i}`)];

let asks = 0; // questions so far: an answer to an older one than the last is not shown

// question asks and shows what comes of it.
async function question(what, title) {
  const mine = ++asks;
  const still = setTimeout(() => { if (mine === asks) wait(title); }, 150); // a quick answer needs no progress
  try {
    const answer = await ask(what);
    if (mine === asks) showAnswer(answer);
  } catch (error) {
    if (mine === asks) showAnswer({ title: error.message === "cancelled" ? "The search was stopped" : "This cannot be answered", text: error.message === "cancelled" ? [] : [asSentence(error.message)], facts: [] });
  } finally {
    clearTimeout(still);
    if (mine === asks) $("answer-wait").hidden = true;
  }
}

function asSentence(text) { return text.charAt(0).toUpperCase() + text.slice(1) + (text.endsWith(".") ? "" : "."); }

// stand brings the answer to where the reader asked. Of what a click in the console came upon, which perhaps was meant for the
// keyboard alone, one line is enough until more is wanted.
function stand(host, brief) {
  host.append($("answer"));
  $("answer").classList.toggle("brief", Boolean(brief));
}

function wait(title) {
  $("answer").hidden = false;
  setText("answer-title", title);
  $("answer-body").hidden = true;
  $("answer-wait").hidden = false;
}

// searching shows how far a search is.
function searching({ done, of }) {
  const bar = $("answer-progress");
  if (of) bar.value = done / of;
  else bar.removeAttribute("value");
}

const askWho = (place, more) => question({ kind: "who", place, ...more }, "Looking for the write …");
const askPrinted = (where) => question({ kind: "printed", ...where }, "Looking for what printed this …");

function showAnswer(a) {
  $("answer").hidden = false;
  $("answer-body").hidden = false;
  setText("answer-title", a.title);
  $("answer-more").hidden = !a.found;
  $("answer-text").replaceChildren(...a.text.map((line) => element("p", line)));
  $("answer-facts").replaceChildren(...a.facts.flatMap(({ name, value }) => [element("dt", name), element("dd", value)]));
  $("answer-tables").replaceChildren(...(a.tables || []).map(table));
  const buttons = [];
  if (a.found) buttons.push(button("Go there", () => command({ kind: "seek", n: a.now })));
  if (a.source) buttons.push(button("Who put it in memory?", () => askWho(a.source, { at: a.now })));
  if (a.place && a.found) {
    buttons.push(button("Previous write", () => askWho(a.place, { at: a.now })), button("Next write", () => askWho(a.place, { at: a.done, next: true })));
  }
  $("answer-buttons").replaceChildren(...buttons);
}

function element(kind, text) {
  const e = document.createElement(kind);
  e.textContent = text;
  return e;
}

function button(text, does) {
  const b = element("button", text);
  b.type = "button";
  b.onclick = does;
  return b;
}

// fromPicture is a click on something in the canvas: "register:rax", "entry:1:7fff1000", "frame:1f2", "byte:401000".
function fromPicture(text) {
  stand($("machine"));
  const [kind, a, b] = text.split(":");
  switch (kind) {
    case "register": askWho({ kind, register: a }); break;
    case "entry": askWho({ kind, level: Number(a), addr: b }); break;
    default: askWho({ kind, addr: a, n: 1 });
  }
}

function printedInPicture(byte) {
  stand($("machine"), true);
  askPrinted({ byte });
}

// printedAt asks about the character of the console's text that was clicked, unless text is being selected.
function printedAt(event) {
  if (embed && !shows("twin")) return; // there a click is for typing
  const selection = getSelection();
  if (selection && !selection.isCollapsed) return;
  const log = $("console-text");
  let node, offset;
  if (document.caretPositionFromPoint) {
    const at = document.caretPositionFromPoint(event.clientX, event.clientY);
    if (at) [node, offset] = [at.offsetNode, at.offset];
  } else if (document.caretRangeFromPoint) {
    const at = document.caretRangeFromPoint(event.clientX, event.clientY);
    if (at) [node, offset] = [at.startContainer, at.startOffset];
  }
  if (!node || node.parentNode !== log) return;
  const range = document.createRange();
  for (const o of [offset, offset - 1]) { // the caret stands before or behind the character
    if (o < 0 || o >= node.length) continue;
    range.setStart(node, o);
    range.setEnd(node, o + 1);
    const box = range.getBoundingClientRect();
    if (event.clientX >= box.left && event.clientX <= box.right && node.data[o] !== "\n") { stand(log.parentNode); printedChar(node.data, o); return; }
  }
}

// printedChar asks about the character at an offset of the console's text.
function printedChar(text, offset) {
  const before = text.slice(0, offset).split("\n");
  askPrinted({ line: before.length - 1, char: [...before[before.length - 1]].length });
}

// The inspector: what is asked about is chosen, or typed.
function inspect(next) {
  stand($("ask-form").parentNode);
  const kind = $("ask-kind").value, addr = $("ask-addr").value.trim();
  switch (kind) {
    case "printed": {
      const text = $("console-text").textContent, at = addr ? text.lastIndexOf(addr) : -1;
      if (at < 0) showAnswer({ title: "The console does not show that", text: ["Type a piece of what the console shows: the first character of its last occurrence is asked about."], facts: [] });
      else printedChar(text, at);
      return;
    }
    case "register": askWho({ kind, register: $("ask-register").value }, { next }); return;
    case "entry": askWho({ kind, addr, level: Number($("ask-level").value), pid: Number($("ask-pid").value) || 0 }, { next }); return;
    case "byte": askWho({ kind, addr, n: Number($("ask-n").value), pid: Number($("ask-pid").value) || 0 }, { next }); return;
    case "physical": askWho({ kind, addr, n: Number($("ask-n").value) }, { next }); return;
    default: askWho({ kind, addr }, { next });
  }
}

function inspectorKind() {
  const kind = $("ask-kind").value;
  const shown = { "ask-register": kind === "register", "ask-addr": kind !== "register", "ask-n": kind === "byte" || kind === "physical", "ask-level": kind === "entry", "ask-pid": kind === "byte" || kind === "entry" };
  for (const [id, yes] of Object.entries(shown)) $(id).parentNode.hidden = !yes;
  $("ask-next").hidden = kind === "printed";
  setText("ask-previous", kind === "printed" ? "What printed it?" : "Previous write");
  setText("ask-addr-name", { frame: "number, hexadecimal", printed: "text on the console" }[kind] || "address, hexadecimal");
}

function closeAnswer() {
  asks++;
  $("answer").hidden = true;
  command({ kind: "cancel" });
}

function wireQuestions() {
  $("ask-register").replaceChildren(...registerNames.map((name) => element("option", name)));
  $("ask-kind").onchange = inspectorKind;
  inspectorKind();
  onSubmit($("ask-form"), () => inspect(false));
  $("ask-next").onclick = () => inspect(true);
  $("answer-close").onclick = closeAnswer;
  $("answer-more").onclick = () => $("answer").classList.remove("brief");
  $("answer").addEventListener("keydown", (event) => {
    event.stopPropagation(); // these keys are not the machine's, although it lies around
    if (event.key === "Escape") closeAnswer();
  });
  $("answer-stop").onclick = () => command({ kind: "cancel" });
  $("console-text").addEventListener("click", printedAt);
}
