// The lines that embed a machine in another page: what the choices of the share dialog stand for, written so that nothing in
// them can end an attribute or begin an element.

const inAttribute = { "&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;" };
const attribute = (text) => String(text).replace(/[&"<>]/g, (c) => inAttribute[c]);

// A fragment stays readable: commas and colons mean nothing in it.
const inFragment = (text) => encodeURIComponent(text).replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/'/g, "%27");

const fragmentOf = (params) => [...params].map(([name, value]) => `${inFragment(name)}=${inFragment(value)}`).join("&");

// embedParams are the parameters of an embed, [name, value]: where it leads, then what differs from how an embed is anyway.
function embedParams(leads, c) {
  const params = [...leads].filter(([name]) => !["embed", "speed", "theme", "start", "end"].includes(name));
  const add = (name, value, usual) => { if (value !== "" && value !== usual) params.push([name, String(value)]); };
  add("panels", c.panels.join(","), null);
  add("speed", c.speed, "");
  add("theme", c.theme, "auto");
  add("narration", c.narration, "");
  add("autoplay", c.autoplay ? "1" : "0", null);
  add("controls", c.controls ? "" : "0", "");
  add("lock", c.lock ? "1" : "", "");
  add("markers", c.markers ? "1" : "", "");
  add("start", wholeNumber(c.start), "");
  add("end", wholeNumber(c.end), "");
  return params;
}

const wholeNumber = (text) => /^\d{1,15}$/.test(text) ? String(Number(text)) : "";

// sizeOf reads a width: pixels, or a percentage; anything else is the whole width.
const sizeOf = (text) => /^\d{2,4}$/.test(text) || /^\d{1,3}%$/.test(text) ? text : "100%";

const embedAddress = (base, params) => `${new URL("index.html", base).href}#embed=1&${fragmentOf(params)}`;

function iframeLine(base, params, c) {
  return `<iframe src="${attribute(embedAddress(base, params))}" title="${attribute(c.title)}" width="${sizeOf(c.width)}" height="${wholeNumber(c.height) || 560}" ` +
    `loading="lazy" sandbox="allow-scripts" allow="fullscreen" style="border:0"></iframe>`;
}

// elementLine is the same for pages that may have scripts. A link's run is its attribute link.
function elementLine(base, params, c) {
  const attributes = [...params.map(([name, value]) => [name === "r" ? "link" : name, name === "r" ? `#r=${value}` : value]),
    ["title", c.title], ["width", sizeOf(c.width)], ["height", wholeNumber(c.height) || 560]];
  return `<script src="${attribute(new URL("embed.js", base).href)}"></script>\n` +
    `<vitrine-machine ${attributes.filter(([name]) => /^[a-z]+$/.test(name)).map(([name, value]) => `${name}="${attribute(value)}"`).join(" ")}></vitrine-machine>`;
}
