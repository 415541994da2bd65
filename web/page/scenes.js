// Scenes: short stories of the article, each one run of the machine and a few moments on it. The page has their list; a scene's
// texts, its link and where its moments lie are fetched when it is opened. Its link leads to the last moment, so that all of
// them lie on the timeline: going from one to another is a seek.

const story = {
  scene: null,    // the one that is open, as its file has it
  at: -1,         // the last moment that has been reached, -1 before the first
  exact: false,   // the machine stands exactly at it
  fetching: "",   // the one that is being fetched
  there: false,   // its run is on the machine
  aim: null,      // where to go when it is: {moment} or {now}
  looks: false,   // the moment has chosen a frame or a process
};

const shownScenes = scenes.filter((s) => s.id !== "machine" && !s.missing);
const sceneById = (id) => scenes.find((s) => s.id === id);
const sceneFile = async (id) => {
  const response = await fetch(whereIs(`s/${id}.json`));
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return response.json();
};

// dressPoster puts a scene's picture in the place of the general one, in the reader's theme.
function dressPoster() {
  const listed = sceneById(asked().get("scene"));
  if (!listed || listed.id === "machine") return;
  const picture = document.createElement("img");
  picture.className = "still";
  picture.alt = `${listed.title}. ${listed.alt}`;
  picture.src = pictureOf(listed.id);
  picture.onload = () => { const drawn = $("poster").querySelector("svg"); if (drawn) drawn.replaceWith(picture); $("poster").setAttribute("aria-label", picture.alt); };
}

const pictureOf = (id, size = "") => whereIs(`s/${id}${size}${document.documentElement.dataset.theme === "dark" ? "-dark" : ""}.png`);

// chooseScene is the reader's choice of a scene, or of "machine", which is none: the address says it, and so the browser's own
// way back leads back.
function chooseScene(id, moment = 1) {
  const params = new URLSearchParams(location.hash.slice(1));
  for (const name of ["r", "at", "boot", "mem", "disk", "run", "date", "view", "stage", "speed", "moment", "scene"]) params.delete(name);
  params.set("scene", id);
  if (moment > 1) params.set("moment", moment);
  const before = location.hash;
  location.hash = fragmentOf(params);
  if (location.hash === before) openAsked();
}

// openAsked opens the scene that the address names, and tells whether it names one.
function openAsked() {
  const id = asked().get("scene");
  if (asked().has("r") || !id) return false;
  const listed = sceneById(id);
  if (id === "machine") { justTheMachine(); return true; }
  if (!listed || listed.missing) { unknownScene(id, listed); return false; }
  openScene(listed, { moment: Math.max(0, Number(asked().get("moment") || 1) - 1) });
  return true;
}

function unknownScene(id, listed) {
  const why = listed ? `The scene “${listed.title}” cannot be shown: ${listed.missing}` : `There is no scene “${id.slice(0, 40)}” here.`;
  note(`${why} This is the machine by itself.`, { actions: [["All scenes", openList]] });
}

// openScene fetches a scene and has a machine play its run, unless that is on the machine already; then it goes to aim.
async function openScene(listed, aim) {
  story.aim = aim;
  if (story.scene && story.scene.id === listed.id && story.there) { goAim(); return; }
  closeList();
  story.fetching = listed.id;
  showComing(listed);
  let scene;
  try {
    scene = await sceneFile(listed.id);
  } catch (error) {
    if (story.fetching !== listed.id) return;
    story.fetching = "";
    if (loading) loaded(error.message);
    note(`The scene “${listed.title}” could not be fetched: ${error.message}.`, { actions: [["Try again", () => openScene(listed, aim)], ["All scenes", openList]] });
    showLesson();
    if (!state.worker) startWorker(null);
    return;
  }
  if (story.fetching !== listed.id) return; // another one was chosen meanwhile
  story.fetching = "";
  Object.assign(story, { scene, at: -1, exact: false, there: false });
  forgetPrediction();
  setStage(asked().get("stage") || stageAt(0));
  showLesson();
  openLink({ link: `#r=${new URLSearchParams(scene.link.replace(/^#/, "")).get("r")}`, scene: listed.id, name: listed.title });
}

