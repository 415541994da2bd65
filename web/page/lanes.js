// The lanes: which ring and which task had the CPU, and what happened, from left to right. Drawn whenever they change, on
// whole pixels of the screen.

// laneRows says what is drawn from top to bottom: the ring, a row for each task, then the events.
const laneRows = (tasks) => ["ring", ...Array.from({ length: tasks }, (_, i) => i), "calls", "interrupts", "faults"];

// laneSpace is how the lanes are laid out in a box of that many CSS pixels.
function laneSpace(width, height) {
  const narrow = width < 620;
  const tasks = 3; // the layout stays put, however many there are
  return { label: narrow ? 64 : 88, right: narrow ? 4 : 8, tasks, rows: laneRows(tasks), pitch: (height - 6) / (tasks + 4) };
}

// bytesOf are the numbers of a column each, as the machine sends them.
const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

// unpackLanes makes an answer of the machine ready to be drawn.
function unpackLanes(a) {
  a.ring0 = bytesOf(a.ring0);
  a.counts = a.counts.map(bytesOf);
  for (const t of a.tasks) t.share = bytesOf(t.share);
  return a;
}

// laneColours are the page's.
function laneColours() {
  const style = getComputedStyle(document.documentElement), of = (name) => style.getPropertyValue(`--${name}`).trim();
  return { ring0: of("ring0"), ring3: of("ring3"), pale: of("ring3-pale"), line: of("hair"), ink: of("ink"), quiet: of("quiet"), amber: of("amber"), sans: of("sans"), mono: of("mono") };
}

// drawLanes draws an answer into the canvas; forks are where other branches left, as busy places in view.
function drawLanes(canvas, a, forks) {
  const scale = devicePixelRatio || 1, box = canvas.getBoundingClientRect();
  const w = Math.round(box.width * scale), h = Math.round(box.height * scale);
  if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
  const space = laneSpace(box.width, box.height), colour = laneColours(), g = canvas.getContext("2d");
  const px = (v) => Math.round(v * scale);
  g.clearRect(0, 0, w, h);
  g.textBaseline = "middle";
  const wide = box.width - space.label - space.right, size = space.pitch < 12.5 ? 9.5 : 10.5;
  const names = { ring: "ring", calls: "calls", interrupts: "interrupts", faults: "faults" };
  space.rows.forEach((row, i) => {
    const top = px(6 + i * space.pitch + 1), bottom = px(6 + (i + 1) * space.pitch - 1), left = px(space.label), right = px(space.label + wide);
    const r = { g, colour, scale, top, bottom, height: bottom - top, line: Math.max(1, px(1)), x: (c) => px(space.label + c * wide / a.ring0.length), n: a.ring0.length };
    const task = typeof row === "number" ? a.tasks[row] : null;
    g.fillStyle = colour.line;
    g.fillRect(left, Math.round((top + bottom) / 2), right - left, r.line);
    g.fillStyle = colour.quiet;
    if (typeof row === "number") {
      g.font = `${size * scale}px ${colour.mono}`;
      if (task) fitted(g, task.task ? `${task.task} ${task.name}` : "others", 0, (top + bottom) / 2, px(space.label - 8));
    } else {
      g.font = `${(size + 0.5) * scale}px ${colour.sans}`;
      fitted(g, names[row], 0, (top + bottom) / 2, px(space.label - 8));
    }
    if (row === "ring") drawRing(r, a);
    else if (task) drawTask(r, task.share);
    else if (typeof row !== "number") drawMarks(r, a.counts[["calls", "interrupts", "faults"].indexOf(row)], row);
  });
  for (const f of forks) drawFork(g, colour, scale, px(space.label + f.x * wide), h, f.here);
}

// fitted writes a text, cut to a width.
function fitted(g, text, x, y, width) {
  let t = text;
  while (t.length > 1 && g.measureText(t).width > width) t = `${t.slice(0, -2)}…`;
  g.fillText(t, x, y);
}

