// Wires the page together and switches the machine on. It comes last.

wireStages();
setStage(asked().get("stage") || (sceneById(asked().get("scene")) || {}).stage || "machine");

wireMenu();
wireTransport();
wireUntil();
wireScrubber();
wireBranches();
$("restart").onclick = restart;
$("message-restart").onclick = restart;
$("message-close").onclick = () => { $("message").hidden = true; };
$("help").onclick = toggleHelp;
$("typed").addEventListener("keydown", typedKey);
$("typed").addEventListener("input", (event) => { if (!event.isComposing) typedText(event); });
$("typed").addEventListener("compositionend", typedText);
$("typed").addEventListener("focus", () => { state.typing = true; });
document.addEventListener("pointerdown", () => { state.typing = false; });
for (const kind of ["focus", "blur"]) addEventListener(kind, () => setTimeout(holding), true); // the window's too: the canvas is one of its own
$("machine").addEventListener("keydown", machineKey);
onSubmit($("line-form"), () => { type($("line").value + "\r"); $("line").value = ""; });
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !$("help-text").hidden) toggleHelp(); });

wireSettings();
dressPoster();
wireList();
wireLesson();
showLesson();

for (const p of JSON.parse($("sources").textContent)) {
  const row = document.createElement("div"), d = document.createElement("details"), s = document.createElement("summary"), name = document.createElement("b"), about = document.createElement("span"), run = document.createElement("button"), source = document.createElement("pre");
  name.textContent = p.name; about.textContent = p.about; run.textContent = "Run"; run.type = "button"; source.textContent = p.source;
  run.setAttribute("aria-label", `Run ${p.name}`);
  run.onclick = () => { type(p.name + "\r"); scrollTo({ top: 0 }); };
  s.append(name, about); d.append(s, source); row.append(d); if (p.name !== "init") row.append(run); $("programs").append(row);
}

// What can be scrolled, the keyboard can reach.
for (const pre of document.querySelectorAll(".twin pre")) {
  const heading = pre.closest("details, .block").querySelector("summary b, h2");
  pre.tabIndex = 0;
  pre.setAttribute("role", "group");
  if (heading && !pre.hasAttribute("aria-label")) pre.setAttribute("aria-label", heading.textContent);
}

new IntersectionObserver((entries) => { state.reading = entries.at(-1).isIntersecting; tellShown(); }).observe(document.querySelector(".twin"));

wireKernel();
wireDisks();
wireShare();
wireQuestions();
wireCompare();
wireLinks();
wireResume();
$("address-close").onclick = () => { $("address-box").hidden = true; };

function switchOn() {
  firstMachine();
  if (asked().get("text") === "1" || !shows("canvas")) canvasLost("text alone was asked for");
  else startCanvas();
}
if (embed) { arrange(); whenSeen(switchOn); } else switchOn();
if (window.top === window) $("typed").focus({ preventScroll: true }); // an embedded page leaves the focus where it is
