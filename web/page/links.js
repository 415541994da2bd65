// Links: a moment of a run comes in by the address, by a paste or as a file. A second machine plays it; the one that runs goes on
// until that has come to its moment. What there is to say stands in a quiet line.

const opening = { link: null, file: null, name: "", anyway: false, kept: null, scene: "" }; // what is being opened; kept: the position it comes from; scene: whose run it is

// note says a line. actions are [label, function]; details can be unfolded.
function note(text, { details = "", actions = [], busy = false } = {}) {
  setText("note-text", text);
  setText("note-details", details);
  $("note-details").hidden = true;
  $("note-more").hidden = !details;
  $("note-more").setAttribute("aria-expanded", "false");
  $("note-progress").hidden = !busy;
  $("note-progress").removeAttribute("value");
  $("note-actions").replaceChildren(...actions.map(([label, act]) => {
    const b = document.createElement("button");
    b.type = "button"; b.textContent = label; b.onclick = act;
    return b;
  }));
  $("note").hidden = false;
}

const hush = () => { $("note").hidden = true; };
const hushVerified = (text) => { if ($("note-text").textContent === text && $("note-details").hidden) hush(); };

// openLink has a machine play a link: {link: text} or {file: bytes, name}; kept is the position of this page that it is, scene the
// ID of the scene whose run it is.
function openLink(what) {
  Object.assign(opening, { link: null, file: null, name: "", anyway: false, kept: null, scene: "" }, what);
  const name = opening.scene ? `“${opening.name}”` : opening.file ? opening.name || "the file" : "the link";
  if (!opening.scene && story.scene && !(opening.kept && asked().get("scene") === story.scene.id)) { leaveScene(); showLesson(); }
  note(opening.kept ? "Going back to where you were …" : `Opening ${name} …`,
    { busy: true, actions: [opening.kept ? ["Start anew", startAnew] : ["Stop", stopOpening]] });
  startWorker({ replay: opening.file || opening.link, anyway: opening.anyway });
}

// stopOpening: beside a machine that runs, the new one is given up; otherwise it stays at the moment it has come to.
function stopOpening() {
  if (!state.coming) { command({ kind: "cancel" }); return; }
  state.coming.terminate();
  state.coming = null;
  hush();
}

// startAnew switches a fresh machine on.
function startAnew() {
  forgetPosition();
  hush();
  if (asked().has("r") || asked().has("scene")) history.replaceState(null, "", location.pathname + location.search);
  startWorker(null);
}

// replayProgress is heard while a machine plays a link.
function replayProgress(job) {
  if ($("note").hidden || $("note-progress").hidden || !job || job.name !== "replaying") return;
  $("note-progress").value = job.of ? job.done / job.of : 0;
}

const instant = (m) => `${m.hash} at instruction ${grouped(m.retired)}, ${grouped(m.now)} units of 10 ns`;

