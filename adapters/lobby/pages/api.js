// Calls to the server. The one place that knows how its errors look.

/** What the server said no to, in its own words, or that it could not be reached. */
export class Failure extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Makes a path of encoded parts: `path("channels", id, "messages")`. */
export const path = (...parts) => `/api/${parts.map(encodeURIComponent).join("/")}`;

async function call(method, address, { query, body } = {}) {
  const search = new URLSearchParams(
    Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null),
  );
  const url = search.size ? `${address}?${search}` : address;
  const options = { method, headers: { accept: "application/json" } };
  if (body !== undefined) {
    options.headers["content-type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(url, options);
  } catch {
    throw new Failure(0, "unreachable", "The server cannot be reached. Is “bullpen up” still running?");
  }
  const text = await answer.text();
  let data = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch {
    data = null;
  }
  if (!answer.ok) {
    throw new Failure(
      answer.status,
      data?.error?.code ?? "error",
      data?.error?.message ?? `The server answered ${answer.status}.`,
    );
  }
  return data;
}

export const get = (address, query) => call("GET", address, { query });
export const post = (address, body, query) => call("POST", address, { body, query });
export const put = (address, query, body) => call("PUT", address, { query, body });
export const patch = (address, body) => call("PATCH", address, { body });
export const remove = (address, query, body) => call("DELETE", address, { query, body });
