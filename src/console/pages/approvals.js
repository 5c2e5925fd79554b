// The approvals inbox: what waits for a person, as it would go out, with the buttons that decide; then what was decided.
import { get } from "/assets/lobby/api.js";
import { toast } from "/assets/lobby/announce.js";
import { actionRow, foldable, pictureButton } from "/assets/lobby/card.js";
import { el } from "/assets/lobby/dom.js";
import { full, moment, relative, words } from "/assets/lobby/format.js";
import { icon } from "/assets/lobby/icons.js";
import { byline, nameOf } from "/assets/lobby/people.js";
import { go, toPlace, toView } from "/assets/lobby/router.js";
import { decideThere, elsewhere, placeLink } from "./place.js";
import { standing, state, waitsForMe } from "/assets/lobby/state.js";
import { empty, openView, part, tone } from "./view.js";

const ACTIONS = [
  { emoji: "✅", label: "Approve", vote: "approve" },
  { emoji: "❌", label: "Reject", vote: "reject" },
  { emoji: "🔁", label: "Ask for changes", vote: "changes" },
];
/** How many decided approvals are listed. */
const PAST = 30;

export function open(pane, { menu }) {
  return openView(pane, {
    menu,
    title: "Approvals",
    lead: "Nothing goes out before the right person has said yes. What you see is exactly what is bound to your vote.",
    topics: ["approvals"],
    load: () => Promise.all([get("/api/approvals", { limit: 1000, order: "newest" }), get("/api/delegations")]),
    draw,
  });
}

function draw([all, delegations], redraw) {
  const open = all.filter((one) => one.state === "open");
  const mine = open.filter(waitsForMe);
  const others = open.filter((one) => !mine.includes(one));
  const past = all
    .filter((one) => one.state !== "open")
    .sort((a, b) => String(b.decided_at).localeCompare(String(a.decided_at)))
    .slice(0, PAST);
  if (!all.length && !delegations.length)
    return empty(
      "approvals",
      "Nothing to approve",
      "When a piece is ready to go out, it is put before you here and in its thread.",
    );
  return [
    mine.length > 0
      ? part(
          "Waiting for you",
          mine.length,
          mine.map((one) => waiting(one, redraw)),
        )
      : el("p.all-clear", icon("check"), "Nothing waits for you."),
    others.length > 0 &&
      part(
        "Open, waiting for others",
        others.length,
        others.map((one) => waiting(one, redraw)),
      ),
    delegations.length > 0 && part("Handed over", delegations.length, el("ul.plain.rows", delegations.map(handedOver))),
    past.length > 0 && part("Decided", null, el("ul.plain.rows", past.map(decided))),
  ];
}

function waiting(one, redraw) {
  return el(
    "article.card.asks.approval",
    { "aria-label": one.title },
    el(
      "header.approval-head",
      byline(one.by),
      el("span.faint.small", `asks · ${words(one.kind)}`),
      placeLink("a.small.thread-link", one.channel, one.thread ?? one.message, one.message, "Open the thread"),
    ),
    el("h3.card-title", one.title),
    one.summary && el("p.soft", one.summary),
    one.picture && pictureButton(one.picture),
    one.text_html && foldable(one.id, one.text_html),
    el(
      "p.approval-facts.small",
      quorum(one),
      one.expires_at &&
        el("span", { title: full(one.expires_at) }, icon("clock"), `expires ${relative(one.expires_at)}`),
    ),
    one.why && el("p.faint.small", `Why you are asked: ${one.why.replaceAll("`", "")}.`),
    one.message
      ? decideThere(one) || actionRow(asMessage(one), ACTIONS, (emoji) => voted(one, emoji, redraw))
      : el("p.faint.small", "Its message is on the way to the thread; you can vote in a moment."),
  );
}

function handedOver(one) {
  return el(
    "li.row",
    el("span.row-main", `${nameOf(one.to)} votes for ${nameOf(one.from)}`),
    el("span.faint.small.nowrap", { title: full(one.until) }, `until ${moment(one.until)}`),
  );
}

/** Who else may vote, each with whom for. */
function inPlace(one) {
  return (one.deputies ?? []).map((deputy) => `${nameOf(deputy.by)} for ${nameOf(deputy.for)}`);
}

function quorum(one) {
  const yes = standing(one.votes).filter((vote) => vote.vote === "approve").length;
  const need = one.quorum ?? 1;
  const asked = [...(one.asked_of ?? []).map(nameOf), ...inPlace(one)].join(", ");
  return el(
    "span",
    icon("people"),
    need > 1 ? `${yes} of ${need} approvals` : "one approval decides",
    asked && `; asked of ${asked}`,
  );
}

/** The votes as reactions of the approval's message, so that the buttons are the same as on its card. */
function asMessage(one) {
  const reactions = {};
  for (const { emoji, vote } of ACTIONS)
    reactions[emoji] = standing(one.votes)
      .filter((cast) => cast.vote === vote)
      .map((cast) => cast.by);
  return { id: one.message, reactions };
}

function voted(one, emoji, redraw) {
  const vote = ACTIONS.find((action) => action.emoji === emoji)?.vote;
  one.votes = [...one.votes, { by: state.me, vote, at: new Date().toISOString() }];
  redraw();
  const thread = toPlace(one.channel, one.thread ?? one.message);
  if (vote === "approve")
    return toast(one.quorum > 1 ? "Your approval is noted." : "Approved.", {
      action: { label: "Open the thread", run: () => go(thread) },
    });
  toast("Say why in the thread: it goes into the record.");
  return go(thread);
}

function decided(one) {
  const vote = one.votes.findLast((cast) => cast.by === one.decided_by);
  const by = one.decided_by ? [one.decided_by, ...(vote?.for ?? [])].map(nameOf).join(" for ") : null;
  return el(
    "li.row",
    el("span.tag", { class: tone(one.state) }, words(one.state)),
    el(
      "div.stack.row-main",
      elsewhere(one.channel, one.message)
        ? el("span", one.title)
        : el("a", { href: toPlace(one.channel, one.thread ?? one.message, one.message) }, one.title),
      one.reason && el("span.soft.small", `“${one.reason}”`),
    ),
    one.task && el("a.small.row-side", { href: toView("task", one.task) }, "Task"),
    el("span.faint.small.nowrap", by && `${by}, `, one.decided_at && moment(one.decided_at)),
  );
}
