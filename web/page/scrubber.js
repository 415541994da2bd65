// The scrubber: the whole run below the picture, to look at, to drag and to zoom. Its axis is the time in which the CPU was
// busy: what idles takes no room.

const scrubber = {
  lanes: null,             // the machine's last answer
  window: null,            // {from, to} busy units, null for the whole run
  asking: false, stale: true, asked: 0, timer: 0,
  dragging: false,
  aim: { x: 0, count: -1 }, // where a key has sent the machine: it may have come further, for some work is one piece
};

const unitsPerMs = 100000; // of the machine's time
const leastSpan = 2000;    // busy units: the most that can be zoomed in

function ms(units) {
  const v = units / unitsPerMs;
  return v >= 1000 ? `${(v / 1000).toFixed(3)} s` : `${v.toFixed(v < 1 ? 4 : 3)} ms`;
}

// grouped writes a number with thin spaces; big, shortly.
const grouped = (n) => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, "\u2009");
const big = (n) => n >= 1e9 ? `${(n / 1e9).toFixed(1)} G` : n >= 1e6 ? `${(n / 1e6).toFixed(1)} M` : n >= 1e4 ? `${(n / 1e3).toFixed(1)} k` : grouped(n);

// fresh asks for the lanes as they are now, one question at a time and not often: they are drawn four times a second.
function fresh() {
  scrubber.stale = true;
  if (scrubber.asking || scrubber.timer || !state.worker || !$("scrubber").offsetWidth) return;
  const soon = scrubber.asked + 250 - performance.now();
  scrubber.timer = setTimeout(() => { scrubber.timer = 0; askLanes(); }, Math.max(0, soon));
}

async function askLanes() {
  if (document.hidden) return;
  const box = $("lanes").getBoundingClientRect(), space = laneSpace(box.width, box.height), worker = state.worker;
  scrubber.asking = true;
  scrubber.stale = false;
  const { from, to } = scrubber.window || { from: 0, to: 0 };
  try {
    const answer = await ask({ kind: "lanes", from: Math.round(from), to: Math.round(to), columns: Math.max(32, Math.round(box.width - space.label - space.right)), rows: space.tasks });
    if (worker === state.worker) { scrubber.lanes = unpackLanes(answer); redraw(); }
  } catch { /* the machine is gone; the next one is asked when it shows something */ }
  scrubber.asking = false;
  scrubber.asked = performance.now();
  if (scrubber.stale) fresh();
}

function redraw() {
  const a = scrubber.lanes, t = state.timeline;
  if (!a || !t) return;
  const others = t.branches.map((b, i) => ({ b, i })).filter(({ b, i }) => i !== t.branch && b.parent >= 0);
  const here = t.branches[t.branch].parent >= 0 ? [{ b: t.branches[t.branch], i: t.branch }] : [];
  const forks = [...others, ...here].map(({ b, i }) => ({ x: placeOf(b.from), here: i === t.branch })).filter(({ x }) => x >= 0 && x <= 1);
  drawLanes($("lanes"), a, forks);
  placeHead();
}

// place is where a time lies, from 0 at the left to 1; below or above outside.
function placeOf(now) {
  const { at } = scrubber.lanes, n = at.length - 1;
  if (now < at[0]) return -1;
  if (now > at[n]) return scrubber.window && scrubber.lanes.to < scrubber.lanes.total ? 2 : 1;
  let lo = 0, hi = n; // at[lo] <= now, and of several the last
  while (lo < hi) {
    const mid = (lo + hi + 1) >> 1;
    if (at[mid] <= now) lo = mid; else hi = mid - 1;
  }
  return lo === n ? 1 : (lo + (now - at[lo]) / (at[lo + 1] - at[lo])) / n;
}

// along gives what an edge's numbers are at a place.
function along(numbers, x) {
  const n = numbers.length - 1, c = Math.min(Math.floor(x * n), n - 1);
  return numbers[c] + (numbers[c + 1] - numbers[c]) * (x * n - c);
}

// placeHead puts the present position where it belongs; while it is dragged it is where the finger is.
function placeHead(dragged) {
  const a = scrubber.lanes, t = state.timeline;
  if (!a || !t) return;
  const box = $("lanes").getBoundingClientRect(), space = laneSpace(box.width, box.height), wide = box.width - space.label - space.right;
  const x = dragged === undefined ? !t.past && a.to >= a.total ? 1 : placeOf(t.now) : dragged;
  $("head").hidden = x < 0 || x > 1;
  if (x >= 0 && x <= 1) $("head").style.transform = `translateX(${Math.round((space.label + x * wide) * devicePixelRatio) / devicePixelRatio}px)`;
  const rest = t.past ? 1 - Math.max(0, x) : 0;
  $("ahead").hidden = rest <= 0;
  $("ahead").style.right = `${space.right}px`;
  $("ahead").style.width = `${Math.max(0, rest * wide)}px`;
}

