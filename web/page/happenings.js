// What the API's guests are told, and when what they asked for is there: all of it from what the machine's thread says.

// machineThere waits for a machine that can be asked.
const comings = []; // { resolve, reject }
function machineThere() {
  if (state.ready) return Promise.resolve();
  return new Promise((resolve, reject) => { comings.push({ resolve, reject }); });
}

// arrive sends a command and gives the state where it led, once the machine is there.
async function arrive(fields) {
  await machineThere();
  state.begun = true; // who drives does not want the page to begin by itself
  command(fields);
  return stateAtRest();
}

// toMomentOf goes to a moment of the scene, and gives the state there.
async function toMomentOf({ n, go }) {
  await machineThere();
  while (story.fetching || story.scene && !story.there) await new Promise((on) => setTimeout(on, 50)); // it is being opened
  if (!story.there) throw new Error("no scene is open");
  const { moment } = stateFrom(await ask({ kind: "state" })), to = (n || moment + (go === "next" ? 1 : -1)) - 1;
  if (!story.scene.moments[to]) throw new Error(`the scene has moments 1 to ${story.scene.moments.length}`);
  goMoment(to);
  return arrive({ kind: "seek", n: story.scene.moments[to].now }); // there already, unless a movement was under way
}

const stateAtRest = async () => stateFrom(await ask({ kind: "state", rest: true }));

// stateFrom is an answer of the machine's in the words of the API.
function stateFrom({ now, retired, running, stop, chapter, story: text, mode, ring, halted, registers, current, tasks, timeline }) {
  return { running, stop, instruction: retired, now, past: timeline.past, chapter, story: text, mode, ring, halted, registers,
    task: tasks.find((t) => t.pid === current) || null, tasks, scene: story.there ? story.scene.id : "", moment: momentAt(timeline) + 1,
    timeline: { first: timeline.first, end: timeline.end, endInstruction: timeline.endRetired, branch: timeline.branch, branches: timeline.branches.map((b) => b.name) } };
}

// machineCame: there is a machine, the first one or another; machineFailed: there is none, or not the one that was to come.
function machineCame() {
  for (const { resolve } of comings.splice(0)) resolve();
  toldGuests.stop = toldGuests.end = "";
  listenForGuests();
  tellGuests("progress", { name: "fetching", done: 0, of: 0 });
  for (const guest of guests.values()) clearTimeout(guest.greeting);
  tellGuests("ready", introduction());
  if (loading && !loading.replay) loaded();
}

function machineFailed(text) {
  for (const { reject } of comings.splice(0)) reject(new Error(text));
  if (loading) loaded(text);
  tellGuests("error", { text });
}

// tellVerdict tells what came of a link, once the machine that played it is there or given up.
function tellVerdict({ verdict, text = "" }) {
  const played = ["verified", "differs", "unknown", "cancelled"].includes(verdict);
  tellGuests("verdict", { verdict, text });
  if (loading && loading.replay) loaded(played ? "" : text);
}

// tellTwin is called with each picture of the machine as text.
const toldGuests = { stop: "", end: "", state: 0, job: "", asking: false };
function tellTwin(twin) {
  if (!guests.size) return;
  if (!toldGuests.state && wantedBy("state")) toldGuests.state = setTimeout(() => { toldGuests.state = 0; tellGuests("state", briefState(state.twin)); }, 100);
  tellHappened(twin.told);
  tellJob(twin.job);
  if (twin.running && twin.stop !== "waiting for input") toldGuests.stop = "";
  else if (!toldGuests.asking && place(twin.timeline, twin.stop) !== toldGuests.stop && wantedBy("moment")) tellMoment();
  const end = twin.ended || twin.stop === "end" ? twin.stop : "";
  if (end && end !== toldGuests.end) tellGuests("end", { why: end });
  toldGuests.end = end;
}

const place = (timeline, stop) => `${timeline.now} ${timeline.retired} ${timeline.branch} ${stop}`;

