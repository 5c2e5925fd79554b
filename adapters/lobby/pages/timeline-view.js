// The scrolling list of messages: of a channel's top level or of a thread.
import { el, fill, reconcile } from "./dom.js";
import { announce } from "./announce.js";
import { day, dayKey } from "./format.js";
import { icon } from "./icons.js";
import { mark, messageRow } from "./message.js";
import { deliver, drop, message, older, open } from "./messages.js";
import { avatar } from "./people.js";
import { on, state } from "./state.js";

/** Messages of one author within this many milliseconds stand under one name. */
const TOGETHER = 5 * 60_000;
/** This near to the end, in pixels, the list follows new messages. */
const NEAR = 80;
/** This near to the start, in pixels, older messages are loaded. */
const AHEAD = 600;

const sameAuthor = (a, b) => a.author.kind === b.author.kind && a.author.name === b.author.name;

/**
 * `{node, stop, toEnd, reveal}` for a timeline. `intro` is shown at its very start; `seen` is called when the end of
 * the list is on screen; `root` of a thread stands above its replies.
 */
export function timelineView(line, { label, intro, seen }) {
  const list = el("div.messages");
  const scroller = el("div.scroller", { role: "region", "aria-label": label, tabindex: "-1" }, list);
  const jump = el(
    "button.jump",
    { type: "button", hidden: true, on: { click: () => toEnd(true) } },
    icon("down"),
    el("span", "Newest"),
  );
  const node = el("div.timeline", scroller, jump);
  let following = true;
  let wanted = null;
  let settled = false;

  const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;

  function toEnd(smooth = false) {
    scroller.scrollTo({ top: scroller.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    following = true;
    jump.hidden = true;
  }

  function redraw() {
    const first = list.querySelector(".message");
    const anchor = first && { id: first.dataset.id, top: first.getBoundingClientRect().top };
    reconcile(list, rows());
    if (wanted) return reveal(wanted);
    if (!settled && line.ids.length) return settleIn();
    if (following) return toEnd();
    const same = anchor && list.querySelector(`[data-id="${CSS.escape(anchor.id)}"]`);
    if (same) scroller.scrollTop += same.getBoundingClientRect().top - anchor.top;
    return undefined;
  }

  /** The first look: at the end, or at the first unread message when there are more than fit. */
  function settleIn() {
    settled = true;
    toEnd();
    const unread = list.querySelector(".unread-line");
    if (unread && unread.getBoundingClientRect().top < scroller.getBoundingClientRect().top) {
      scrollTo(unread);
      following = atEnd();
      jump.hidden = following;
    }
  }

  function rows() {
    const found = [];
    if (line.failure) found.push(failureRow());
    if (line.busy)
      found.push({
        key: "busy",
        mark: String(line.loaded),
        build: () => (line.loaded ? el("p.loading.faint", "Loading earlier messages…") : skeleton()),
      });
    if (line.complete && intro && !line.busy)
      found.push({
        key: "intro",
        mark: `${line.ids.length > 0} ${intro.mark ?? ""}`,
        build: () => intro.build(line.ids.length > 0),
      });
    if (line.root) found.push(...rootRows());
    let before = null;
    for (const id of line.ids) {
      const one = message(id);
      if (!one) continue;
      if (!line.root && (!before || dayKey(before.created_at) !== dayKey(one.created_at))) found.push(dayRow(one));
      if (line.marker && before?.id === line.marker)
        found.push({
          key: "unread",
          mark: "",
          build: () => el("div.unread-line", { role: "separator" }, el("span", "New")),
        });
      found.push(row(one, together(before, one)));
      before = one;
    }
    for (const note of line.pending) found.push(pendingRow(note));
    return found;
  }

  const together = (before, one) =>
    before !== null &&
    !before.deleted &&
    !one.card &&
    !one.deleted &&
    before.id !== line.marker &&
    sameAuthor(before, one) &&
    new Date(one.created_at) - new Date(before.created_at) < TOGETHER &&
    dayKey(before.created_at) === dayKey(one.created_at);

  function row(one, grouped) {
    const known = state.personas.length > 0 ? "p" : "";
    return {
      key: one.id,
      mark: mark(one, grouped, known),
      build: () => messageRow(one, { grouped, inThread: line.root !== null, redraw }),
    };
  }

  function rootRows() {
    const root = message(line.root);
    if (!root) return [];
    const count = line.ids.length;
    const text = count === 0 ? "No replies yet" : count === 1 ? "1 reply" : `${count} replies`;
    return [
      row(root, false),
      { key: "count", mark: text, build: () => el("div.thread-count", { role: "separator" }, el("span", text)) },
    ];
  }

  const dayRow = (one) => {
    const name = day(one.created_at);
    return {
      key: `day${dayKey(one.created_at)}`,
      mark: name,
      build: () => el("div.day", { role: "separator" }, el("span", name)),
    };
  };

  function failureRow() {
    const again = () => open(line);
    return {
      key: "failure",
      mark: line.failure,
      build: () =>
        el(
          "div.trouble",
          el("span", line.failure),
          el("button.button", { type: "button", on: { click: again } }, "Try again"),
        ),
    };
  }

  function pendingRow(note) {
    const failed = note.state === "failed";
    const build = () =>
      el(
        "article.message.pending",
        { class: failed ? "failed" : "" },
        el("div.face", avatar({ name: state.me }, 38)),
        el(
          "div.message-body",
          el(
            "header.message-head",
            el("span.author", state.me),
            el("span.faint.small", failed ? "not sent" : "sending…"),
          ),
          el("p.pending-text", note.text),
          failed &&
            el(
              "div.pending-row",
              { role: "alert" },
              icon("warn"),
              el("span", `Not sent. ${note.error}`),
              el("button.button", { type: "button", on: { click: () => deliver(line, note) } }, "Retry"),
              el("button.button.plain", { type: "button", on: { click: () => drop(line, note) } }, "Discard"),
            ),
        ),
      );
    return { key: `pending${note.key}`, mark: note.state + note.error, build };
  }

  /** Brings a row to the middle; one that is too tall for it, to the start. */
  function scrollTo(row) {
    const [at, frame] = [row.getBoundingClientRect(), scroller.getBoundingClientRect()];
    scroller.scrollTop +=
      at.top - frame.top - Math.max(14, row.matches(".unread-line") ? 0 : (frame.height - at.height) / 2);
  }

  /** Scrolls to a message and lights it up for a moment. */
  function reveal(id) {
    const target = list.querySelector(`[data-id="${CSS.escape(id)}"]`);
    wanted = target ? null : id;
    if (!target) return;
    following = false;
    scrollTo(target);
    target.classList.add("lit");
    target.focus({ preventScroll: true });
  }

  scroller.addEventListener("scroll", () => {
    following = atEnd();
    jump.hidden = following;
    if (following) seen?.();
    if (scroller.scrollTop < AHEAD) older(line);
  });
  list.addEventListener("keydown", (event) => {
    const items = [...list.querySelectorAll(".message[data-id]")];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowUp: at - 1, k: at - 1, ArrowDown: at + 1, j: at + 1, Home: 0, End: items.length - 1 }[event.key];
    if (at < 0 || to === undefined || !items[to]) return;
    event.preventDefault();
    items[to].focus();
    items[to].scrollIntoView({ block: "nearest" });
  });
  const sizes = new ResizeObserver(() => following && toEnd());
  sizes.observe(list);
  sizes.observe(scroller);
  const tick = () => {
    redraw();
    if (following && line.loaded && !document.hidden) seen?.();
    if (!line.busy && line.loaded && !line.complete && scroller.scrollHeight <= scroller.clientHeight) older(line);
  };
  const stops = [
    on("timeline", (key) => key === line.key && tick()),
    on("personas", redraw),
    on("arrived", (one) => {
      const here = line.root ? one.thread === line.root : one.channel === line.channel && !one.thread;
      if (here && one.author.name !== state.me)
        announce(`${one.author.name}: ${one.card?.title ?? one.text}`.slice(0, 240));
    }),
  ];
  const look = () => tick();
  document.addEventListener("visibilitychange", look);
  requestAnimationFrame(look);
  redraw();
  open(line);
  return {
    node,
    toEnd,
    reveal,
    focusLast: () => [...list.querySelectorAll(".message[data-id]")].at(-1)?.focus(),
    stop: () => {
      sizes.disconnect();
      document.removeEventListener("visibilitychange", look);
      for (const stop of stops) stop();
      fill(node);
    },
  };
}

function skeleton() {
  const line = (width) => el("span.bone", { vars: { "--w": `${width}%` } });
  return el(
    "div.skeleton",
    { "aria-label": "Loading messages", role: "status" },
    [62, 84, 48, 76].map((width) => el("div.skeleton-row", el("span.bone.round"), el("div", line(22), line(width)))),
  );
}
