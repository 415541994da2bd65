// The page as an embed (#embed=1): what a lesson asked for and nothing else, running only while it is seen.

// embed is what the fragment asks for, null when the page is a page of its own.
const embed = asked().get("embed") === "1" ? {
  panels: new Set((asked().get("panels") || `canvas,transport${asked().has("scene") ? ",narration" : ""}`).split(",")),
  controls: asked().get("controls") !== "0",
  autoplay: asked().get("autoplay"), // null: as what is shown would have it
  lock: asked().get("lock") === "1",
  start: Number(asked().get("start")) || 0, // instruction counts
  end: Number(asked().get("end")) || 0,
  markers: asked().get("markers") === "1",
  narration: Number(asked().get("narration") ?? 2),
} : null;

const locked = () => embed !== null && embed.lock;
const shows = (panel) => !embed || embed.panels.has(panel);

// arrange shows the panels that were asked for; the style sheet knows the rest.
function arrange() {
  const root = document.documentElement;
  root.dataset.embed = [...embed.panels].filter((p) => embed.controls || p !== "transport" && p !== "scrubber").join(" ");
  if (embed.lock) root.dataset.lock = "1";
  root.dataset.narration = embed.narration;
  $("line-form").hidden = embed.lock;
  $("open-page").hidden = embed.lock;
  $("open-page").addEventListener("click", openFull);
  if (shows("console")) new ResizeObserver(fitConsole).observe($("console-text"));
  if (!shows("twin")) $("console-text").addEventListener("click", () => { if (!String(getSelection())) focusConsole(); });
}

// fitConsole gives the terminal the size of the panel, where that is what is seen of it.
function fitConsole() {
  const log = $("console-text"), ruler = document.createElement("span");
  ruler.textContent = "0".repeat(100);
  log.append(ruler);
  const cell = ruler.getBoundingClientRect(), style = getComputedStyle(log);
  ruler.remove();
  const cols = Math.floor((log.clientWidth - parseFloat(style.paddingLeft) * 2) * 100 / cell.width);
  const rows = Math.floor((log.clientHeight - parseFloat(style.paddingTop) * 2) / parseFloat(style.lineHeight));
  if (!(cols > 0 && rows > 0)) return;
  state.grid = { kind: "resize", rows, cols };
  command(state.grid);
}

// narrate tells below the picture what happens: from 1, one sentence, to 3, the latest events too.
function narrate(t) {
  setText("told-chapter", t.chapter);
  setText("told", t.story);
  setText("told-events", t.events.split("\n").filter(Boolean).slice(-4).join("\n"));
}

// whole is the address of the page itself at the moment that the embed shows.
async function whole() {
  const params = asked();
  for (const name of ["embed", "panels", "controls", "autoplay", "lock", "start", "end", "markers", "narration"]) params.delete(name);
  params.set("stage", state.stage);
  const plain = () => new URL(`#${params}`, location.href.split("#")[0]).href;
  if (!state.ready) return plain();
  const view = { stage: state.stage, theme: asked().get("theme") || "auto" };
  const link = await ask({ kind: "link", view }).catch(() => null);
  return link && link.fragment ? new URL(link.fragment, location.href.split("#")[0]).href : plain();
}

// openFull opens the page in a tab of its own. In a sandbox without allow-popups it may not: then the address is shown, to be
// copied.
async function openFull(event) {
  event.preventDefault();
  const url = await whole();
  const tab = window.open(url, "_blank");
  if (tab) { tab.opener = null; return; }
  $("address").value = url;
  $("address-box").hidden = false;
  $("address").focus();
  $("address").select();
}

// whenSeen calls begin when the embed is first seen, and from then on lets the machine run only while it is.
function whenSeen(begin) {
  let seen = false, begun = false;
  const changed = () => {
    const now = seen && !document.hidden;
    if (now && !begun) { begun = true; begin(); }
    if (begun) rest(!now);
  };
  new IntersectionObserver((entries) => { seen = entries.at(-1).isIntersecting; changed(); }).observe(document.documentElement);
  document.addEventListener("visibilitychange", changed);
}

// rest stops the machine's thread between two slices, which the machine does not notice. The picture, which takes most of the
// memory, is given back when it has not been seen for a while.
const longAway = 10000; // ms
let away = 0;
function rest(on) {
  clearTimeout(away);
  state.resting = on;
  if (state.worker) state.worker.postMessage({ kind: "rest", on });
  if (on) away = setTimeout(dropCanvas, longAway);
  else if (state.dropped) { state.dropped = false; startCanvas(); }
}

function dropCanvas() {
  if ($("canvas").hidden) return;
  state.dropped = true;
  state.live = false;
  state.canvas = null;
  $("canvas").onload = null;
  $("canvas").src = "about:blank";
  $("poster").hidden = false;
  $("poster").classList.remove("gone");
  $("poster").classList.add("again");
}
