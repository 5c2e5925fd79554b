// Messages as this browser knows them: one record per id, and timelines (a channel's top level, or a thread's replies)
// that list ids in the server's order.
import { get, path, patch, post, put, remove } from "./api.js";
import { channel, emit, state } from "./state.js";

const PAGE = 80;
const LARGEST_PAGE = 1000;
/** Top-level messages to have before a channel counts as opened, since a page may hold replies only. */
const ENOUGH = 15;

const records = new Map();
const timelines = new Map();
/** The newest message of each channel, replies included: how far "read" reaches. */
const newest = new Map();

export const message = (id) => records.get(id);
export const threadKey = (root) => `t:${root}`;

/** `{key, channel, root, ids, pending, loaded, complete, failure, marker}`; made when first asked for. */
export function timeline(channelId, root = null) {
  const key = root ? threadKey(root) : channelId;
  let line = timelines.get(key);
  if (!line) {
    line = {
      key,
      channel: channelId,
      root,
      ids: [],
      pending: [],
      loaded: false,
      complete: false,
      busy: false,
      failure: null,
      marker: null,
    };
    timelines.set(key, line);
  }
  return line;
}

const address = (channelId) =>
  channelId.startsWith("dm:")
    ? path("direct", channelId.split(":")[1], "messages")
    : path("channels", channelId, "messages");

function remember(one) {
  records.set(one.id, one);
  return one;
}

function told(line) {
  emit("timeline", line.key);
}

/** Loads the newest page of a channel, or the replies of a thread with its root. */
export async function open(line) {
  if (line.busy || line.loaded) return;
  line.busy = true;
  line.failure = null;
  told(line);
  try {
    if (line.root) await loadThread(line);
    else await loadBack(line);
    line.loaded = true;
    placeMarker(line);
  } catch (failure) {
    line.failure = failure.message;
  } finally {
    line.busy = false;
    told(line);
  }
}

async function loadThread(line) {
  const known = records.get(line.root);
  const [root, replies] = await Promise.all([
    known ?? get(path("messages", line.root), { as: state.me }),
    get(path("messages", line.root, "thread"), { as: state.me, limit: 1000 }),
  ]);
  if (root) remember(root);
  const ids = replies.map((one) => remember(one).id);
  line.ids = [...ids, ...line.ids.filter((id) => !ids.includes(id))];
  line.complete = true;
}

/** Loads pages backwards until a screenful of top-level messages is there. */
async function loadBack(line) {
  let found = 0;
  for (let limit = PAGE; found < ENOUGH && !line.complete; limit = Math.min(LARGEST_PAGE, limit * 2)) {
    const from = line.oldest ? { before: line.oldest } : { order: "newest" };
    const page = await get(address(line.channel), { as: state.me, ...from, limit });
    for (const one of page) remember(one);
    if (page.length && !newest.has(line.channel)) newest.set(line.channel, page.at(-1).id);
    const ids = page.filter((one) => !one.thread).map((one) => one.id);
    line.ids = [...ids, ...line.ids.filter((id) => !ids.includes(id))];
    line.complete = page.length < limit;
    line.oldest = page[0]?.id ?? line.oldest;
    found += ids.length;
  }
}

/** Where a message stands in the server's order. */
const order = (one) => one.seq ?? Date.parse(one.created_at);
const ours = (one) => one.author.kind === "member" && one.author.name === state.me;

/** Puts the "New" line above the first of the channel's `count` unread messages, now or when they are loaded. */
export function markUnread(line, count) {
  line.unread = count;
  line.marker = null;
  if (line.loaded) placeMarker(line);
}

/** Unread replies count as well, so the line stands above the first top-level message after the first unread one. */
function placeMarker(line) {
  if (!line.unread) return;
  const others = [...records.values()]
    .filter((one) => one.channel === line.channel && !one.deleted && !ours(one))
    .sort((a, b) => order(a) - order(b));
  const first = others.at(-line.unread);
  const before = first && line.ids.filter((id) => order(records.get(id)) < order(first)).at(-1);
  line.marker = before === line.ids.at(-1) ? null : (before ?? null);
  line.unread = 0;
}

/** Loads what came before the oldest message shown. */
export async function older(line) {
  if (line.busy || line.complete || !line.loaded) return;
  line.busy = true;
  told(line);
  try {
    await loadBack(line);
  } catch (failure) {
    line.failure = failure.message;
  } finally {
    line.busy = false;
    told(line);
  }
}

/** After a gap that could not be resumed: what is on show is loaded anew. */
export function forgetAll() {
  for (const line of timelines.values()) {
    Object.assign(line, { ids: [], loaded: false, complete: false, oldest: undefined });
    told(line);
  }
}

