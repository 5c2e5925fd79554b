// Drawings, in one stroke width.

const PATHS = {
  hash: ["M9 4 7 20", "M17 4l-2 16", "M4 9h17", "M3 15h17"],
  thread: ["M5 4v9a3 3 0 0 0 3 3h11", "M15 12l4 4-4 4"],
  lock: ["M6 11h12v9H6z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"],
  reply: ["M9 6 4 11l5 5", "M4 11h9c4 0 7 2 7 7"],
  smile: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M8.5 14.5c2 2.3 5 2.3 7 0", "M9 9.6v.1", "M15 9.6v.1"],
  pen: ["M4 20l1-4L16 5l3 3L8 19z"],
  bin: ["M5 7h14", "M9 7V4.5h6V7", "M7 7l1 13h8l1-13"],
  cross: ["M6 6l12 12", "M18 6 6 18"],
  people: ["M9 11a3.4 3.4 0 1 0 0-6.8A3.4 3.4 0 0 0 9 11z", "M3 20c0-4 2.5-6 6-6s6 2 6 6", "M16 4.6a3.4 3.4 0 0 1 0 6.2", "M18 14.4c2 .8 3 2.6 3 5.6"],
  eye: ["M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z", "M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z"],
  file: ["M6 3h8l4 4v14H6z", "M14 3v4h4"],
  down: ["M6 9l6 6 6-6"],
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
