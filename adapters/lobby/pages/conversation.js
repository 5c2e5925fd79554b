// A channel or direct conversation in the main pane, and a thread beside it.
import { composer } from "./composer.js";
import { el, fill } from "./dom.js";
import { icon, layerMark } from "./icons.js";
import { markRead, markUnread, message, timeline } from "./messages.js";
import { portrait, PRESENCE } from "./people.js";
import { openPersona } from "./persona-card.js";
import { go, toConversation } from "./router.js";
import { channel, directId, emit, on, persona, personaName, state } from "./state.js";
import { timelineView } from "./timeline-view.js";
import { typingLine } from "./typing.js";

/** The persona to name in the hint of each layer's channel. */
const ASK = { executive: "cmo", management: "content_manager", specialists: "copywriter" };

/** The channel that a route names, or undefined. */
export const channelOf = (place) => channel(place.direct ? directId(place.direct) : place.channel);

/** Fills the main pane; returns what takes it down. */
export function openConversation(pane, one) {
  const line = timeline(one.id);
  markUnread(line, one.unread);
  const title = one.direct ? personaName(one.direct) : `# ${one.name}`;
  document.title = `${one.direct ? title : `#${one.name}`} · Bullpen`;
  const label = `Messages ${one.direct ? "with" : "in"} ${one.direct ? title : one.name}`;
  const view = timelineView(line, {
    label,
    intro: introduction(one),
    seen: () => !document.hidden && markRead(one.id),
  });
  const write = composer(line, {
    label: one.direct ? `Message ${title}` : `Message #${one.name}`,
    hint: () => hint(one),
  });
  const who = typingLine(one.id, null);
  const head = el("header.pane-head");
  const drawHead = () => fill(head, menuButton(), one.direct ? directHead(one) : channelHead(one));
  drawHead();
  fill(pane, el("div.conversation", head, view.node, who.node, write.node));
  const stops = [view.stop, who.stop, on("personas", drawHead)];
  if (matchMedia("(min-width: 900px) and (hover: hover)").matches) write.focus();
  return () => {
    line.marker = null;
    for (const stop of stops) stop();
  };
}

function hint(one) {
  const handle = ASK[one.layer];
  return handle && persona(handle) ? `No one is mentioned, so no one will answer: try @${handle}` : null;
}

export function menuButton() {
  return el(
    "button.icon-button.menu",
    { type: "button", "aria-label": "Channels and views", on: { click: () => emit("drawer", true) } },
    icon("menu"),
  );
}

function channelHead(one) {
  return el(
    "div.pane-title",
    one.layer ? layerMark(one.layer) : icon(CHANNEL_ICONS[one.name] ?? "hash"),
    el("h1", one.name),
    one.topic && el("p.topic", one.topic),
  );
}

export const CHANNEL_ICONS = { "all-hands": "megaphone", decisions: "decisions", published: "published" };

function directHead(one) {
  const who = persona(one.direct);
  if (!who) return el("div.pane-title", el("h1", one.name));
  return el(
    "div.pane-title",
    el(
      "button.plain-button",
      {
        type: "button",
        "aria-label": `About ${who.name}`,
        on: { click: (event) => openPersona(who.handle, event.currentTarget) },
      },
      portrait(who, 34),
    ),
    el("div.stack", el("h1", who.name), el("p.topic", `${who.role} · ${who.doing ?? PRESENCE[who.state]}`)),
  );
}

function introduction(one) {
  return {
    mark: persona(one.direct)?.name,
    build: () => {
      const who = one.direct ? persona(one.direct) : null;
      if (who) {
        return el(
          "div.intro",
          portrait(who, 64),
          el("h2", who.name),
          el("p.soft", `${who.role}. ${who.voice ?? ""}`),
          el(
            "p.faint.small",
            "What you write here is seen by the two of you, and by people who operate this department.",
          ),
        );
      }
      return el(
        "div.intro",
        el("span.intro-mark", one.layer ? layerMark(one.layer) : icon(CHANNEL_ICONS[one.name] ?? "hash")),
        el("h2", `#${one.name}`),
        el("p.soft", one.topic || "This is where the channel begins."),
      );
    },
  };
}

/** Opens a thread in the side pane; returns what takes it down. */
export function openThread(pane, one, root, target) {
  const line = timeline(one.id, root);
  const close = () => go(toConversation(one));
  const view = timelineView(line, { label: "Thread", seen: () => !document.hidden && markRead(one.id) });
  const write = composer(line, { label: "Reply in the thread", hint: null });
  const who = typingLine(one.id, root);
  const subject = el("p.topic");
  const drawSubject = () =>
    fill(subject, message(root)?.card?.title ?? (one.direct ? personaName(one.direct) : `#${one.name}`));
  drawSubject();
  const head = el(
    "header.pane-head",
    el("button.icon-button.back", { type: "button", "aria-label": "Back", on: { click: close } }, icon("back")),
    el("div.pane-title", el("div.stack", el("h2", "Thread"), subject)),
    el(
      "button.icon-button.close",
      { type: "button", "aria-label": "Close the thread", title: "Close (Esc)", on: { click: close } },
      icon("close"),
    ),
  );
  fill(pane, el("div.conversation", head, view.node, who.node, write.node));
  pane.hidden = false;
  const stops = [view.stop, who.stop, on("timeline", (key) => key === line.key && drawSubject())];
  if (target) view.reveal(target);
  else if (matchMedia("(hover: hover)").matches) write.focus();
  return () => {
    for (const stop of stops) stop();
    fill(pane);
    pane.hidden = true;
  };
}

/** The channel to open when none is named: where the last visit ended, else where work is asked for. */
export function home() {
  const last = localStorage.getItem("bullpen.last");
  const known = (last && channel(last)) || channel("all-hands") || state.channels[0];
  return known ? toConversation(known) : null;
}