// sceneCame is told when the machine has played a scene's run.
function sceneCame(id) {
  if (!story.scene || story.scene.id !== id) return;
  story.there = true;
  slow();
  goAim();
}

function goAim() {
  const { moment = 0, now } = story.aim;
  if (now === undefined) goMoment(Math.min(moment, story.scene.moments.length - 1), true);
  else travels({ kind: "seek", n: now });
  if (embed && embed.autoplay === "1") command({ kind: "play" });
}

const stageAt = (n) => story.scene.moments[n].stage || story.scene.stage;

// goMoment goes to a moment of the scene. opened: because the address says so, whose stage then counts.
function goMoment(n, opened) {
  if (!story.there || n < 0 || n >= story.scene.moments.length) return;
  forgetPrediction();
  if (story.exact && story.at === n) showMoment(); // it is there already: its question is asked anew
  if (state.timeline && state.timeline.branch !== 0) command({ kind: "branch", n: 0 }); // the futures of the reader's have other moments
  travels({ kind: "seek", n: story.scene.moments[n].now });
  lookAt(story.scene.moments[n].look || []);
  setStage(opened && asked().get("stage") || stageAt(n));
  const params = new URLSearchParams(location.hash.slice(1));
  if (params.get("scene") !== story.scene.id || $("asked")) return;
  params.delete("moment");
  if (n > 0) params.set("moment", n + 1);
  if (!opened) params.delete("stage");
  history.replaceState(null, "", `#${fragmentOf(params)}`);
}

// lookAt chooses the frame and the process that a moment is about; what the moment before chose is let go.
function lookAt(look) {
  if (!look.length && !story.looks) return;
  command({ kind: "frame", text: "follow" });
  command({ kind: "space", n: 0 });
  for (const what of look) command(what);
  story.looks = look.length > 0;
}

// onMoments is told of every picture's timeline: which moment of the scene it is.
function onMoments(t) {
  if (!story.there) return;
  const before = story.at, exact = story.exact;
  story.at = momentAt(t);
  story.exact = story.at >= 0 && story.scene.moments[story.at].now === t.now;
  if (story.at !== before || story.exact !== exact) showMoment();
}

// momentAt is the last moment of the scene that a timeline has reached, -1 before the first or without a scene.
function momentAt(t) {
  if (!story.there) return -1;
  let limit = Infinity; // of a future that the reader has begun only what lies before it is the scene's
  for (let b = t.branch; b > 0; b = t.branches[b].parent) limit = Math.min(limit, t.branches[b].from);
  return story.scene.moments.findLastIndex((m) => m.now <= t.now && m.now <= limit);
}

// justTheMachine is no scene: a prompt and every part, nothing told.
function justTheMachine() {
  closeList();
  leaveScene();
  keep("intro", "seen");
  setStage(asked().get("stage") || "machine");
  showLesson();
  if (!state.worker || state.worker.how.replay) { hush(); startWorker(null); }
}

// leaveScene closes what is told of the scene; its run stays on the machine.
function leaveScene() {
  Object.assign(story, { scene: null, at: -1, exact: false, there: false, fetching: "" });
  forgetPrediction();
  slow();
}

// rejoinScene shows a scene again whose moments lie on the timeline, beside those that the reader has added.
async function rejoinScene(id) {
  const scene = sceneById(id) && await sceneFile(id).catch(() => null);
  if (!scene) return;
  Object.assign(story, { scene, at: -1, exact: false, there: true });
  showLesson();
  slow();
}

// neighbour is the scene before or after one in the order of the list.
function neighbour(id, by) {
  return shownScenes[shownScenes.findIndex((s) => s.id === id) + by] || null;
}