// placed is told of every picture's timeline.
function onTimeline(t) {
  const before = state.timeline;
  state.timeline = t;
  branched(t);
  setText("count-short", grouped(t.retired));
  const track = $("track");
  track.setAttribute("aria-valuemax", String(t.end));
  track.setAttribute("aria-valuenow", String(t.now));
  track.setAttribute("aria-valuetext", `instruction ${Math.round(t.retired)} of ${Math.round(t.endRetired)}, ${ms(t.now)}`);
  const zoomed = scrubber.window && scrubber.lanes;
  if (zoomed && state.running && placeOf(t.now) > 0.98) follow(t);
  if (!scrubber.dragging) placeHead();
  if (scrubber.lanes) setText("lanes-text", lanesText(scrubber.lanes, t));
  if (!before || before.end !== t.end || before.branch !== t.branch || before.branches.length !== t.branches.length || !scrubber.lanes) fresh();
}

// follow moves what is shown along with a machine that runs out of it.
function follow() {
  const { from, to } = scrubber.window, by = (to - from) * 0.75;
  scrubber.window = { from: from + by, to: to + by };
  fresh();
}

// zoomTo shows another part of the run, from and to being busy units.
function zoomTo(from, to) {
  const a = scrubber.lanes, span = Math.max(to - from, leastSpan);
  if (!a) return;
  from = Math.max(0, Math.min(from, a.total - span));
  scrubber.window = span >= a.total ? null : { from, to: from + span };
  $("whole").hidden = !scrubber.window;
  scrubber.asked = Math.min(scrubber.asked, performance.now() - 210);
  fresh();
}

function zoomBy(factor, x) {
  const a = scrubber.lanes;
  if (!a) return;
  const { from, to } = scrubber.window || { from: 0, to: a.total }, middle = from + (to - from) * x, span = Math.max((to - from) * factor, leastSpan);
  zoomTo(middle - span * x, middle + span * (1 - x));
}

function panBy(part) {
  if (!scrubber.window) return;
  const { from, to } = scrubber.window, by = (to - from) * part;
  zoomTo(from + by, to + by);
}

// pointed is where a pointer is, from 0 to 1.
function pointed(event) {
  const box = $("lanes").getBoundingClientRect(), space = laneSpace(box.width, box.height);
  return Math.min(1, Math.max(0, (event.clientX - box.left - space.label) / (box.width - space.label - space.right)));
}

// seekTo goes to a place of what is shown.
function seekTo(x) {
  const a = scrubber.lanes;
  if (!a) return;
  if (x >= 1 && a.to >= a.total) travels({ kind: "end" });
  else travels({ kind: "seek", n: Math.round(along(a.at, x)) });
}

function hint(x) {
  const a = scrubber.lanes;
  $("hint").hidden = !a || x === null;
  if (!a || x === null) return;
  const n = a.ring0.length, c = Math.min(Math.floor(x * n), n - 1);
  const ran = a.tasks.reduce((most, t) => t.share[c] > (most ? most.share[c] : 0) ? t : most, null);
  const words = [ms(along(a.at, x)), `instruction ${grouped(along(a.retired, x))}`];
  if (ran) words.push(ran.task ? `${ran.task} ${ran.name}` : "other tasks");
  words.push(`ring 0 ${Math.round(a.ring0[c] / 2.55)} %`);
  a.counts.forEach((counts, k) => { if (counts[c]) words.push(counted(counts[c], ["system call", "interrupt", "fault"][k])); });
  if (a.idle[c] >= unitsPerMs) words.push(`${ms(a.idle[c])} idle, skipped`);
  setText("hint", words.join(" · "));
  const box = $("track").getBoundingClientRect(), space = laneSpace(box.width, box.height), wide = $("hint").offsetWidth;
  const left = space.label + x * (box.width - space.label - space.right) - wide / 2;
  $("hint").style.left = `${Math.max(0, Math.min(left, box.width - wide))}px`;
}

const counted = (n, word) => `${n >= 255 ? "255 or more" : n} ${word}${n === 1 ? "" : "s"}`;

