// The steps of a task as a timeline of stages: a step stands one stage after the last one it needs, and steps of one
// stage run side by side. Pointing at a step lights up what it needs.
import { el } from "/assets/lobby/dom.js";
import { words } from "/assets/lobby/format.js";
import { avatar, nameOf } from "/assets/lobby/people.js";
import { persona } from "/assets/lobby/state.js";
import { tone } from "./view.js";

export function steps(all) {
  const byId = new Map(all.map((step) => [step.id, step]));
  const stages = [];
  for (const step of all) (stages[depth(step, byId, new Map())] ??= []).push(step);
  const list = el(
    "ol.plain.stages",
    stages.filter(Boolean).map((stage) =>
      el(
        "li.stage",
        { class: stage.every((step) => step.state === "done") ? "past" : "" },
        stage.map((step) => tile(step, byId)),
      ),
    ),
  );
  const light = (event) => {
    const needs =
      event.type === "pointerover" || event.type === "focusin"
        ? (event.target.closest(".step")?.dataset.needs ?? "")
        : "";
    const ids = new Set(needs.split(" ").filter(Boolean));
    list.classList.toggle("tracing", ids.size > 0);
    for (const node of list.querySelectorAll(".step")) node.classList.toggle("needed", ids.has(node.dataset.step));
  };
  for (const event of ["pointerover", "pointerleave", "focusin", "focusout"]) list.addEventListener(event, light);
  return list;
}

/** How many steps must come before, along the longest way. A cycle (which the server refuses) would end at zero. */
function depth(step, byId, seen) {
  if (seen.has(step.id)) return seen.get(step.id);
  seen.set(step.id, 0);
  const before = (step.depends_on ?? []).map((id) => byId.get(id)).filter(Boolean);
  const found = before.length ? 1 + Math.max(...before.map((one) => depth(one, byId, seen))) : 0;
  seen.set(step.id, found);
  return found;
}

function tile(step, byId) {
  const needs = (step.depends_on ?? []).filter((id) => byId.has(id));
  const after = needs.map((id) => byId.get(id).title).join(", ");
  return el(
    "div.step",
    {
      class: step.state,
      tabindex: "0",
      data: { step: step.id, needs: needs.join(" ") },
      title: after ? `After ${after}` : "Starts at once",
    },
    avatar(persona(step.owner) ?? { name: step.owner }, 30),
    el("span.stack", el("span.step-title", step.title), el("span.faint.small", nameOf(step.owner))),
    el(
      "span.step-state",
      (step.round ?? 1) > 1 && el("span.tag", `round ${step.round}`),
      el("span.tag", { class: tone(step.state) }, words(step.state)),
    ),
    after && el("span.quiet", `, after ${after}`),
  );
}
