// The API: a page that embeds this one, or that has opened it, drives the machine with messages {vitrine, id, method, params}.
// Answers are {vitrine, id, result} or {vitrine, id, error}, events {vitrine, event, data}. They go only to the window and the
// origin that said hello; before that nobody is sent anything. What comes in is data: checked (check.js), never markup.

const guests = new Map(); // by window: { window, origin, events, kinds, budget, at, greeting }
const maxGuests = 4, perSecond = 200, atOnce = 400; // messages
const maxWaiting = 64; // calls that are not answered yet
let waitingCalls = 0;

// The fragment's origin= says who may speak; otherwise it is who embeds the page or has opened it.
function mayDrive(event) {
  if (!event.source || event.source === window || (event.source !== parent && event.source !== opener)) return false;
  const only = asked().get("origin");
  return !only || only.split(",").includes(event.origin);
}

function messageFromOutside(event) {
  const message = event.data;
  if (!isPlain(message) || message.vitrine !== api.version || !mayDrive(event)) return;
  const { id, method: name, params = {} } = message;
  if (!Number.isSafeInteger(id) && !(typeof id === "string" && id.length <= 64)) return;
  let guest = guests.get(event.source);
  if (guest && guest.origin !== event.origin) { guests.delete(event.source); guest = null; }
  if (!guest) {
    if (name !== "hello" || !isPlain(params) || Object.keys(params).length || guests.size >= maxGuests) return;
    guest = { window: event.source, origin: event.origin, events: new Set(), kinds: new Set(), budget: atOnce, at: performance.now(), greeting: 0 };
    guests.set(event.source, guest);
  }
  callMethod(guest, name, params).then((result) => sendGuest(guest, { id, result }), (error) => sendGuest(guest, { id, error: error.message }));
}

async function callMethod(guest, name, params) {
  if (spent(guest)) throw new Error(`more than ${perSecond} messages a second`);
  const method = api.methods.find((m) => m.name === name);
  if (!method) throw new Error("there is no such method");
  const wrong = wrongWith(method, params);
  if (wrong) throw new Error(wrong);
  if (method.changes && isLocked()) throw new Error(`this machine is locked: ${name} is refused`);
  if (waitingCalls >= maxWaiting) throw new Error("too many calls wait for their answer");
  waitingCalls++;
  try {
    return await deeds[name](params, guest);
  } finally {
    waitingCalls--;
  }
}

function spent(guest) {
  const now = performance.now();
  guest.budget = Math.min(guest.budget + (now - guest.at) * perSecond / 1000, atOnce) - 1;
  guest.at = now;
  if (guest.budget >= 0) return false;
  guest.budget = 0;
  return true;
}

const isLocked = () => asked().get("lock") === "1";

// A page from a file or in a sandbox has no origin that could be named.
function sendGuest(guest, message) {
  guest.window.postMessage({ vitrine: api.version, ...message }, /^https?:/.test(guest.origin) ? guest.origin : "*");
}

// tellGuests sends an event to whoever has subscribed to it.
function tellGuests(event, data) {
  for (const guest of guests.values()) if (guest.events.has(event)) sendGuest(guest, { event, data });
}

const wantedBy = (event) => [...guests.values()].some((guest) => guest.events.has(event));

function introduction() {
  return { version: api.version, methods: api.methods.map((m) => m.name), events: api.lists.events, kinds: api.lists.kinds,
    stops: api.lists.stops, stages: api.lists.stages, running: state.ready, locked: isLocked() };
}

// What each method does. What is given has been checked.
const deeds = {
  hello: (_, guest) => { // again and again perhaps, until it is answered
    guest.events = new Set(["ready"]);
    guest.kinds = new Set();
    clearTimeout(guest.greeting);
    if (state.ready) guest.greeting = setTimeout(() => { if (guest.events.has("ready")) sendGuest(guest, { event: "ready", data: introduction() }); });
    return introduction();
  },
  play: () => arrive({ kind: "play" }),
  pause: () => arrive({ kind: "pause" }),
  step: ({ n = 1 }) => arrive({ kind: "step", n }),
  stepEvent: ({ kind = "any" }) => arrive({ kind: "event", text: kind }),
  back: ({ n = 1 }) => arrive({ kind: "back", n }),
  backEvent: ({ kind = "any" }) => arrive({ kind: "backevent", text: kind }),
  seek: ({ instruction, now }) => arrive(now === undefined ? { kind: "seekretired", n: instruction } : { kind: "seek", n: now }),
  toMoment: toMomentOf,
  setSpeed: ({ speed }) => { setSpeed(speed); return nothingMore; },
  setStage: ({ stage }) => { setStage(stage); return nothingMore; },
  setTheme: ({ theme: name }) => { chooseTheme(name); return nothingMore; },
  load: loadMachine,
  type: async ({ text }) => { await machineThere(); type(text); return nothingMore; },
  getState: async () => { await machineThere(); return stateFrom(await ask({ kind: "state" })); },
  getConsole: async () => { await machineThere(); return { text: state.twin ? state.twin.console.slice(-65536) : "" }; },
  getLink: async () => {
    await machineThere();
    const { fragment } = await ask({ kind: "link", view: { stage: state.stage, theme: document.documentElement.dataset.theme } });
    return { fragment, length: fragment.length, url: new URL(fragment, location.href).href };
  },
  subscribe: ({ events = [], kinds = [] }, guest) => {
    for (const event of events) guest.events.add(event);
    for (const kind of kinds) guest.kinds.add(kind);
    if (kinds.length) guest.events.add("event");
    return subscribed(guest);
  },
  unsubscribe: ({ events, kinds }, guest) => {
    const all = !events && !kinds;
    for (const event of all ? api.lists.events : events || []) guest.events.delete(event);
    for (const kind of all ? api.lists.kinds : kinds || []) guest.kinds.delete(kind);
    return subscribed(guest);
  },
};
const nothingMore = { done: true };

function subscribed(guest) {
  listenForGuests();
  return { events: [...guest.events], kinds: [...guest.kinds] };
}

// listenForGuests has the machine tell what any guest has subscribed to. Listening changes nothing in the guest.
function listenForGuests() {
  const kinds = new Set([...guests.values()].flatMap((guest) => [...guest.kinds]));
  const mask = [...kinds].reduce((sum, kind) => sum + 2 ** api.bits[kind], 0); // more than 32 bits
  command({ kind: "tell", mask });
}

addEventListener("message", messageFromOutside);