/** Takes an event of the live connection. */
export function take(event) {
  if (event.type === "message") arrived(event.message);
  else if (event.type === "message_edited") edited(event.message);
  else if (event.type === "message_deleted") deleted(event.id);
  else if (event.type === "reaction") reacted(event);
}

function arrived(one) {
  const fresh = !records.has(one.id);
  remember(one);
  if (fresh) {
    newest.set(one.channel, one.id);
    emit("arrived", one);
    if (one.thread) countReply(one);
  }
  const line = one.thread ? timelines.get(threadKey(one.thread)) : timelines.get(one.channel);
  if (line) {
    if (ours(one)) line.pending = line.pending.filter((note) => note.text !== one.text || note.state !== "sending");
    if (!line.ids.includes(one.id)) line.ids.push(one.id);
    line.ids.sort((a, b) => order(records.get(a)) - order(records.get(b)));
    told(line);
  }
}

/** A root's count follows its replies, unless the root was told with this reply counted already. */
function countReply(one) {
  const root = records.get(one.thread);
  if (!root || (root.last_reply_at && root.last_reply_at >= one.created_at)) return;
  remember({ ...root, replies: root.replies + 1, last_reply_at: one.created_at });
  touched(root);
}

function edited(one) {
  if (!records.has(one.id)) return;
  remember(one);
  touched(one);
}

function deleted(id) {
  const one = records.get(id);
  if (!one) return;
  const root = one.thread && !one.deleted ? records.get(one.thread) : null;
  if (root?.replies) {
    remember({ ...root, replies: root.replies - 1 });
    touched(root);
  }
  remember({ ...one, deleted: true, text: "", html: "", card: null });
  touched(one);
}

function reacted(event) {
  const one = records.get(event.id);
  if (!one) return;
  remember({ ...one, reactions: event.reactions });
  touched(one);
}

/** Tells every timeline that may show the message. */
function touched(one) {
  emit("timeline", one.thread ? threadKey(one.thread) : one.channel);
  if (!one.thread) emit("timeline", threadKey(one.id));
}

/**
 * Sends; the note stays in the timeline as "sending" and becomes "failed" when it did not go through. A retry uses the
 * same key, so a message whose answer was lost does not appear twice.
 */
export async function send(line, text) {
  const note = { key: crypto.randomUUID(), text, state: "sending", error: null, at: new Date().toISOString() };
  line.pending.push(note);
  await deliver(line, note);
}

export async function deliver(line, note) {
  note.state = "sending";
  told(line);
  try {
    const body = { as: state.me, text: note.text, key: note.key };
    if (line.root) body.thread = line.root;
    const one = await post(address(line.channel), body);
    drop(line, note);
    arrived(one);
  } catch (failure) {
    note.state = "failed";
    note.error = failure.message;
    told(line);
  }
}

export function drop(line, note) {
  line.pending = line.pending.filter((other) => other !== note);
  told(line);
}

export async function edit(id, text) {
  edited(await patch(path("messages", id), { as: state.me, text }));
}

export async function erase(id) {
  await remove(path("messages", id), undefined, { as: state.me });
  deleted(id);
}

const plain = (emoji) => emoji.replace(/[\uFE0F\u{1F3FB}-\u{1F3FF}]/gu, "");

/** Whether we have set this emoji on the message. */
export const reactedByMe = (one, emoji) => (one.reactions?.[plain(emoji)] ?? []).includes(state.me);

/** Sets or takes back a reaction; shown at once, put right by the server's word. */
export async function react(id, emoji, set) {
  const key = plain(emoji);
  const before = records.get(id);
  if (before) {
    const names = (before.reactions?.[key] ?? []).filter((name) => name !== state.me);
    const reactions = { ...before.reactions, [key]: set ? [...names, state.me] : names };
    if (!reactions[key].length) delete reactions[key];
    reacted({ id, reactions });
  }
  try {
    const call = set ? put : remove;
    await call(path("messages", id, "reactions", key), { as: state.me });
  } catch (failure) {
    if (before) reacted({ id, reactions: before.reactions });
    throw failure;
  }
}

/** Remembers how far the channel was read, here and on the server. */
export async function markRead(channelId) {
  const one = channel(channelId);
  const line = timelines.get(channelId);
  if (!one || !line?.ids.length || (!one.unread && !one.mentions)) return;
  one.unread = 0;
  one.mentions = 0;
  emit("channels");
  const last = newest.get(one.id) ?? line.ids.at(-1);
  one.last_read = last;
  await put(path("channels", one.id, "read"), { as: state.me }, { message: last }).catch(() => {});
}
