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
  state.session = session;
  state.me = session.me.name;
  emit("session");
}

export function speakAs(name) {
  localStorage.setItem(REMEMBERED, name);
  location.reload();
}

export const can = (right) => state.session?.me.rights.includes(right) ?? false;
export const standIn = () => state.session?.model?.stand_in === true;

export async function loadPersonas() {
  state.personas = await get("/api/personas");
  emit("personas");
}

export async function loadChannels() {
  state.channels = await get("/api/channels", { as: state.me });
  emit("channels");
}

export async function loadCounts() {
  const [approvals, deadLetters] = await Promise.all([get("/api/approvals"), get("/api/dead-letters")]);
  state.approvals = approvals;
  state.deadLetters = deadLetters;
  emit("counts");
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
  const mine = asked.length ? asked.includes(state.me) : can("approve");
  return approval.state === "open" && mine && !approval.votes.some((vote) => vote.by === state.me);
}
