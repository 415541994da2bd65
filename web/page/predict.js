// Predict, then reveal: at one moment of some scenes the page asks what the machine will do next. The choices and the answer are
// computed from the machine as it stands; whatever is chosen, the machine then plays it.

const prediction = { of: "", question: null, chosen: "" }; // of: scene and moment that it belongs to

function forgetPrediction() {
  Object.assign(prediction, { of: "", question: null, chosen: "" });
  $("predict").hidden = true;
}

// askToPredict shows the question while that moment is the last one.
async function askToPredict() {
  const { scene, at, exact } = story, about = scene.ask;
  const here = about && at === about.moment && lessonWanted() ? `${scene.id} ${at}` : "";
  if (prediction.chosen) return; // what came of it stays until the reader goes on
  if (!here) { if (prediction.of) forgetPrediction(); return; }
  if (prediction.of === here || !exact) return;
  Object.assign(prediction, { of: here, question: null, chosen: "" });
  let question;
  try {
    question = await ask({ kind: "predict", what: about.kind, rest: true });
  } catch { // the machine has moved on
    if (prediction.of === here) prediction.of = "";
    return;
  }
  if (prediction.of !== here) return;
  prediction.question = question;
  setText("predict-text", question.text || about.text);
  setText("predict-said", "");
  $("predict-choices").replaceChildren(...question.choices.map(({ id, text }) => {
    const b = button(text, () => predicted(id));
    b.dataset.choice = id;
    return b;
  }));
  $("predict").hidden = false;
  $("lesson-now").scrollTop = 0;
}

// predicted: the reader has chosen. The machine shows what happens.
function predicted(id) {
  const { question } = prediction;
  if (!question || prediction.chosen) return;
  prediction.chosen = id;
  if ($("predict-choices").contains(document.activeElement)) $("step-after").focus({ preventScroll: true }); // the keyboard would be lost with the buttons
  const right = id === question.answer, truth = question.choices.find((c) => c.id === question.answer);
  for (const b of $("predict-choices").children) {
    b.disabled = true;
    if (b.dataset.choice === question.answer) b.dataset.is = "answer";
    else if (b.dataset.choice === id) b.dataset.is = "other";
  }
  setText("predict-said", right ? `Yes: ${truth.text}. Watch it happen.` : `Not this time: it is ${truth.text}. Watch why.`);
  $("predict-said").dataset.right = String(right);
  playsTo(question.reveal);
  $("predict-said").scrollIntoView({ block: "nearest" });
}

// The way to where the answer is seen is gone in so many steps, each shown so long (ms).
const playSteps = 12, playPause = 140;

// playsTo goes to a moment ahead so that it can be followed. A reader who wants no motion is there at once, and one who does
// something else on the way is left alone.
async function playsTo(to) {
  const from = state.timeline.now, about = prediction.of;
  if (to.kind !== "seek" || to.n <= from || matchMedia("(prefers-reduced-motion: reduce)").matches) { travels(to); return; }
  for (let i = 1; i <= playSteps; i++) {
    const count = travel.count + 1;
    travels({ kind: "seek", n: Math.round(from + (to.n - from) * i / playSteps) });
    do await new Promise((done) => setTimeout(done, playPause)); while (travel.busy && travel.count === count);
    if (travel.count !== count || prediction.of !== about || state.running) return;
  }
}
