// Settings that are remembered from one visit to the next. An embed has its own, and a private window forgets them.

function keep(name, value) {
  if (embed) return;
  try { localStorage.setItem(`vitrine-${name}`, value); } catch { /* no storage here */ }
}

const recalled = (name) => embed ? null : remembered(`vitrine-${name}`);

// Light or dark: as the reader's system has it, until the reader chooses.
const dark = matchMedia("(prefers-color-scheme: dark)");
const systemTheme = () => dark.matches ? "dark" : "light";

function theme(name) {
  document.documentElement.dataset.theme = name;
  settings();
}

function chooseTheme(name) {
  state.theme = name;
  $("theme-choice").value = name;
  theme(name === "auto" ? systemTheme() : name);
}

function keepTheme(name) {
  keep("theme", name);
  chooseTheme(name);
}

function showLanes() {
  document.documentElement.toggleAttribute("data-no-lanes", !$("show-lanes").checked);
}

// recallSpeed is for who goes on where something waits: a machine that starts from power-on starts at full speed.
function recallSpeed() {
  const value = recalled("speed");
  if (value !== null && /^\d{1,3}$/.test(value)) $("speed").value = value;
}

function wireSettings() {
  chooseTheme(asked().get("theme") || recalled("theme") || "auto");
  dark.addEventListener("change", () => { if (state.theme === "auto") theme(systemTheme()); });
  $("theme").onclick = () => keepTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  $("theme-choice").onchange = () => keepTheme($("theme-choice").value);
  for (const [id, name, then] of [["slow", "slow", slow], ["show-lesson", "narration", showLesson], ["show-lanes", "lanes", showLanes]]) {
    if (recalled(name)) $(id).checked = recalled(name) !== "off";
    $(id).onchange = () => { keep(name, $(id).checked ? "on" : "off"); then(); };
  }
  const gear = recalled("gear");
  if (gears[gear]) $("gear").value = $("gears").dataset.gear = gear;
  $("gear").addEventListener("change", () => keep("gear", $("gear").value));
  $("speed").addEventListener("change", () => keep("speed", $("speed").value));
  if (!embed) showLanes();
  const close = pop($("settings-open"), $("settings"));
  for (const id of ["kernel-open", "restart"]) $(id).addEventListener("click", close);
}
