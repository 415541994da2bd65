// The transport: playing, the four gears forwards and back, speed.

const play = () => command({ kind: state.running ? "pause" : "play" });

// A movement at a time: what is asked while one is under way is dropped, so that a key that is held down leaves no queue
// behind it; of places to go to the last one is kept.
const travel = { busy: false, next: null, count: 0 };

// gears are what one step may be, forwards and back.
const gears = {
  micro: { on: () => travels({ kind: "micro", n: 1 }), back: () => travels({ kind: "micro", n: -1 }) },
  step: { on: () => travels({ kind: "step", n: 1 }), back: () => travels({ kind: "back", n: 1 }) },
  event: { on: () => travels({ kind: "event", text: $("kinds").value }), back: () => travels({ kind: "backevent", text: $("kinds").value }) },
  chapter: { on: () => travels({ kind: "chapter", n: 1 }), back: () => travels({ kind: "chapter", n: -1 }) },
};

// travels goes to another moment: it is over when a question that waits until the machine has come there is answered.
function travels(what) {
  if (travel.busy) {
    if (what.kind === "seek" || what.kind === "end") travel.next = what;
    return;
  }
  travel.busy = true;
  travel.count++;
  command(what);
  ask({ kind: "timeline", rest: true }).then(arrived, arrived);
}

function arrived() {
  travel.busy = false;
  const next = travel.next;
  travel.next = null;
  if (next) travels(next);
}

function toggleHelp() {
  $("help-text").hidden = !$("help-text").hidden;
  $("help").setAttribute("aria-expanded", String(!$("help-text").hidden));
}

// On a phone the header's buttons are in a menu.
function wireMenu() {
  const set = (open) => { $("tools").toggleAttribute("data-open", open); $("menu").setAttribute("aria-expanded", String(open)); };
  $("menu").onclick = () => set(!$("tools").hasAttribute("data-open"));
  $("tools").addEventListener("click", (event) => { if (event.target.closest("button:not(#settings-open)")) set(false); });
  document.addEventListener("pointerdown", (event) => { if (!event.target.closest("#tools, #menu")) set(false); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") set(false); });
}

// At full speed the machine is held for a moment at what the scene is about, or the diagram on stage, unless the reader does not
// want it.
function slow() {
  const stage = stages.find((s) => s.id === state.stage), own = story.scene && story.scene.slow;
  const what = own ? ($("kinds").querySelector(`option[value="${own}"]`) || { textContent: own }).textContent : stage.slow;
  $("slow-label").hidden = !what;
  $("slow-what").textContent = what;
  if (embed && embed.markers) marks();
  if (!state.worker) return;
  if (!what || !$("slow").checked) command({ kind: "slow", mask: 0, n: 0 });
  else command(own ? { kind: "slow", text: own, n: stage.ms || 400 } : { kind: "slow", mask: stage.kinds, n: stage.ms });
}

// setSpeed is the API's: instructions per second, 0 full speed. The control shows the nearest that it knows.
function setSpeed(n) {
  $("speed").value = n === 0 ? 100 : Math.min(Math.max(Math.log10(n / slowest) / decades * 100, 0), 99);
  command({ kind: "speed", n });
}

// The speed control is logarithmic: from one micro-step a second, of which an instruction has five, to 10 million
// instructions, then full speed.
const slowest = 0.2, decades = 7.7;
function speed() {
  const v = Number($("speed").value), n = slowest * 10 ** (v / 100 * decades);
  command({ kind: "speed", n: v >= 100 ? 0 : n < 20 ? n : Math.round(n) });
}

// pop opens and closes a small panel above its button; Esc and a click elsewhere close it.
function pop(button, panel, opened = () => {}) {
  const set = (open) => {
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) opened();
  };
  button.onclick = () => set(panel.hidden);
  panel.parentElement.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    event.stopPropagation();
    set(false);
    button.focus();
  });
  document.addEventListener("pointerdown", (event) => { if (!panel.parentElement.contains(event.target)) set(false); });
  return () => set(false);
}

function wireTransport() {
  $("play").onclick = play;
  for (const [gear, back, on] of [["micro", "micro-back", "micro-on"], ["step", "back", "step"], ["event", "event-back", "event"], ["chapter", "chapter-back", "chapter-on"]]) {
    $(back).onclick = () => gears[gear].back();
    $(on).onclick = () => gears[gear].on();
  }
  $("gear").onchange = () => { $("gears").dataset.gear = $("gear").value; };
  $("speed").oninput = speed;
  $("cancel").onclick = () => command({ kind: "cancel" });
  $("now").onclick = () => travels({ kind: "end" });
  // With the keyboard on the transport the machine's keys work too, but for those that its controls need themselves.
  $("transport").addEventListener("keydown", (event) => {
    const own = event.target.matches("select, input") || event.key === " ";
    if (!own) machineKey(event);
  });
}

// marks has playing stop at each event of the chosen kind.
function marks() { command({ kind: "marks", text: $("kinds").value }); }
