// Where this tab is: kept for when it is reloaded, killed, or its machine is lost. The machine tells its position now and then; it
// is the tape up to there, so nothing else is needed to find the way back.

const keptKey = `vitrine ${location.pathname}`;
const mostKept = 3e6;  // characters; browsers give a tab about five million
const keepMs = 1000;   // between two times that it is written
let hereNow = null;   // the machine's last
let keptAt = 0;

function takePosition(p) {
  const stopped = hereNow && hereNow.running && !p.running;
  hereNow = p;
  if (stopped || performance.now() - keptAt > keepMs) keepPosition();
}

// keepPosition writes it down. A page without storage, as in a sandbox, has none.
function keepPosition() {
  if (!hereNow || embed || !state.worker) return;
  keptAt = performance.now();
  const { link, file, running } = hereNow;
  const text = JSON.stringify({ address: location.hash, link, file, running, stage: state.stage, speed: $("speed").value, inScene: inScene(), scene: story.there ? story.scene.id : "" });
  try {
    if (hereNow.retired && (link || file) && text.length < mostKept) sessionStorage.setItem(keptKey, text);
    else sessionStorage.removeItem(keptKey);
  } catch { /* no storage here */ }
}

// inScene is the time of a position that lies on the run of the scene that is open: there is more on that than the way to here. 0 for
// any other position.
function inScene() {
  if (!story.there || !state.timeline || state.timeline.branch !== 0) return 0;
  const { now } = state.timeline;
  return now < story.scene.moments.at(-1).now ? now : 0;
}

function forgetPosition() {
  hereNow = null;
  try { sessionStorage.removeItem(keptKey); } catch { /* no storage here */ }
}

// keptPosition is where this tab was at this address, as openLink wants it, or null.
function keptPosition() {
  if (embed) return null;
  try {
    const kept = JSON.parse(sessionStorage.getItem(keptKey));
    if (!kept || kept.address !== location.hash) return null;
    return { ...kept, file: kept.file ? Uint8Array.from(atob(kept.file), (c) => c.charCodeAt(0)) : null };
  } catch { return null; }
}

// wentBack is called when the machine is where the tab was: all else becomes as it was, too.
function wentBack(kept) {
  if (typeof kept.stage === "string") setStage(kept.stage);
  if (Number(kept.speed) >= 0) { $("speed").value = kept.speed; speed(); }
  if (kept.scene) rejoinScene(kept.scene);
  if (kept.running) command({ kind: "play" });
}

// wayBack is the position as openLink wants it, for a machine that was lost; null when there is none.
function wayBack() {
  if (!hereNow || !(hereNow.link || hereNow.file)) return null;
  const { link, file, running } = hereNow;
  const kept = { link, running, stage: state.stage, scene: story.there ? story.scene.id : "", speed: $("speed").value, file: file ? Uint8Array.from(atob(file), (c) => c.charCodeAt(0)) : null };
  return { ...kept, kept };
}

// crashWay is the link into a crash: the one that the machine told, or, when it could not any more, its last position and on.
const onward = 300e6; // instructions: what it may have done since
function crashWay(told) {
  if (told) return told;
  return hereNow && hereNow.link ? `${hereNow.link}&at=${hereNow.retired + onward}` : "";
}

function wireResume() {
  addEventListener("pagehide", keepPosition);
  document.addEventListener("visibilitychange", () => { if (document.hidden) keepPosition(); });
}
