// The disk: which one, and what is being fetched of it.

// What is being fetched is told when it takes long enough to be seen.
let diskTimer = 0;
function diskState({ pending, waiting, problem }) {
  clearTimeout(diskTimer);
  const text = waiting ? "the machine waits for its disk …" : pending ? `fetching the disk · ${pending}` : "";
  diskTimer = setTimeout(() => setText("disk-state", text), text && !$("disk-state").textContent ? 150 : 300);
  if (problem && state.diskProblem !== problem) tell("The machine waits for its disk", `${problem}. It is tried again and again; the machine's own time stands still until it comes.`);
  else if (!problem && state.diskProblem) $("message").hidden = true;
  state.diskProblem = problem;
}

// wireDisks lists the disks that this page has, where there is a choice.
function wireDisks() {
  const names = Object.keys(files).filter((key) => files[key].title);
  for (const key of names.sort()) $("disk").append(new Option(files[key].title, key.slice("disk-".length)));
  $("disk-label").hidden = $("disk-help").hidden = names.length < 2;
  $("disk").onchange = () => {
    const params = asked();
    if ($("disk").value) params.set("disk", $("disk").value);
    else params.delete("disk");
    history.replaceState(null, "", `#${params}`);
    startWorker(null);
    $("typed").focus({ preventScroll: true });
  };
}
