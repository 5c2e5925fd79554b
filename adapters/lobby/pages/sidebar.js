// The list of conversations: channels by layer, and the fourteen with what each is doing.
import { el, fill, reconcile, roving } from "./dom.js";
import { icon, layerMark } from "./icons.js";
import { CHANNEL_ICONS } from "./conversation.js";
import { portrait, PRESENCE } from "./people.js";
import { route, toConversation, toDirect } from "./router.js";
import { directId, emit, on, speakAs, state } from "./state.js";

const LAYERS = ["executive", "management", "specialists"];

/** Fills the sidebar and keeps it up to date. */
export function sidebar(node) {
  const channels = el("div.side-list");
  const people = el("div.side-list");
  const facts = el("div.side-head");
  fill(
    node,
    facts,
    el("div.side-scroll", el("h2.side-title", "Channels"), channels, el("h2.side-title", "The department"), people),
    el("div.side-foot"),
  );
  const draw = () => {
    drawHead(facts, node.querySelector(".side-foot"));
    reconcile(channels, channelRows());
    reconcile(people, state.personas.map(personaRow));
    oneTabStop(node);
  };
  roving(node, () => [...node.querySelectorAll(".side-row")]);
  for (const topic of ["session", "channels", "personas", "route"]) on(topic, draw);
}

/** The current conversation, else the first, is the tab stop of the list. */
function oneTabStop(node) {
  const rows = [...node.querySelectorAll(".side-row")];
  if (node.contains(document.activeElement)) return;
  const current = rows.find((row) => row.hasAttribute("aria-current")) ?? rows[0];
  for (const row of rows) row.tabIndex = row === current ? 0 : -1;
}

function drawHead(head, foot) {
  const session = state.session;
  if (!session || head.firstChild) return;
  fill(
    head,
    el("div.stack", el("p.org", session.organisation.name), el("p.faint.small", `${session.organisation.zone}`)),
    el(
      "button.icon-button",
      {
        type: "button",
        "aria-label": "Jump to a conversation",
        title: "Jump to… (Ctrl K)",
        on: { click: () => emit("switcher") },
      },
      icon("search"),
    ),
  );
  const choose = el(
    "select.as",
    { id: "as", on: { change: (event) => speakAs(event.target.value) } },
    session.people.map((one) => el("option", { value: one.name, selected: one.name === state.me }, one.name)),
  );
  fill(foot, el("label.small.faint", { for: "as" }, "Speaking as"), choose);
}

/** Everybody's channel, then the layers from the top down, then what is on record. */
function channelRows() {
  const plain = state.channels.filter((one) => !one.direct);
  const layered = LAYERS.flatMap((layer) => plain.filter((one) => one.layer === layer));
  const first = plain.filter((one) => !one.layer && one.name === "all-hands");
  const rest = plain.filter((one) => !layered.includes(one) && !first.includes(one));
  return [...first, ...layered, ...rest].map(channelRow);
}

const isCurrent = (one) => {
  const place = route();
  return one.direct ? place.direct === one.direct : place.channel === one.id || place.channel === one.name;
};

function counts(one) {
  if (one.mentions > 0)
    return el("span.badge", { "aria-label": `${one.mentions} mentions` }, one.mentions > 99 ? "99+" : one.mentions);
  return one.unread > 0 ? el("span.unread-dot", { role: "img", "aria-label": "unread" }) : null;
}

function channelRow(one) {
  const current = isCurrent(one);
  return {
    key: one.id,
    mark: JSON.stringify([one.name, one.layer, one.unread > 0, one.mentions, current]),
    build: () =>
      el(
        "a.side-row",
        {
          href: toConversation(one),
          class: one.unread > 0 ? "unread" : "",
          "aria-current": current && "page",
          tabindex: current ? "0" : "-1",
        },
        one.layer ? layerMark(one.layer) : icon(CHANNEL_ICONS[one.name] ?? "hash"),
        el("span.side-name", one.name),
        counts(one),
      ),
  };
}

function personaRow(who) {
  const direct = state.channels.find((one) => one.id === directId(who.handle)) ?? {
    direct: who.handle,
    unread: 0,
    mentions: 0,
  };
  const current = isCurrent(direct);
  return {
    key: who.handle,
    mark: JSON.stringify([
      who.name,
      who.role,
      who.state,
      who.doing,
      who.avatar,
      direct.unread > 0,
      direct.mentions,
      current,
    ]),
    build: () =>
      el(
        "a.side-row.side-person",
        {
          href: toDirect(who.handle),
          class: direct.unread > 0 ? "unread" : "",
          "aria-current": current && "page",
          tabindex: current ? "0" : "-1",
          title: who.doing ?? "",
        },
        portrait(who, 34),
        el(
          "span.stack",
          el("span.side-name", who.name, el("span.quiet", `, ${PRESENCE[who.state]}`)),
          el("span.side-about", { class: who.doing ? "doing" : "" }, who.doing ?? who.role),
        ),
        counts(direct),
      ),
  };
}
