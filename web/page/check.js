// What is asked from outside, checked against the table of methods (scripts/api): names, types, ranges, sizes.

const api = JSON.parse($("api").textContent);
api.lists.stages = stages.map((s) => s.id);

const isPlain = (v) => v !== null && typeof v === "object" && Object.prototype.toString.call(v) === "[object Object]";
const within = (n, p) => n >= p.min && n <= p.max;

// Each says what it wants instead of a value that it does not take.
const takes = {
  whole: (v, p) => Number.isSafeInteger(v) && within(v, p) ? "" : `a whole number from ${p.min} to ${p.max}`,
  number: (v, p) => Number.isFinite(v) && within(v, p) ? "" : `a number from ${p.min} to ${p.max}`,
  text: (v, p) => typeof v === "string" && within(v.length, p) ? "" : `a string of ${p.min} to ${p.max} characters`,
  choice: (v, p) => api.lists[p.of].includes(v) ? "" : `one of ${api.lists[p.of].join(", ")}`,
  choices: (v, p) => Array.isArray(v) && within(v.length, p) && v.every((word) => api.lists[p.of].includes(word)) ? "" : `an array of ${api.lists[p.of].join(", ")}`,
  bytes: (v, p) => (v instanceof ArrayBuffer || v instanceof Uint8Array) && within(v.byteLength, p) ? "" : `an ArrayBuffer or Uint8Array of ${p.min} to ${p.max} bytes`,
};

// wrongWith returns what is wrong with a method's parameters, or "".
function wrongWith(method, params) {
  if (!isPlain(params)) return "params is not a plain object";
  const given = Object.keys(params);
  const unknown = given.find((name) => !method.params.some((p) => p.name === name));
  if (unknown !== undefined) return `${method.name} has no parameter “${unknown.slice(0, 40)}”`;
  if (method.oneOf && given.length !== 1) return `${method.name} takes one of ${method.params.map((p) => p.name).join(", ")}`;
  for (const p of method.params) {
    if (!Object.hasOwn(params, p.name)) {
      if (p.need) return `${method.name} needs ${p.name}`;
      continue;
    }
    const wanted = takes[p.kind](params[p.name], p);
    if (wanted) return `${p.name} is not ${wanted}`;
  }
  return "";
}
