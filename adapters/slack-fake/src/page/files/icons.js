// Drawings, in one stroke width.

const PATHS = {
  hash: ["M9 4 7 20", "M17 4l-2 16", "M4 9h17", "M3 15h17"],
  lock: ["M6 11h12v9H6z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"],
  reply: ["M4 5h16v11H10l-4 4v-4H4z"],
  smile: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M8.5 14.5c2 2.3 5 2.3 7 0", "M9 9.6v.1", "M15 9.6v.1"],
  pen: ["M4 20l1-4L16 5l3 3L8 19z"],
  bin: ["M5 7h14", "M9 7V4.5h6V7", "M7 7l1 13h8l1-13"],
  cross: ["M6 6l12 12", "M18 6 6 18"],
  send: ["M4 20l17-8L4 4l2.6 8z", "M6.6 12H21"],
  home: ["M4 11l8-7 8 7v9h-5.5v-6h-5v6H4z"],
  people: ["M9 11a3.4 3.4 0 1 0 0-6.8A3.4 3.4 0 0 0 9 11z", "M3 20c0-4 2.5-6 6-6s6 2 6 6", "M16 4.6a3.4 3.4 0 0 1 0 6.2", "M18 14.4c2 .8 3 2.6 3 5.6"],
  sun: ["M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M12 2v2", "M12 20v2", "M2 12h2", "M20 12h2", "M5 5l1.4 1.4", "M17.6 17.6 19 19", "M5 19l1.4-1.4", "M17.6 6.4 19 5"],
  moon: ["M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z"],
  file: ["M6 3h8l4 4v14H6z", "M14 3v4h4"],
  down: ["M6 9l6 6 6-6"],
  eye: ["M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z", "M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z"],
  dots: ["M5 12h.1", "M12 12h.1", "M19 12h.1"],
  link: ["M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1.5 1.5", "M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1.5-1.5"],
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const d of PATHS[name]) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
