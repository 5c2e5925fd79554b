// What the pages know at the moment, and a bus that says what of it changed.
import { get } from "./api.js";

export const state = {
  /** The answer of /api/session. */
  session: null,
  /** The name we speak as. */
  me: "",
  personas: [],
  channels: [],
  approvals: [],
  deadLetters: [],
  /** connecting, live, reconnecting or gone. */
  connection: "connecting",
};

const bus = new EventTarget();

/** Listens to a topic; returns what stops it. */
export function on(topic, listener) {
  const wrapped = (event) => listener(event.detail);
  bus.addEventListener(topic, wrapped);
  return () => bus.removeEventListener(topic, wrapped);
}

export function emit(topic, detail) {
  bus.dispatchEvent(new CustomEvent(topic, { detail }));
}

const REMEMBERED = "bullpen.as";

/** Loads who we are; a remembered name that is no longer listed is forgotten. */
export async function loadSession() {
  const remembered = localStorage.getItem(REMEMBERED) ?? undefined;
  let session = await get("/api/session", { as: remembered }).catch((failure) => {
    if (!remembered || failure.status === 0) throw failure;
    return null;
  });
  if (!session?.people.some((person) => person.name === (remembered ?? session.me.name))) {
    localStorage.removeItem(REMEMBERED);
    session = await get("/api/session");
  }
  state.me = session.me.name;
  take("session", session, "session");
}

export function speakAs(name) {
  localStorage.setItem(REMEMBERED, name);
  location.reload();
}

export const can = (right) => state.session?.me.rights.includes(right) ?? false;
export const standIn = () => state.session?.model?.stand_in === true;

/** Puts what was loaded into the state and says so, if it is not the same as before. */
function take(field, value, topic) {
  if (JSON.stringify(state[field]) === JSON.stringify(value)) return;
  state[field] = value;
  emit(topic);
}

export async function loadPersonas() {
  take("personas", await get("/api/personas"), "personas");
}

export async function loadChannels() {
  take("channels", await get("/api/channels", { as: state.me }), "channels");
}

/** Loads what waits for somebody: open approvals and dead letters. */
export async function loadCounts() {
  const [approvals, deadLetters] = await Promise.all([
    get("/api/approvals", { state: "open", limit: 1000 }),
    get("/api/dead-letters", { limit: 1000 }),
  ]);
  take("approvals", approvals, "counts");
  take("deadLetters", deadLetters, "counts");
}

export const persona = (handle) => state.personas.find((one) => one.handle === handle);
export const personaName = (handle) => persona(handle)?.name ?? handle;

export const directId = (handle) => `dm:${handle}:${state.me}`;

/** A channel by its id or name; a direct conversation exists as soon as somebody looks at it. */
export function channel(id) {
  const known = state.channels.find((one) => one.id === id || (!one.direct && one.name === id));
  if (known || !id.startsWith("dm:")) return known;
  const handle = id.split(":")[1];
  const fresh = { id, name: personaName(handle), direct: handle, layer: null, topic: "", unread: 0, mentions: 0 };
  state.channels.push(fresh);
  return fresh;
}

/** Whether an open approval waits for this person's vote. */
export function waitsForMe(approval) {
  const asked = approval.asked_of ?? [];
  const inPlace = (approval.deputies ?? []).some((deputy) => deputy.by === state.me);
  const mine = asked.length ? asked.includes(state.me) || inPlace : can("approve");
  return approval.state === "open" && mine && !standing(approval.votes).some((vote) => vote.by === state.me);
}

/** The votes that count: not those that were taken back. */
export const standing = (votes) => votes.filter((vote) => !vote.taken_back);
