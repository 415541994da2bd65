// The twin in text, and messages.

function show(t) {
  state.twin = t;
  if (!state.prompted && t.stop === "waiting for input") { state.prompted = true; performance.mark("prompt"); }
  tellTwin(t);
  searching(t.job);
  state.running = t.running;
  $("play").setAttribute("aria-label", t.running ? "Pause" : "Play");
  $("play-icon").setAttribute("d", t.running ? "M7 5h4v14H7zM13 5h4v14h-4z" : "M8 5l11 7-11 7z");
  for (const id of ["chapter", "count", "time", "rate", "registers", "code", "walk", "tasks", "vmas", "timer", "rings", "frames", "pages", "boot", "processes", "exec"]) setText(id, t[id]);
  onTimeline(t.timeline);
  onMoments(t.timeline);
  where(t);
  const log = $("console-text");
  if (log.textContent !== t.console) {
    const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
    log.textContent = t.console;
    if (atEnd) log.scrollTop = log.scrollHeight;
  }
  tellStory(t.story);
  if (embed) narrate(t);
  if (state.fullScreen !== t.fullScreen) { state.fullScreen = t.fullScreen; holding(); }
  const events = t.events.split("\n");
  if ($("events").dataset.text !== t.events) {
    $("events").dataset.text = t.events;
    $("events").replaceChildren(...events.filter(Boolean).map((line) => { const li = document.createElement("li"); li.textContent = line; return li; }));
  }
  document.documentElement.dataset.stop = t.stop;
  tellEnd(t);
}

// The ways in which the guest's kernel ends.
const ends = {
  "power off": ["The machine is off", "The guest switched itself off."],
  "restart": ["The guest asked for a restart", "The machine waits to be switched off and on again."],
  "system halted": ["The system is halted", "The guest stopped, with the power on."],
};

// tellEnd says once that the guest has ended, and takes it back when the reader has gone back from there. Where it belongs to a
// scene the scene tells of it.
function tellEnd({ stop, timeline: t }) {
  const end = stop.startsWith("panic") ? ["The guest's kernel has panicked", stop.slice(7)] : ends[stop];
  if (!end) {
    if (state.told) $("message").hidden = true;
    state.told = "";
    return;
  }
  const told = story.scene && t && t.branch === 0 && t.now <= story.scene.moments.at(-1).now;
  if (told || state.told === stop) return;
  state.told = stop;
  tell(...end);
}

// A screen reader is told at most every two seconds.
let storyTimer = 0;
function tellStory(text) {
  state.story = text;
  tellLive(text);
  if (storyTimer) return;
  setText("story", text);
  storyTimer = setTimeout(() => { storyTimer = 0; setText("story", state.story); }, 2000);
}

function tell(title, text) {
  $("message-title").textContent = title;
  $("message-text").textContent = text;
  $("message-way").hidden = $("message-back").hidden = true;
  $("message").hidden = false;
  if (!embed || document.hasFocus()) $("message-restart").focus();
}
