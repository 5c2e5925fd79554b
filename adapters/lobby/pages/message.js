// One message of a conversation.
import { attempt, toast } from "./announce.js";
import { card } from "./card.js";
import { confirm } from "./dialog.js";
import { el } from "./dom.js";
import { full, plural, relative, time } from "./format.js";
import { prose } from "./html.js";
import { icon } from "./icons.js";
import { callsMe, linkMentions } from "./mention.js";
import { edit, erase } from "./messages.js";
import { avatar } from "./people.js";
import { openPersona } from "./persona-card.js";
import { addReaction, reactionRow } from "./reactions.js";
import { go, toPlace } from "./router.js";
import { persona, standIn, state } from "./state.js";

/** Ids of messages that are being edited at the moment. */
const editing = new Map();

const ours = (one) => one.author.kind === "member" && one.author.name === state.me;

/** What the look of a message depends on; a changed mark means it is drawn anew. */
export const mark = (one, grouped, extra = "") =>
  JSON.stringify([
    one.edited_at,
    one.html,
    one.card,
    one.reactions,
    one.deleted,
    one.replies,
    one.last_reply_at,
    grouped,
    editing.has(one.id),
    extra,
  ]);

/**
 * Draws a message. `grouped` leaves out the author (the same as above); `inThread` leaves out what leads to the thread;
 * `redraw` is called when the message itself starts or stops being edited.
 */
export function messageRow(one, { grouped, inThread, redraw }) {
  const who = one.author;
  const handle = who.kind === "persona" ? who.handle : null;
  if (one.deleted) return tombstone(one, grouped, inThread);
  const called = !ours(one) && callsMe(one);
  const row = el(
    "article.message",
    {
      class: `${grouped ? "grouped" : ""} ${called ? "called" : ""}`,
      tabindex: "-1",
      "aria-label": `${who.name}, ${time(one.created_at)}`,
      data: { id: one.id },
    },
    grouped
      ? el("time.gutter-time.num", { datetime: one.created_at, title: full(one.created_at) }, time(one.created_at))
      : face(who, handle),
    el(
      "div.message-body",
      !grouped && heading(one, handle),
      editing.has(one.id) ? editor(one, redraw) : content(one, inThread),
      !inThread && one.replies > 0 && replies(one),
    ),
  );
  if (!editing.has(one.id)) row.append(tools(one, inThread, redraw));
  row.addEventListener("keydown", (event) => keys(event, one, row, inThread, redraw));
  return row;
}

function face(who, handle) {
  const known = handle ? persona(handle) : null;
  if (!known) return el("div.face", avatar({ name: who.name }, 38));
  return el(
    "button.face",
    {
      type: "button",
      tabindex: "-1",
      "aria-label": `About ${known.name}`,
      on: { click: (event) => openPersona(handle, event.currentTarget) },
    },
    avatar(known, 38),
  );
}

function heading(one, handle) {
  const known = handle ? persona(handle) : null;
  return el(
    "header.message-head",
    known
      ? el(
          "button.author",
          {
            type: "button",
            data: { focus: "author" },
            on: { click: (event) => openPersona(handle, event.currentTarget) },
          },
          one.author.name,
        )
      : el("span.author", one.author.name),
    known && el("span.role", { class: known.layer }, known.role),
    one.author.kind === "persona" &&
      standIn() &&
      el(
        "span.stand-in-tag",
        { title: "A stand-in wrote this, not a real model" },
        icon("mask"),
        el("span", "stand-in"),
      ),
    el("time.when.num", { datetime: one.created_at, title: full(one.created_at) }, time(one.created_at)),
  );
}

function content(one, inThread) {
  const text = one.card ? null : prose(one.html);
  if (text) linkMentions(text, openPersona);
  if (text && one.edited_at)
    (text.lastElementChild ?? text).append(el("span.edited", { title: full(one.edited_at) }, " edited"));
  const after = (emoji) => {
    if (emoji !== "✅" && !inThread) go(toPlace(one.channel, one.thread ?? one.id));
    if (emoji !== "✅") toast("Say why in the thread: it goes into the record.");
  };
  return [text, one.card && card(one, { after }), reactionRow(one)];
}

function replies(one) {
  return el(
    "a.replies",
    { href: toPlace(one.channel, one.id), data: { focus: "replies" } },
    icon("reply"),
    el("span.replies-count", plural(one.replies, "reply", "replies")),
    one.last_reply_at && el("span.faint", `last ${relative(one.last_reply_at)}`),
  );
}

function tombstone(one, grouped, inThread) {
  return el(
    "article.message.gone",
    { class: grouped ? "grouped" : "", tabindex: "-1", data: { id: one.id } },
    el("span.face"),
    el("div.message-body", el("p.faint", "This message was deleted."), !inThread && one.replies > 0 && replies(one)),
  );
}

function tools(one, inThread, redraw) {
  const tool = (name, label, run) =>
    el(
      "button.icon-button",
      { type: "button", "aria-label": label, title: label, data: { focus: name }, on: { click: run } },
      icon(name),
    );
  return el(
    "div.tools",
    { role: "group", "aria-label": "Message actions" },
    tool("smile", "React", (event) => addReaction(one, event.currentTarget)),
    !inThread && tool("reply", "Reply in thread", () => openThread(one)),
    ours(one) && tool("edit", "Edit", () => startEdit(one, redraw)),
    ours(one) && tool("trash", "Delete", () => askErase(one)),
    tool("link", "Copy link", () => copyLink(one)),
  );
}

const openThread = (one) => go(toPlace(one.channel, one.thread ?? one.id));

async function askErase(one) {
  if (
    await confirm(
      "Delete this message?",
      "It is taken away for everybody. Work that was asked for by it stops.",
      "Delete",
    )
  )
    await attempt(() => erase(one.id));
}

async function copyLink(one) {
  const hash = one.thread ? toPlace(one.channel, one.thread, one.id) : toPlace(one.channel, one.id);
  (await attempt(() => navigator.clipboard.writeText(new URL(hash, location.href).href))) && toast("Link copied.");
}

function startEdit(one, redraw) {
  editing.set(one.id, one.text);
  redraw(one.id);
}

function editor(one, redraw) {
  const stop = () => {
    editing.delete(one.id);
    redraw(one.id);
  };
  const save = async () => {
    const text = input.value.trim();
    if (!text) return;
    if (text === one.text || (await attempt(() => edit(one.id, text)))) stop();
  };
  const input = el("textarea.field", { "aria-label": "Edit your message", rows: "3", data: { focus: "editor" } });
  input.value = editing.get(one.id);
  input.addEventListener("input", () => editing.set(one.id, input.value));
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") stop();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      save();
    }
  });
  queueMicrotask(() => input.focus());
  return el(
    "div.editor",
    input,
    el(
      "div.editor-row",
      el("span.faint.small", "Enter saves, Escape cancels. Work that was asked for follows the new text."),
      el("button.button", { type: "button", on: { click: stop } }, "Cancel"),
      el("button.button.primary", { type: "button", on: { click: save } }, "Save"),
    ),
  );
}

function keys(event, one, row, inThread, redraw) {
  if (event.target !== row || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = {
    Enter: () => !inThread && openThread(one),
    r: () => !inThread && openThread(one),
    "+": () => addReaction(one, row),
    e: () => ours(one) && startEdit(one, redraw),
    Delete: () => ours(one) && askErase(one),
    l: () => copyLink(one),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}