// lanesText is the lanes as a table.
function lanesText(a, t) {
  const sum = a.sum, all = sum.ring[0] + sum.ring[1] || 1, percent = (v) => `${(100 * v / all).toFixed(1)} %`.padStart(8);
  const lines = [`instruction ${grouped(t.retired)} of ${grouped(t.endRetired)}, ${ms(t.now)} of ${ms(t.end)}${t.past ? ": in the past" : ": the present"}`,
    `${scrubber.window ? "the part shown, " : "the whole run, "}${ms(a.at[0])} to ${ms(a.at[a.at.length - 1])}`,
    `  ring 3      ${ms(sum.ring[1]).padStart(12)} ${percent(sum.ring[1])}`, `  ring 0      ${ms(sum.ring[0]).padStart(12)} ${percent(sum.ring[0])}`, `  idle        ${ms(sum.idle).padStart(12)}`,
    ...a.tasks.map((r) => `  ${(r.task ? `${r.task} ${r.name}` : "other tasks").padEnd(12)}${ms(r.time).padStart(12)} ${percent(r.time)}`),
    ...["system calls", "interrupts", "faults"].map((name, i) => `  ${name.padEnd(12)}${grouped(sum.counts[i]).padStart(12)}`)];
  if (t.branches.length > 1) {
    lines.push("branches");
    t.branches.forEach((b, i) => lines.push(`${i === t.branch ? ">" : " "} ${b.name}, ${b.parent < 0 ? "from power-on" : `from ${ms(b.from)} of ${t.branches[b.parent].name}`} to ${ms(b.end)}`));
  }
  return lines.join("\n");
}

// scrubberKeys are those of a slider, and of a map.
function scrubberKey(event) {
  const a = scrubber.lanes, t = state.timeline;
  if (!a || !t || event.ctrlKey || event.metaKey || event.altKey) return;
  const aim = scrubber.aim, x = aim.count === travel.count ? aim.x : Math.min(1, Math.max(0, placeOf(t.now)));
  const by = (d) => () => {
    if (travel.busy) return;
    const to = Math.min(1, Math.max(0, x + d));
    seekTo(to);
    scrubber.aim = { x: to, count: travel.count };
  };
  const does = { ArrowRight: by(0.01), ArrowUp: by(0.01), ArrowLeft: by(-0.01), ArrowDown: by(-0.01), PageUp: by(0.1), PageDown: by(-0.1),
    Home: () => travels({ kind: "seek", n: t.first }), End: () => travels({ kind: "end" }), "+": () => zoomBy(0.5, x), "=": () => zoomBy(0.5, x), "-": () => zoomBy(2, x), 0: () => zoomTo(0, a.total) }[event.key];
  if (!does || event.shiftKey) {
    machineKey(event);
    return;
  }
  event.preventDefault();
  does();
}

function wireScrubber() {
  const track = $("track");
  track.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    scrubber.dragging = true;
    track.setPointerCapture(event.pointerId);
    drag(event);
  });
  track.addEventListener("pointermove", (event) => { if (scrubber.dragging) drag(event); else if (event.pointerType === "mouse") hint(pointed(event)); });
  for (const kind of ["pointerup", "pointercancel"]) track.addEventListener(kind, () => { scrubber.dragging = false; if (!travel.busy) placeHead(); });
  track.addEventListener("lostpointercapture", () => { scrubber.dragging = false; hint(null); });
  track.addEventListener("pointerleave", () => { if (!scrubber.dragging) hint(null); });
  track.addEventListener("dblclick", (event) => zoomBy(0.25, pointed(event)));
  track.addEventListener("wheel", wheeled, { passive: false });
  track.addEventListener("keydown", scrubberKey);
  $("whole").onclick = () => { zoomTo(0, Infinity); track.focus(); };
  new ResizeObserver(() => { redraw(); fresh(); }).observe(track);
  new MutationObserver(redraw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  document.addEventListener("visibilitychange", fresh);
}

function drag(event) {
  const x = pointed(event);
  placeHead(x);
  hint(x);
  seekTo(x);
}

// wheeled zooms when the reader has clicked in, or with ctrl; sideways it moves along. Else the page scrolls.
function wheeled(event) {
  const ours = event.ctrlKey || document.activeElement === $("track");
  if (!ours || !scrubber.lanes) return;
  event.preventDefault();
  const side = event.shiftKey ? event.deltaY : Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : 0;
  if (side) panBy(side / 800);
  else zoomBy(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300))), pointed(event));
  hint(pointed(event));
}
