// The record of decisions, newest first, with a search over every word of them, and a way to erase one's texts.
import { attempt, toast } from "/assets/lobby/announce.js";
import { get, path, post } from "/assets/lobby/api.js";
import { dialog } from "/assets/lobby/dialog.js";
import { el, fill } from "/assets/lobby/dom.js";
import { full, moment, words } from "/assets/lobby/format.js";
import { byline, nameOf } from "/assets/lobby/people.js";
import { toView } from "/assets/lobby/router.js";
import { can, emit, state } from "/assets/lobby/state.js";
import { placeLink } from "./place.js";
import { empty, openView, part } from "./view.js";

/** What a position is called. */
const STANCES = { agree: "agrees", object: "objects", abstain: "abstains", silent: "said nothing" };
/** Says that something else is searched for. */
const SEARCHED = "decisions searched";
/** States of proposals that are not over. */
const OPEN = "discussing,deciding,testing";

export function open(pane, { menu }) {
  const search = el("input.field.view-search", {
    type: "search",
    placeholder: "Search decisions",
    "aria-label": "Search decisions",
    on: { input: () => emit("changed", [SEARCHED]) },
  });
  /** What is searched for now, however often that changes while the server looks. */
  const load = async () => {
    const wanted = search.value.trim();
    const [found, open] = await Promise.all([
      get("/api/decisions", { limit: 1000, order: "newest", q: wanted || null }),
      wanted ? [] : get("/api/proposals", { limit: 1000, order: "newest", state: OPEN }),
    ]);
    return wanted === search.value.trim() ? { wanted, found, open } : load();
  };
  return openView(pane, {
    menu,
    title: "Decisions",
    lead: "What was decided, by whom, and why. Each record is linked to the one before it, so that a later change shows.",
    tools: search,
    topics: ["decisions", SEARCHED],
    load,
    draw: ({ wanted, found, open }) => {
      const records = found.length > 0 && el("ol.plain.records", found.map(record));
      if (open.length) {
        const decided = records && part("Decided", found.length, [records]);
        return [part("In the making", open.length, open.map(proposal)), decided];
      }
      if (records) return records;
      if (wanted) return el("p.soft", { role: "status" }, `No decision mentions “${wanted}”.`);
      return empty(
        "decisions",
        "No decisions yet",
        "Each significant decision of the department is recorded here, with its reasons.",
      );
    },
  });
}

/** A decision in the making: what is proposed, who is for and against it, and with whom it is. */
function proposal(one) {
  const latest = new Map(one.positions.map((position) => [position.by, position]));
  return el(
    "article.card",
    el(
      "header.note-head",
      byline(one.by),
      el("span.tag", words(one.kind)),
      el("span.tag", words(one.state)),
      one.with !== one.by && el("span.soft", "with ", byline(one.with)),
      el("time.faint.small", { datetime: one.created_at, title: full(one.created_at) }, moment(one.created_at)),
    ),
    el("h3.card-title", one.plan.text),
    el("p.soft", one.plan.reasoning),
    [...latest.values()].map((position) =>
      el("p.soft", el("strong", `${nameOf(position.by)} ${STANCES[position.stance] ?? position.stance}: `), position.text),
    ),
    one.test && el("p.soft", el("strong", "A test decides: "), one.test.measure),
    el(
      "p.record-foot",
      one.respond_by && el("span", `Until ${moment(one.respond_by)}`),
      one.channel && placeLink("a", one.channel, one.thread, null, "Thread"),
      el("a", { href: toView("task", one.task) }, "Task"),
    ),
  );
}

function record(one) {
  return el(
    "li.record",
    el(
      "div.record-side",
      el("time.num", { datetime: one.at, title: full(one.at) }, moment(one.at)),
      el("span.tag", words(one.kind)),
      one.number && el("span.num", { title: `Link ${one.link}` }, `No. ${one.number}`),
    ),
    el(
      "article.record-main",
      one.erased ? erased(one.erased) : el("h2", one.decision),
      one.context && el("p.faint", one.context),
      one.reasoning && el("p.soft", one.reasoning),
      one.actions?.length > 0 &&
        el(
          "ul",
          one.actions.map((action) =>
            el(
              "li",
              typeof action === "string"
                ? action
                : [action.what, action.owner && `, ${nameOf(action.owner)}`, action.due && `, ${moment(action.due)}`],
            ),
          ),
        ),
      one.alternatives?.length > 0 && el("p.soft", el("strong", "Instead of: "), one.alternatives.join("; ")),
      agreed(one).length > 0 && el("p.soft", el("strong", "Agreed: "), agreed(one).join(", ")),
      one.dissent?.map?.((other) => el("p.soft", el("strong", `${nameOf(other.by)} disagreed: `), other.what)),
      el(
        "p.record-foot",
        byline(one.maker),
        one.channel &&
          (one.thread || one.message) &&
          placeLink("a", one.channel, one.thread ?? one.message, one.thread && one.message, "Post"),
        one.project && placeLink("a", one.project.channel, one.project.thread, null, "Thread"),
        one.task && el("a", { href: toView("task", one.task) }, "Task"),
        one.erasable &&
          can("operate") &&
          el(
            "button.link",
            { type: "button", data: { focus: one.id }, on: { click: () => askWhy(one) } },
            "Erase its texts",
          ),
      ),
    ),
  );
}

/** Who agreed on the way, each once, without whoever decided. */
function agreed(one) {
  const yes = (one.chain ?? []).filter((step) => ["agree", "approves"].includes(step.what) && step.by !== one.maker);
  return [...new Set(yes.map((step) => nameOf(step.by)))];
}

function erased({ by, at, why }) {
  return el("p.soft", el("strong", `Erased by ${nameOf(by)}, ${moment(at)}: `), why);
}

/** Asks for the reason, and erases. */
function askWhy(one) {
  const reason = el("textarea.field", { required: true, maxlength: 1000, rows: 3, autofocus: true });
  const erase = async (event) => {
    event.preventDefault();
    const body = { as: state.me, reason: reason.value };
    if (!(await attempt(() => post(path("decisions", one.id, "erase"), body)))) return;
    box.close();
    toast("Its texts are erased.");
    emit("changed", ["decisions"]);
  };
  const box = dialog(
    "Erase the texts of this record",
    "confirm",
    el("h2", "Erase the texts of this record?"),
    el("p.soft", el("strong", one.decision), " and all that is said with it go for good. Who erased, when and why is kept."),
    el(
      "form.erase",
      { on: { submit: erase } },
      el("label", "Why", reason),
      el(
        "div.dialog-actions",
        el("button.button", { type: "button", on: { click: () => box.close() } }, "Cancel"),
        el("button.button.primary", { type: "submit" }, "Erase"),
      ),
    ),
  );
}
