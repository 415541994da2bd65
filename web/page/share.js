// The share dialog: the link of this moment, the line that embeds it, the files that hold it. While it is open the machine stands.

const sharing = { fragment: "", played: false, trial: null, timer: 0, shown: "" };
const tryAtOnce = 300e6; // instructions up to which a link is tried out unasked

const shareTabs = enclosed.size ? ["link", "file"] : ["link", "embed", "file"];

async function openShare() {
  sharing.played = state.running;
  if (sharing.played) command({ kind: "pause" });
  $("share").showModal();
  showTab("link");
  try {
    sharing.fragment = (await ask({ kind: "link", view: {} })).fragment;
  } catch (error) {
    sharing.fragment = "";
    shareSays(`This moment has no link: ${error.message}. A file may hold it.`);
  }
  showLink();
  tryLink();
}

function closeShare() {
  stopTrying();
  clearTimeout(sharing.timer);
  $("embed-preview").replaceChildren();
  sharing.shown = "";
  shareSays("");
  if (sharing.played) command({ kind: "play" });
  ($("share-open").checkVisibility() ? $("share-open") : $("menu")).focus(); // on a phone the button is behind the menu
}

const shareSays = (text) => setText("share-said", text);

function showTab(name) {
  for (const tab of shareTabs) {
    $(`share-tab-${tab}`).setAttribute("aria-selected", String(tab === name));
    $(`share-tab-${tab}`).tabIndex = tab === name ? 0 : -1;
    $(`share-${tab}`).hidden = tab !== name;
  }
  shareSays("");
  if (name === "embed") showEmbed();
}

// The arrow keys go from tab to tab, as the pattern for tabs has it.
function tabKey(event) {
  const at = shareTabs.findIndex((tab) => event.target.id === `share-tab-${tab}`);
  const to = { ArrowRight: at + 1, ArrowLeft: at + shareTabs.length - 1, Home: 0, End: shareTabs.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  const name = shareTabs[to % shareTabs.length];
  showTab(name);
  $(`share-tab-${name}`).focus();
}

// leadsTo are the parameters that lead to a moment, to the start, to a scene, or to the moment of the scene that is open.
function leadsTo(what) {
  if (sceneById(what)) return new URLSearchParams({ scene: what });
  if (what === "scene" && story.scene) return new URLSearchParams(story.at > 0 ? { scene: story.scene.id, moment: story.at + 1 } : { scene: story.scene.id });
  if (what === "moment" && sharing.fragment) {
    const params = new URLSearchParams(sharing.fragment.slice(1));
    params.set("stage", state.stage);
    return params;
  }
  const params = new URLSearchParams();
  const now = asked();
  for (const name of ["boot", "disk", "mem", "run", "date"]) if (now.get(name)) params.set(name, now.get(name));
  params.set("stage", state.stage);
  return params;
}

const homeAddress = () => { const home = new URL(document.baseURI); home.hash = home.search = ""; return home; };

function showLink() {
  const to = document.querySelector('input[name="share-to"]:checked').value, toMoment = to === "moment";
  const params = leadsTo(to);
  if (!$("share-stage").checked) params.delete("stage");
  if ($("share-speed").checked) params.set("speed", $("speed").value >= 100 ? "0" : String(Math.round(10 ** ($("speed").value / 100 * 7.2))));
  if ($("share-theme").checked) params.set("theme", document.documentElement.dataset.theme);
  const address = `${homeAddress().href}#${fragmentOf(params)}`;
  $("share-address").value = address;
  setText("share-length", `${address.length.toLocaleString("en")} characters`);
  $("share-checked").hidden = !toMoment;
}

// tryLink opens the link on a second machine and compares what it comes to.
function tryLink() {
  stopTrying();
  const result = (text, kind) => { $("share-checked").dataset.verdict = kind; setText("share-checked", text); };
  result("", "");
  if (!sharing.fragment) return;
  const count = Number($("count").textContent.replace(/\D/g, ""));
  if (count > tryAtOnce) return result(`a long way: ${count.toLocaleString("en")} instructions are replayed`, "long");
  result("being tried on a second machine …", "");
  const worker = sharing.trial = newWorker(files.worker.url);
  worker.onmessage = ({ data }) => {
    if (data.kind !== "verdict" && data.kind !== "error") return;
    stopTrying();
    if (data.verdict === "verified") result(`verified: a second machine came to the same state, ${data.got ? data.got.hash : ""}`, "verified");
    else result(`not verified: ${data.text}`, "differs");
  };
  worker.onerror = () => { stopTrying(); result("could not be tried here", "differs"); };
  worker.postMessage({ kind: "init", files, options: { ...options(), run: "", replay: sharing.fragment } });
}

function stopTrying() {
  if (sharing.trial) sharing.trial.terminate();
  sharing.trial = null;
}

// embedChoices are what the form says.
function embedChoices() {
  const value = (id) => $(`embed-${id}`).value.trim(), checked = (id) => $(`embed-${id}`).checked;
  const scene = sceneById(value("what"));
  return { what: value("what"), title: scene ? scene.title : "A computer behind glass",
    panels: [...$("embed-panels").querySelectorAll("input:checked")].map((box) => box.value),
    width: value("width"), height: value("height"), speed: value("speed"), theme: value("theme"), narration: value("narration"), start: value("start"), end: value("end"),
    autoplay: checked("autoplay"), controls: checked("controls"), lock: checked("lock"), markers: checked("markers") };
}

function showEmbed() {
  const choices = embedChoices(), params = embedParams(leadsTo(choices.what), choices);
  $("embed-iframe").value = iframeLine(homeAddress(), params, choices);
  $("embed-element").value = elementLine(homeAddress(), params, choices);
  clearTimeout(sharing.timer);
  sharing.timer = setTimeout(() => previewEmbed(embedAddress(homeAddress(), params), choices), sharing.shown ? 700 : 0);
}

// previewEmbed shows the embed itself, made smaller when it does not fit.
function previewEmbed(address, choices) {
  const place = $("embed-preview");
  const width = sizeOf(choices.width), height = Number(wholeNumber(choices.height) || 560);
  const wide = width.endsWith("%") ? Math.max(320, Math.round(800 * Math.min(parseInt(width, 10), 100) / 100)) : Number(width);
  const scale = Math.min(1, place.clientWidth / wide);
  let frame = place.firstElementChild;
  if (address !== sharing.shown || !frame) {
    frame = document.createElement("iframe");
    frame.title = "Preview of the embedded machine";
    frame.setAttribute("sandbox", "allow-scripts");
    frame.src = address;
    place.replaceChildren(frame);
    sharing.shown = address;
  }
  Object.assign(frame.style, { width: `${wide}px`, height: `${height}px`, transform: `scale(${scale})` });
  place.style.height = `${Math.round(height * scale)}px`;
}

async function copyField(button) {
  const field = $(button.dataset.copies);
  try {
    await navigator.clipboard.writeText(field.value);
  } catch { // without the permission, or without https
    field.focus();
    field.select();
    if (!document.execCommand("copy")) { shareSays("Your browser does not let the page copy; the text is selected, copy it by hand."); return; }
  }
  button.dataset.name = button.dataset.name || button.textContent;
  button.textContent = "Copied";
  shareSays("Copied");
  setTimeout(() => { button.textContent = button.dataset.name; shareSays(""); }, 2000);
}

// saveFile hands the reader a file.
function saveFile(name, blob) {
  const a = document.createElement("a");
  a.href = URL.createObjectURL(blob);
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 60000);
}

