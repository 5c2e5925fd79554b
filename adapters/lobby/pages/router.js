// Addresses live in the hash, so that every view and thread can be linked to and the server needs to know none.
import { emit } from "./state.js";

/**
 * What the address names: `{view: "conversation", channel, thread, message}` with a channel id (direct ones as
 * `{view, direct}`), or `{view: "<console view>", id}`.
 */
export function route() {
  const parts = location.hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decode);
  const [kind, id, mark, thread, message] = parts;
  const inThread =
    mark === "t" ? { thread: thread ?? null, message: message ?? null } : { thread: null, message: null };
  if (kind === "c" && id) return { view: "conversation", channel: id, direct: null, ...inThread };
  if (kind === "dm" && id) return { view: "conversation", channel: null, direct: id, ...inThread };
  if (!kind) return { view: "home" };
  return { view: kind, id: id ?? null };
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const join = (...parts) =>
  `#/${parts
    .filter((part) => part !== null && part !== undefined)
    .map(encodeURIComponent)
    .join("/")}`;

/** The address of a conversation; `channel` is a channel of the state. */
export function toConversation(channel, thread = null, message = null) {
  const base = channel.direct ? ["dm", channel.direct] : ["c", channel.id];
  return join(...base, ...(thread ? ["t", thread, message] : []));
}

/** The same from a message's or task's channel id alone. */
export function toPlace(channelId, thread = null, message = null) {
  const direct = String(channelId).startsWith("dm:") ? channelId.split(":")[1] : null;
  return toConversation({ id: channelId, direct }, thread, message);
}

export const toDirect = (handle) => join("dm", handle);
export const toView = (view, id = null) => join(view, id);

export function go(hash) {
  if (location.hash === hash) emit("route");
  else location.hash = hash;
}

addEventListener("hashchange", () => emit("route"));
