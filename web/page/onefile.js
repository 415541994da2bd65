// A moment as one HTML file that needs no network: the page as one file (scripts/dist/single.go), the programs, the disk as far as
// it is needed, and the link, each as a block of data. What the browser has already is not fetched again.

const blocksHere = "<!-- the moment -->\n";
let heldCame = () => {};

// chunksRead are the chunks of the disk that the machine has read.
function chunksRead() {
  return new Promise((resolve) => {
    heldCame = resolve;
    state.worker.postMessage({ kind: "held" });
  });
}

const siteName = (url) => url.slice(homeAddress().href.replace(/[^/]*$/, "").length);

async function fetched(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
}

const unpacked = async (url) => new Response((await fetched(url)).body.pipeThrough(new DecompressionStream("gzip"))).text();

function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

// needed are the addresses of what goes into the file: BusyBox's disk is small and goes in as a whole.
async function needed() {
  const index = JSON.parse(await unpacked(files.disk.url));
  const list = [files.machine.url, files.page.url, files.programs.url, files.disk.url, ...index.sums.filter(Boolean).map((sum) => new URL(`chunks/${sum}.gz`, files.disk.url).href)];
  const now = await chunksRead();
  if (now && now.index !== files.disk.url) list.push(now.index, ...now.chunks.map((name) => new URL(name, now.index).href));
  const scene = asked().get("scene");
  if (sceneById(scene)) for (const end of [".json", ".png", "-dark.png"]) list.push(new URL(`s/${scene}${end}`, document.baseURI).href);
  return [...new Set(list)];
}

// oneFile puts the file together; progress is told how much of it is there, from 0 to 1.
async function oneFile(params, progress) {
  const [before, after] = (await unpacked(files.single.url)).split(blocksHere);
  const parts = [before, `<script type="text/plain" id="asked">${fragmentOf(params).replace(/</g, "%3C")}</script>\n`];
  const list = await needed();
  for (const [n, url] of list.entries()) {
    const text = await base64(await (await fetched(url)).blob());
    parts.push(`<script type="application/octet-stream;base64" data-file="${attribute(siteName(url))}">`, text, "</script>\n");
    progress((n + 1) / list.length);
  }
  parts.push(after);
  return new Blob(parts, { type: "text/html" });
}

async function saveOneFile() {
  const bar = $("save-html-progress");
  if (!sharing.fragment) { shareSays("This moment is too large for a link, and so for one HTML file."); return; }
  bar.hidden = false;
  $("save-html").disabled = true;
  try {
    const params = leadsTo("moment");
    if (asked().get("scene")) params.set("scene", asked().get("scene"));
    const file = await oneFile(params, (part) => { bar.value = part; });
    saveFile("vitrine.html", file);
    setText("save-html-size", `${(file.size / 1e6).toFixed(1)} MB`);
  } catch (error) {
    shareSays(`It could not be saved: ${error.message}`);
  }
  bar.hidden = true;
  $("save-html").disabled = false;
}
