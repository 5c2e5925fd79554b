// The reporting lines of the org chart, drawn between the boxes as they stand.

const SVG = "http://www.w3.org/2000/svg";
/** Half of the gap between rows, where lines run sideways, in pixels. */
const HALF_GAP = 18;
/** How far left of a column of boxes its line runs, in pixels. */
const ASIDE = 9;
const CORNER = 7;

/** Draws all lines into `chart`; call again when its size changed. */
export function drawLines(chart, personas) {
  chart.querySelector(".org-lines")?.remove();
  const frame = chart.getBoundingClientRect();
  if (!frame.width) return;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "org-lines");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
  const place = (handle) => {
    const node = chart.querySelector(`[data-handle="${CSS.escape(handle)}"]`);
    if (!node) return null;
    const { left, right, top, bottom } = node.getBoundingClientRect();
    return {
      left: left - frame.left,
      right: right - frame.left,
      top: top - frame.top,
      bottom: bottom - frame.top,
      stacked: node.closest(".org-stack") !== null,
    };
  };
  for (const one of personas) {
    const to = place(one.handle);
    const managers = (one.reports_to ?? []).filter((handle) => place(handle));
    (managers.length ? managers : ["people"]).forEach((handle, index) => {
      const from = place(handle);
      if (from && to) svg.append(line(points(from, to, index > 0), `${one.state} ${index ? "second" : ""}`));
    });
  }
  chart.prepend(svg);
}

const middle = (box) => (box.left + box.right) / 2;

/** The corners of a line: down from the manager, sideways in the gap, then to the box's top or, in a column, its side. */
function points(from, to, second) {
  const start = [middle(from), from.bottom];
  const turn = from.bottom + HALF_GAP;
  if (!to.stacked) return [start, [start[0], turn], [middle(to), turn], [middle(to), to.top]];
  const aside = second && middle(from) > to.right ? to.right + ASIDE : to.left - ASIDE;
  const edge = aside > to.left ? to.right : to.left;
  const y = (to.top + to.bottom) / 2;
  return [start, [start[0], turn], [aside, turn], [aside, y], [edge, y]];
}

function line(corners, className) {
  const path = document.createElementNS(SVG, "path");
  let d = `M${corners[0].join(" ")}`;
  for (let at = 1; at < corners.length - 1; at += 1) {
    const [before, corner, after] = [corners[at - 1], corners[at], corners[at + 1]];
    d += `L${towards(corner, before).join(" ")}Q${corner.join(" ")} ${towards(corner, after).join(" ")}`;
  }
  path.setAttribute("d", `${d}L${corners.at(-1).join(" ")}`);
  path.setAttribute("class", className);
  return path;
}

/** The point a little before `corner`, coming from `other`: where the rounding begins. */
function towards(corner, other) {
  const [dx, dy] = [other[0] - corner[0], other[1] - corner[1]];
  const length = Math.hypot(dx, dy);
  const part = length ? Math.min(CORNER, length / 2) / length : 0;
  return [corner[0] + dx * part, corner[1] + dy * part];
}