// tellMoment tells where the machine has come to rest, which may be later than the picture that made us ask.
async function tellMoment() {
  toldGuests.asking = true;
  try {
    const answer = await ask({ kind: "state", rest: true });
    const at = place(answer.timeline, answer.stop);
    if (at !== toldGuests.stop) tellGuests("moment", stateFrom(answer));
    toldGuests.stop = at;
  } catch { /* the machine is gone, which is told otherwise */ }
  toldGuests.asking = false;
}

function briefState({ running, stop, chapter, story: text, timeline }) {
  return { running, stop, instruction: timeline.retired, now: timeline.now, past: timeline.past, chapter, story: text };
}

function tellHappened(text) {
  if (!text) return;
  for (const happened of JSON.parse(text)) {
    for (const guest of guests.values()) if (guest.events.has("event") && guest.kinds.has(happened.kind)) sendGuest(guest, { event: "event", data: happened });
  }
}

// tellFetching tells how many bytes have come of what the page begins with.
let fetchingTold = 0;
function tellFetching(done, of) {
  const now = performance.now();
  if (now - fetchingTold < 100) return;
  fetchingTold = now;
  tellGuests("progress", { name: "fetching", done: Math.min(done, of), of });
}

// tellJob tells how far a long work of the machine's is, and once that it is over.
function tellJob(job) {
  const name = job && job.of ? job.name : "";
  if (name) tellGuests("progress", { name, done: job.done, of: job.of });
  else if (toldGuests.job) tellGuests("progress", { name: toldGuests.job, done: 0, of: 0 });
  toldGuests.job = name;
}

// loading is the load that is not answered yet: { replay, resolve, reject }.
let loading = null;
function loaded(problem = "") {
  if (problem) loading.reject(new Error(problem));
  else loading.resolve();
  loading = null;
}

// loadMachine switches on another machine: the fragment says which, so that a reload finds it again.
async function loadMachine({ link, file, ...options }) {
  if ((link !== undefined) + (file !== undefined) + (Object.keys(options).length > 0) > 1) throw new Error("load takes a link, or a file, or options");
  if (options.disk && !files[diskFile(options.disk)]) throw new Error("this page has no such disk");
  if (loading) loaded("another machine was asked for meanwhile");
  const there = new Promise((resolve, reject) => { loading = { replay: false, resolve, reject }; });
  if (file !== undefined) {
    loading.replay = true;
    openLink({ file: new Uint8Array(file), name: "" });
  } else {
    const fields = link === undefined ? Object.entries(options) : linkParams(link), named = new Map(fields).get("scene");
    if (named && !sceneById(named)) { loading = null; throw new Error("this page has no such scene"); }
    nameMachine(fields);
    const scene = asked().has("r") ? "" : asked().get("scene") || "";
    loading.replay = asked().has("r") || Boolean(sceneById(scene)) && scene !== "machine";
    if (asked().has("r")) openLink({ link: `#r=${asked().get("r")}` });
    else if (!openAsked()) startWorker(null);
  }
  await there;
  return stateAtRest();
}

// nameMachine writes into the fragment what makes a machine, in place of what made the one before.
function nameMachine(fields) {
  const params = new URLSearchParams(location.hash.slice(1));
  for (const name of ["r", "scene", "at", "moment", "boot", "mem", "disk", "run"]) params.delete(name);
  if (fields.some(([name]) => name === "view" || name === "stage" || name === "scene")) for (const name of ["view", "stage"]) params.delete(name);
  for (const [name, value] of fields) params.set(name, value);
  history.replaceState(null, "", `#${params}`);
  if (asked().has("stage")) setStage(asked().get("stage"));
}

// linkParams are a link's: of a whole address, of its fragment, or what stands behind r= in it. It changes neither how
// the page is embedded nor who may drive it.
function linkParams(link) {
  const fragment = link.slice(link.indexOf("#") + 1);
  if (!fragment.includes("=")) return [["r", fragment]];
  const own = ["r", "scene", "moment", "at", "boot", "mem", "disk", "run", "date", "stage", "view", "speed"];
  return [...new URLSearchParams(fragment)].filter(([name]) => own.includes(name));
}
