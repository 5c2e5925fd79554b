// The org chart: layers from top to bottom with reporting lines; a plain tree where there is no room for it.
import { el } from "/assets/lobby/dom.js";
import { words } from "/assets/lobby/format.js";
import { layerMark } from "/assets/lobby/icons.js";
import { portrait, PRESENCE } from "/assets/lobby/people.js";
import { openPersona } from "/assets/lobby/persona-card.js";
import { loadPersonas, persona, state } from "/assets/lobby/state.js";
import { drawLines } from "./org-lines.js";
import { openView } from "./view.js";

/** Of the layers, the one whose members stand as a list below their manager. */
const STACKED = "specialists";
const LAYERS = ["executive", "management", STACKED];

export function open(pane, { menu }) {
  let watch = null;
  const close = openView(pane, {
    menu,
    title: "Org chart",
    lead: "Who answers to whom, and what each of them is doing right now. A dashed line is a second manager.",
    topics: ["personas"],
    load: async () => {
      if (!state.personas.length) await loadPersonas();
      return {};
    },
    draw: () => {
      watch?.disconnect();
      const shown = chart();
      watch = new ResizeObserver(() => drawLines(shown, state.personas));
      watch.observe(shown);
      return [el("div.org-frame", shown), tree()];
    },
  });
  return () => {
    watch?.disconnect();
    close();
  };
}

/** The manager whose line is drawn through; others are dashed. */
const manager = (one) => (one.reports_to ?? []).find((handle) => persona(handle)) ?? null;
const tops = () => state.personas.filter((one) => !manager(one));
const below = (one) => state.personas.filter((other) => manager(other) === one.handle);

function box(one) {
  return el(
    "button.org-box",
    {
      type: "button",
      class: `${one.layer} ${one.state}`,
      data: { handle: one.handle, focus: one.handle },
      on: { click: () => openPersona(one.handle) },
    },
    portrait(one, 34),
    el(
      "span.stack",
      el("span.org-name", one.name),
      el("span.org-role", one.role),
      el("span.quiet", `, ${PRESENCE[one.state]}`),
      one.doing && el("span.org-doing", { title: one.doing }, one.doing),
    ),
  );
}

const cell = (column, span, row, ...content) =>
  el(
    "div.org-cell",
    { vars: { "--column": String(column), "--span": String(span), "--row": String(row) } },
    ...content,
  );

/**
 * Lays the people out in columns: everybody stands in the middle above those who report to them; the specialists of
 * one manager share a column.
 */
function chart() {
  const depths = rowsOf();
  const stackRow = Math.max(0, ...depths.values()) + 1;
  const cells = [];
  let next = 1;

  const lay = (one) => {
    const first = next;
    const reports = below(one);
    for (const other of reports.filter((person) => person.layer !== STACKED)) lay(other);
    const stack = reports.filter((person) => person.layer === STACKED);
    if (stack.length) cells.push(cell(next, 1, stackRow, el("div.org-stack", stack.map(box))));
    if (stack.length || next === first) next += 1;
    cells.push(cell(first, next - first, depths.get(one.handle) ?? stackRow, box(one)));
  };
  for (const one of tops()) lay(one);

  const people = (state.session?.people ?? []).map((one) => one.name).join(", ");
  const legend = el(
    "ul.plain.org-legend",
    LAYERS.map((layer) => el("li", layerMark(layer), words(layer))),
  );
  return el(
    "div.org-chart",
    { vars: { "--columns": String(Math.max(1, next - 1)) } },
    legend,
    cell(1, Math.max(1, next - 1), 1, el("span.org-people", { data: { handle: "people" } }, people)),
    cells,
  );
}

/** The row of everybody who is not stacked: people stand in the first, a layer's own managers above its others. */
function rowsOf() {
  const rows = new Map();
  let row = 1;
  for (const layer of LAYERS.filter((name) => name !== STACKED)) {
    const members = state.personas.filter((one) => one.layer === layer);
    const level = (one, seen = new Set()) => {
      const above = members.find((other) => other.handle === manager(one));
      return above && !seen.has(above.handle) ? 1 + level(above, new Set([...seen, one.handle])) : 0;
    };
    for (const one of members) rows.set(one.handle, row + 1 + level(one));
    row = Math.max(row, ...members.map((one) => rows.get(one.handle)));
  }
  return rows;
}

function tree() {
  const branch = (one, seen) => {
    if (seen.has(one.handle)) return null;
    const next = new Set([...seen, one.handle]);
    const reports = below(one);
    return el(
      "li",
      box(one),
      reports.length > 0 &&
        el(
          "ul.plain",
          reports.map((other) => branch(other, next)),
        ),
    );
  };
  return el(
    "ul.plain.org-tree",
    tops().map((one) => branch(one, new Set())),
  );
}
