// The live connection: one WebSocket, resumed after the last number that was seen.
import { emit, state } from "./state.js";

const FIRST_WAIT = 400;
const LONGEST_WAIT = 10_000;
const GONE_AFTER = 5;
const TYPING_EVERY = 3_000;

let socket = null;
let last = null;
let failures = 0;
let timer = 0;
let typedAt = 0;

function become(connection) {
  if (state.connection === connection) return;
  state.connection = connection;
  emit("connection");
}

/** Connects, and keeps connecting. */
export function connect() {
  clearTimeout(timer);
  const query = new URLSearchParams({ as: state.me });
  if (last !== null) query.set("after", last);
  const resumed = last !== null;
  const opened = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live?${query}`);
  socket = opened;
  opened.onopen = () => {
    const again = failures > 0 || state.connection === "reconnecting" || state.connection === "gone";
    failures = 0;
    become("live");
    if (again) emit("reconnected", { resumed });
  };
  opened.onmessage = ({ data }) => take(data);
  opened.onclose = () => {
    if (socket !== opened) return;
    failures += 1;
    become(failures >= GONE_AFTER ? "gone" : "reconnecting");
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(failures, 6));
    timer = setTimeout(connect, wait * (0.7 + Math.random() * 0.6));
  };
}

function take(data) {
  let event = null;
  try {
    event = JSON.parse(data);
  } catch {
    return;
  }
  if (Number.isFinite(event.seq)) last = Math.max(last ?? event.seq, event.seq);
  emit("live", event);
}

/** Tries now instead of at the next turn. */
export function reconnectNow() {
  if (state.connection === "live") return;
  const old = socket;
  socket = null;
  old?.close();
  connect();
}

/** Tells the others that we are typing, at most every three seconds. */
export function typing(channelId, thread) {
  if (socket?.readyState !== WebSocket.OPEN || Date.now() - typedAt < TYPING_EVERY) return;
  typedAt = Date.now();
  socket.send(JSON.stringify({ type: "typing", channel: channelId, thread }));
}

addEventListener("online", reconnectNow);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && state.connection !== "connecting") reconnectNow();
});
