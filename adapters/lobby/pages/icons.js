// The line icons of the pages, and drawn forms of the three emoji that decide things.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  chat: "M4 5.5h16v11H10l-4.5 3.5v-3.5H4z",
  approvals: "M12 3l7.5 3v5.5c0 4.7-3.2 7.8-7.5 9.5-4.3-1.7-7.5-4.8-7.5-9.5V6zM8.7 11.8l2.4 2.4 4.4-4.6",
  tasks: "M4 4.5h4.5v15H4zM9.75 4.5h4.5v9h-4.5zM15.5 4.5H20v12h-4.5z",
  org: "M9.5 3.5h5v4h-5zM3.5 16.5h5v4h-5zM15.5 16.5h5v4h-5zM12 7.5v4.5M6 16.5V12h12v4.5",
  decisions: "M12 3.5v17M7 20.5h10M5 7h14M5 7l-2.5 6.5a2.7 2.7 0 0 0 5 0zM19 7l-2.5 6.5a2.7 2.7 0 0 0 5 0z",
  escalations: "M12 20V5M6 11l6-6 6 6M4 20h16",
  dead: "M4 6.5h16v11.5H4zM4 7l8 6 8-6M9 21l6-6M15 21l-6-6",
  costs: "M12 3.5a8.5 8.5 0 1 0 8.5 8.5H12zM15 3.9A8.5 8.5 0 0 1 20.1 9H15z",
  health: "M3.5 12.5h4l2.5-6 4 11 2.5-5h4",
  hash: "M9.5 4L7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16",
  menu: "M4 7h16M4 12h16M4 17h10",
  close: "M6 6l12 12M18 6L6 18",
  back: "M14.5 5.5L8 12l6.5 6.5",
  forward: "M9.5 5.5L16 12l-6.5 6.5",
  down: "M6 9.5l6 6 6-6",
  send: "M5 12h13M12.5 5.5L19 12l-6.5 6.5",
  smile: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM8.5 14.5c1.8 2.3 5.2 2.3 7 0M9 9.5v.5M15 9.5v.5",
  reply: "M9.5 6L4 11.5 9.5 17M4.5 11.5H14c3.5 0 6 2.5 6 7",
  edit: "M4.5 19.5l1-4.5L16 4.5l3.5 3.5L9 18.5z",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  auto: "M12 3.5a8.5 8.5 0 1 0 0 17zM12 3.5a8.5 8.5 0 0 1 0 17",
  help: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM9.5 9.5c.3-3 5-2.8 5 .2 0 2-2.5 2-2.5 4M12 16.8v.2",
  search: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5",
  warn: "M12 4l9 16H3zM12 10v4.5M12 17.3v.2",
  info: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5M12 8v.2",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
  check: "M5 12.5l4.5 4.5L19 7.5",
  people:
    "M9 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 19.5c.5-4 3-6 6.5-6s6 2 6.5 6M15.5 5a3.3 3.3 0 0 1 0 6.3M18 14.2c2 .8 3.2 2.6 3.5 5.3",
  retry: "M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4.5V9H15",
  mask: "M4 5.5c5 2 11 2 16 0v7c0 4.5-3.5 7.5-8 7.5s-8-3-8-7.5zM8 11c1-.8 2-.8 3 0M13 11c1-.8 2-.8 3 0M9.5 15c1.5 1.3 3.5 1.3 5 0",
  megaphone: "M4 10v4h3l9 4.5v-13L7 10zM19 9.5c1.3 1.5 1.3 3.5 0 5",
  published: "M6 4h9l3.5 3.5V20H6zM9 11.5h6M9 15h6",
};

export function icon(name, label) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  describe(svg, label);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.info);
  svg.append(path);
  return svg;
}

function describe(svg, label) {
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
}

function shape(svg, tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  svg.append(node);
}

/** Three bars, the layer's own one lit: executive on top. */
export function layerMark(layer) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 18 18");
  svg.setAttribute("class", "layer-mark");
  describe(svg);
  ["executive", "management", "specialists"].forEach((name, row) => {
    const width = 6 + row * 4;
    shape(svg, "rect", {
      x: 9 - width / 2,
      y: 2.5 + row * 5,
      width,
      height: 3,
      rx: 1.5,
      class: name === layer ? `lit ${name}` : "",
    });
  });
  return svg;
}

const DRAWN = {
  "✅": { fill: "#2f9e6e", path: "M6.5 12.5l3.8 3.8 7.2-8" },
  "❌": { fill: "#cf4b3c", path: "M8 8l8 8M16 8l-8 8" },
  "🔁": {
    fill: "#3f7fb5",
    path: "M7 10.5a5.3 5.3 0 0 1 9.3-1.5L17.5 10.5M17.5 7v3.5H14M17 13.5a5.3 5.3 0 0 1-9.3 1.5L6.5 13.5M6.5 17v-3.5H10",
  },
};

/** An emoji as it should be shown: the deciding three are drawn, so that they look alike everywhere. */
export function glyph(emoji) {
  const drawn = DRAWN[emoji];
  if (!drawn) {
    const text = document.createElement("span");
    text.className = "emoji";
    text.setAttribute("aria-hidden", "true");
    text.textContent = /\p{Emoji_Presentation}/u.test(emoji) ? emoji : `${emoji}\uFE0F`;
    return text;
  }
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "glyph");
  describe(svg);
  shape(svg, "rect", { x: 2, y: 2, width: 20, height: 20, rx: 6.5, fill: drawn.fill });
  shape(svg, "path", {
    d: drawn.path,
    fill: "none",
    stroke: "#fff",
    "stroke-width": 2.2,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  });
  return svg;
}