// drawRing fills the share of ring 0 from above and the rest, ring 3, below it.
function drawRing(r, a) {
  for (let c = 0; c < r.n; c++) {
    const x = r.x(c), w = r.x(c + 1) - x, kernel = Math.round(r.height * a.ring0[c] / 255);
    r.g.fillStyle = r.colour.pale;
    r.g.fillRect(x, r.top + kernel, w, r.height - kernel);
    r.g.fillStyle = r.colour.ring0;
    r.g.fillRect(x, r.top, w, kernel);
  }
}

// drawTask draws how much of the time a task ran: the higher the more.
function drawTask(r, share) {
  r.g.fillStyle = r.colour.ring3;
  for (let c = 0; c < r.n; c++) {
    if (!share[c]) continue;
    const h = Math.max(r.line, Math.round((r.height - 2 * r.line) * share[c] / 255)), x = r.x(c);
    r.g.fillRect(x, Math.round((r.top + r.bottom - h) / 2), r.x(c + 1) - x, h);
  }
}

// drawMarks draws events: system calls stand up, interrupts hang down, faults are diamonds where there is room for them.
function drawMarks(r, counts, row) {
  const colour = { calls: r.colour.ink, interrupts: r.colour.ring0, faults: r.colour.amber }[row];
  r.g.fillStyle = colour;
  const thin = Math.max(1, Math.round(1.2 * r.scale));
  for (let c = 0; c < r.n; c++) {
    if (!counts[c]) continue;
    const x = r.x(c), h = Math.round(r.height * Math.min(1, 0.5 + Math.log2(counts[c]) / 12));
    const y = row === "calls" ? r.bottom - h : row === "interrupts" ? r.top : Math.round((r.top + r.bottom - h) / 2);
    r.g.globalAlpha = counts[c - 1] || counts[c + 1] ? 0.6 : 1;
    r.g.fillRect(x, y, thin, h);
    r.g.globalAlpha = 1;
    const alone = !near(counts, c, Math.ceil(5 * r.n / (r.x(r.n) - r.x(0)) * r.scale));
    if (!alone) continue;
    const s = Math.round(2.6 * r.scale), m = x + thin / 2, top = row === "calls" ? y : row === "interrupts" ? y + h : (r.top + r.bottom) / 2;
    r.g.beginPath();
    if (row === "faults") { r.g.moveTo(m, top - 1.5 * s); r.g.lineTo(m + 1.3 * s, top); r.g.lineTo(m, top + 1.5 * s); r.g.lineTo(m - 1.3 * s, top); }
    else if (row === "interrupts") { r.g.moveTo(m - s, top - s); r.g.lineTo(m + s, top - s); r.g.lineTo(m, top + s / 2); }
    else r.g.arc(m, top + s / 2, s * 0.8, 0, 7);
    r.g.fill();
  }
}

// near tells whether there is another mark within d columns.
function near(counts, c, d) {
  for (let i = Math.max(0, c - d); i <= Math.min(counts.length - 1, c + d); i++) if (i !== c && counts[i]) return true;
  return false;
}

// drawFork marks where another future left: a line through all lanes that bends away at the foot.
function drawFork(g, colour, scale, x, h, here) {
  g.strokeStyle = colour.quiet;
  g.lineWidth = Math.max(1, Math.round(1.25 * scale));
  const m = Math.floor(x) + (g.lineWidth % 2) / 2, bend = 5 * scale;
  g.beginPath();
  g.moveTo(m, 0);
  g.lineTo(m, h - 2 * bend);
  g.quadraticCurveTo(m, h - scale, m + bend * 1.6, h - scale);
  g.stroke();
  g.fillStyle = here ? colour.ring3 : colour.quiet;
  g.beginPath();
  g.arc(m, 3 * scale, 2.6 * scale, 0, 7);
  g.fill();
}