async function saveVitrine() {
  try {
    const { file } = await ask({ kind: "file" });
    const bytes = Uint8Array.from(atob(file), (c) => c.charCodeAt(0));
    saveFile(`vitrine-${$("count").textContent.replace(/\D/g, "") || "moment"}.vitrine`, new Blob([bytes], { type: "application/octet-stream" }));
    setText("save-vitrine-size", `${bytes.length.toLocaleString("en")} bytes`);
  } catch (error) {
    shareSays(`It could not be saved: ${error.message}`);
  }
}

// shareScene offers the moment of the scene where the machine stands at one.
function shareScene() {
  $("share-to-scene").hidden = !story.scene;
  if (!story.scene && $("share-to-scene").firstElementChild.checked) document.querySelector('input[name="share-to"][value="moment"]').checked = true;
}

// besideDialog tells whether the pointer is outside a dialog, on what lies dimmed behind it.
function besideDialog(dialog, event) {
  const r = dialog.getBoundingClientRect();
  return event.target === dialog && (event.clientX < r.left || event.clientX > r.right || event.clientY < r.top || event.clientY > r.bottom);
}

function wireShare() {
  for (const { id, title } of scenes) {
    const option = document.createElement("option");
    option.value = id;
    option.textContent = title;
    $("embed-scenes").append(option);
  }
  $("share-open").onclick = openShare;
  $("share-close").onclick = () => $("share").close();
  $("share").addEventListener("close", closeShare);
  $("share").addEventListener("pointerdown", (event) => { if (besideDialog($("share"), event)) $("share").close(); });
  for (const tab of shareTabs) $(`share-tab-${tab}`).onclick = () => showTab(tab);
  $("share").querySelector(".share-tabs").addEventListener("keydown", tabKey);
  $("share-link").addEventListener("input", showLink);
  $("share-embed").addEventListener("input", (event) => { if (!event.target.readOnly) showEmbed(); });
  for (const button of $("share").querySelectorAll(".share-copy")) button.onclick = () => copyField(button);
  $("save-vitrine").onclick = saveVitrine;
  $("save-html").onclick = saveOneFile;
  if (enclosed.size) for (const id of ["share-tab-embed", "one-file"]) $(id).hidden = true; // there is no site around this page
}
