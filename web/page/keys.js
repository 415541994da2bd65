// Typing into the console, and the keys of the machine.

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

// The machine's keys, while it has the keyboard: here, or in the canvas, which passes on those that are listed and leaves all
// others to the browser. A key with Ctrl, Alt or the command key is the browser's.
const machineKeys = {
  " ": () => play(),
  "ArrowRight": () => command({ kind: "step", n: 1 }),
  "Shift+ArrowRight": () => stepEvent(),
  "Escape": () => setStage("machine"),
  "?": () => toggleHelp(),
};

function machineKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const does = machineKeys[(event.shiftKey && event.key.length > 1 ? "Shift+" : "") + event.key];
  if (!does) return;
  event.preventDefault();
  does();
}
