// Typing into the console, and the keys of the machine.

const sequences = { Enter: "\r", Backspace: "\x7f", Tab: "\t", Escape: "\x1b", ArrowUp: "\x1b[A", ArrowDown: "\x1b[B", ArrowRight: "\x1b[C", ArrowLeft: "\x1b[D",
  Home: "\x1b[H", End: "\x1b[F", PageUp: "\x1b[5~", PageDown: "\x1b[6~", Insert: "\x1b[2~", Delete: "\x1b[3~" };

function type(text) { if (text && !locked()) command({ kind: "input", text }); }

function typedKey(event) {
  if (event.isComposing || event.metaKey) return;
  if (event.key === "Tab" && event.shiftKey) return; // leaves the console, as it leaves any field
  if (event.key === "Escape" && !state.fullScreen) { event.preventDefault(); leave(); return; } // a program like vi has it
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
  "Escape": () => state.stage === home() ? leave() : setStage(home()),
  "?": () => toggleHelp(),
  "ArrowRight": gears.step.on, "ArrowLeft": gears.step.back,
  "Shift+ArrowRight": gears.event.on, "Shift+ArrowLeft": gears.event.back,
  "]": gears.chapter.on, "[": gears.chapter.back,
  ".": gears.micro.on, ",": gears.micro.back,
  "n": () => momentAfter(), "p": () => momentBefore(),
  "F11": gears.step.on, "Shift+F11": gears.step.back,
  "F10": gears.event.on, "Shift+F10": gears.event.back,
};

// pressed does what a key stands for. One that is held down comes again and again: that is for stepping alone.
function pressed(name, again) {
  if (again && [" ", "Escape", "?"].includes(name)) return;
  machineKeys[name]();
}

// machineKey tells whether a key is the machine's, and does what it stands for.
function machineKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  const name = (event.shiftKey && event.key.length > 1 ? "Shift+" : "") + event.key;
  if (!machineKeys[name]) return false;
  event.preventDefault();
  pressed(name, event.repeat);
  return true;
}

const home = () => (embed && asked().get("stage")) || (story.scene ? stageAt(Math.max(story.at, 0)) : "machine"); // the stage that Escape returns to

function focusConsole() { if (!locked()) $("typed").focus({ preventScroll: true }); }

// leave gives the keyboard back to the page, and to the host's page around an embed. From the canvas, a document of its own, Tab would
// then begin at the top of the page: it is to go on behind it.
function leave() {
  const bar = $("transport");
  if (document.activeElement === $("canvas")) {
    bar.tabIndex = -1;
    bar.focus({ preventScroll: true });
  }
  if (document.activeElement) document.activeElement.blur();
  bar.removeAttribute("tabindex");
  holding();
}

// holding shows who has the keyboard, here and in the canvas, which takes the wheel only while it is the machine's.
const held = { "": "", typing: "typing goes to the machine · ", keys: "keys go to the machine · " };
function holding() {
  const holder = document.hasFocus() ? document.activeElement : null;
  const what = holder === $("typed") ? "typing" : holder === $("canvas") ? "keys" : "";
  document.documentElement.dataset.keyboard = what;
  setText("keyboard", held[what] + (what === "" ? "" : what === "typing" && state.fullScreen ? "shift tab leaves" : "esc leaves"));
  settings();
}
