// One quiet line below the lanes: where the machine is, what it skips, and how far long work has come.

const told = { text: "", until: 0, idle: 0, idled: 0, job: 0, twin: null, at: 0 };

// What was said for a while goes by itself when nothing else happens.
setInterval(() => { if (told.twin && performance.now() - told.at > 900) where(told.twin); }, 1000);

// say tells something once; it stays for some seconds.
function say(text) {
  told.text = text;
  told.until = performance.now() + 8000;
}

// where is told of every picture.
function where(t) {
  const { timeline, job } = t;
  told.twin = t;
  told.at = performance.now();
  const now = told.at, working = job.of > 0;
  if (!working) told.job = 0;
  else if (!told.job) told.job = now;
  const long = working && now - told.job > 250; // what is short is not worth a line
  $("job").hidden = $("cancel").hidden = !long;
  if (long) {
    if (job.of > 1) { $("job").max = job.of; $("job").value = job.done; }
    else $("job").removeAttribute("value"); // nobody knows how far it is
  }
  if (t.idle > told.idle + unitsPerMs && t.running) told.idled = now;
  told.idle = t.idle;
  $("now").hidden = !timeline.past;
  setText("where", long ? `${job.name} …${job.of > 1 ? ` ${Math.floor(100 * job.done / job.of)} %` : ""}` : words(t, now));
}

// microSteps are the parts of an instruction, in their order.
const microSteps = ["fetch", "decode", "translate", "execute", "retire"];

function words(t, now) {
  const { timeline: line } = t, micro = line.micro ? ` · micro-step ${line.micro} of 5: ${microSteps[line.micro - 1]}` : "";
  if (now < told.until && told.text) return told.text;
  if (line.past) {
    const before = line.endRetired - line.retired;
    const far = `${before > 0 ? `${big(before)} instruction${before === 1 ? "" : "s"}` : ms(line.end - line.now)} ${innerWidth < 620 ? "back" : "before the present"}`;
    return `${t.running ? "playing the past" : "in the past"}, ${far}${micro}`;
  }
  const parts = [];
  if (t.held) parts.push($("slow-what").textContent ? `slowed at ${$("slow-what").textContent}` : "slowed to be seen");
  if (now - told.idled < 1500) parts.push("idle time skipped");
  if (micro) parts.push(micro.slice(3));
  return parts.join(" · ") || "the present";
}
