// Whether every part is ready, and whether every persona's file could be read.
import { el } from "/assets/lobby/dom.js";
import { words } from "/assets/lobby/format.js";
import { icon } from "/assets/lobby/icons.js";
import { portrait, PRESENCE } from "/assets/lobby/people.js";
import { openPersona } from "/assets/lobby/persona-card.js";
import { loadPersonas, state } from "/assets/lobby/state.js";
import { openView, part } from "./view.js";

export function open(pane, { menu }) {
  return openView(pane, { menu, title: "Health", topics: ["personas"], load, draw });
}

async function load() {
  const [answer] = await Promise.all([fetch("/readyz"), loadPersonas()]);
  const text = await answer.text();
  return { ready: answer.ok, text: answer.ok ? null : reason(text) };
}

/** The server says which part is not ready, as an error, as parts, or as plain text. */
function reason(text) {
  try {
    const data = JSON.parse(text);
    return data.error?.message ?? JSON.stringify(data);
  } catch {
    return text;
  }
}

function draw({ ready, text }) {
  const faults = state.personas.filter((one) => one.fault);
  return [
    el(
      "section.ready",
      { class: ready ? "" : "bad" },
      icon(ready ? "check" : "warn"),
      el(
        "div",
        el("h2", ready ? "Everything is ready" : "Something is not ready"),
        el("p.soft", ready ? "Database, chat and model answer." : text),
        el(
          "p.faint.small",
          `Bullpen ${state.session?.version ?? ""} · model: ${state.session?.model?.label ?? "unknown"}`,
        ),
      ),
    ),
    part(
      "Persona files",
      faults.length ? `${faults.length} with a fault` : "all read",
      el("ul.plain.rows", [...faults, ...state.personas.filter((one) => !one.fault)].map(row)),
    ),
  ];
}

function row(one) {
  return el(
    "li.row",
    portrait(one, 30),
    el(
      "div.stack.row-main",
      el(
        "button.link.left",
        { type: "button", data: { focus: one.handle }, on: { click: () => openPersona(one.handle) } },
        one.name,
      ),
      one.fault ? el("span.fault.small", one.fault) : el("span.faint.small", one.role),
    ),
    one.tier && el("span.tag.row-side", words(one.tier)),
    one.fault
      ? el("span.tag.red", icon("warn"), "File fault")
      : el(
          "span.tag",
          { class: one.state === "busy" ? "amber" : one.state === "active" ? "green" : "" },
          PRESENCE[one.state] ?? words(one.state),
        ),
  );
}