// judged is called with what a worker says of the link that it was given.
function judged(worker, v) {
  const played = ["verified", "differs", "unknown", "cancelled"].includes(v.verdict);
  if (!played) refuse(worker);
  else if (worker === state.coming) { adopt(worker); started(worker); }
  switch (v.verdict) {
    case "verified":
      if (opening.scene) { hush(); break; }
      note(opening.kept ? "You are where you were." : `Verified: the same computer, bit for bit · ${v.got.hash}`, { details: `${v.text}\nengine ${v.here}`, actions: anew() });
      if (embed) setTimeout(hushVerified, 4000, $("note-text").textContent); // there is little room
      break;
    case "differs":
      note(`This is not the moment that the link means: it says ${v.want.hash}, here it is ${v.got.hash}.`, { actions: anew(), details: `the link: ${instant(v.want)}\nhere: ${instant(v.got)}${parting(v)}\nmade by engine ${v.engine}, played by engine ${v.here}` });
      break;
    case "unknown":
      note(opening.kept ? "You are where you were." : "Played to its moment. The link has no digest to compare with.", { details: v.text, actions: anew() });
      break;
    case "cancelled": note("Stopped on the way to the link's moment.", { actions: anew() }); break;
    case "version": otherEngine(v); break;
    case "large": note(`${sentence(v.text)}. Open it all the same?`, { actions: [["Open it", anyway], ["No", hush]] }); break;
    default: note(`${sentence(v.text.replace(/^link: /, ""))}.${state.coming ? " A fresh machine was switched on." : ""}`);
  }
  if (opening.kept && played) wentBack(opening.kept);
  if (opening.scene && played) sceneCame(opening.scene);
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const anew = () => opening.kept ? [["Start anew", startAnew]] : [];
const anyway = () => openLink({ ...opening, anyway: true });

function parting(v) {
  if (v.parted) return `\nthey part between ${grouped(v.agreed)} and ${grouped(v.differs)} units`;
  return v.agreed ? `\nthey part after ${grouped(v.agreed)} units` : "";
}

// refuse gives a machine up that cannot open its link. Where nothing ran before, a fresh one is switched on.
function refuse(worker) {
  worker.terminate();
  if (worker === state.coming) { state.coming = null; return; }
  state.worker = null;
  state.ready = state.begun = false;
  startWorker(null);
  if (state.live || $("canvas").hidden) begin();
}

// otherEngine offers to play a link all the same, and the engine that made it where the site has that.
function otherEngine(v) {
  const text = `This link was made by engine ${v.engine}; this is engine ${v.here}. Played here, it may come to another moment.`;
  const actions = [["Play it anyway", anyway]];
  note(text, { actions });
  const site = new URL("engines/", files.worker.url);
  fetch(new URL("versions.json", site)).then((r) => r.json()).then((versions) => {
    if (!Array.isArray(versions) || !versions.includes(v.engine) || $("note-text").textContent !== text) return;
    const page = new URL(`${v.engine}/index.html`, site);
    const go = () => { location.href = `${page.href}${opening.link}`; };
    note(opening.file ? `${text} Drop the file there: ${page.href}` : text, { actions: opening.file ? actions : [[`Open with engine ${v.engine}`, go], ...actions] });
  }, () => {}); // a site without older engines
}

// linkIn finds a link in a text that somebody pasted, "" when there is none.
function linkIn(text) {
  const found = /#(?:[\w.,:+-]+=[\w.,:+-]*&)*r=[\w-]+(?:&[\w.,:+-]+=[\w.,:+-]*)*/.exec(text.slice(0, 70000));
  return found ? found[0] : "";
}

const askedRun = () => { const r = asked().get("r"); return r ? `#r=${r}` : ""; };

// firstMachine is what the page begins with: where this tab was, the link in its address, or a machine at its reset vector.
function firstMachine() {
  showAsked();
  const kept = keptPosition();
  if (kept && !kept.inScene) openLink({ ...kept, kept });
  else if (openAsked()) { if (kept) story.aim = { now: kept.inScene }; }
  else if (askedRun()) openLink({ link: askedRun() });
  else startWorker(null);
}

// showAsked takes over how the address wants a moment to be seen.
function showAsked() {
  const params = asked();
  if (params.has("stage")) setStage(params.get("stage"));
  const speed = Number(params.get("speed"));
  if (!params.has("speed") && (params.has("scene") || params.has("r"))) recallSpeed();
  if (speed > 0) $("speed").value = Math.min(Math.round(100 * Math.log10(speed) / 7.2), 100);
}

function wireLinks() {
  $("note-close").onclick = hush;
  $("note-more").onclick = () => {
    $("note-details").hidden = !$("note-details").hidden;
    $("note-more").setAttribute("aria-expanded", String(!$("note-details").hidden));
  };
  addEventListener("hashchange", () => {
    showAsked();
    const at = Number(asked().get("at"));
    if (openAsked()) return;
    if (story.scene && !asked().has("scene")) { leaveScene(); showLesson(); }
    if (askedRun()) openLink({ link: askedRun() });
    else if (at > 0) command({ kind: "seekretired", n: at });
  });
  document.addEventListener("paste", (event) => {
    if (event.target.closest("input, textarea")) return; // a field's own
    const found = linkIn(event.clipboardData.getData("text"));
    if (!found) return;
    event.preventDefault();
    openLink({ link: found });
  });
}
