// Calls to the server. What may be sent twice is sent again by itself, spread out at random (full jitter),
// so that a crowd that was turned away does not come back all at once.

import { syncFrom } from "./clock.js";
import { session } from "./storage.js";

const TIMEOUT_MS = 20000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 20000;

/** A refusal: `status` 0 and `code` "network" when no answer came. */
export class ApiError extends Error {
  constructor(status, problem = {}, retryAfter = 0) {
    super(problem.detail || problem.code || String(status));
    this.status = status;
    this.code = problem.code || (status === 0 ? "network" : status >= 500 ? "internal" : "unknown");
    this.detail = problem.detail || "";
    this.errors = problem.errors || [];
    this.retryAfter = retryAfter;
  }

  /** The same request may be answered if it is sent again later. */
  get passing() {
    if (this.code === "too_many_attempts" || this.code === "not_loaded") return false;
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** The server did not take the request up, so that even what is no idempotent call may be repeated. */
  get untouched() {
    return this.passing && (this.status === 429 || this.status === 503);
  }
}

/** Milliseconds to wait before retry number `round` (from 0), never less than the server asked for. */
export function backoff(round, retryAfter = 0, random = Math.random) {
  return retryAfter * 1000 + random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** round);
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function once(method, path, body, fetching, timeout) {
  const headers = { Accept: "application/json" };
  const signedIn = session.get();
  if (signedIn && signedIn.token) headers.Authorization = `Bearer ${signedIn.token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeout);
  const sent = Date.now();
  try {
    const response = await fetching(`/api${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      signal: abort.signal,
    });
    syncFrom(response, sent);
    const text = response.status === 204 ? "" : await response.text();
    let answer = {};
    try {
      answer = text ? JSON.parse(text) : {};
    } catch (error) {
      if (response.ok) throw new ApiError(0);
    }
    if (response.ok) return answer;
    throw new ApiError(response.status, answer, Number(response.headers.get("Retry-After")) || 0);
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError(0);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * `repeat`: the call is idempotent. `tries`: how often in all. `giveUp(error)`: stop retrying early.
 * `fetching` and `wait` are replaced in tests.
 */
export async function call(method, path, body, options = {}) {
  const { repeat = method === "GET" || method === "PUT", tries = 4, giveUp, onWait, timeout = TIMEOUT_MS } = options;
  const { fetching = (url, request) => fetch(url, request), wait = pause } = options;
  for (let round = 0; ; round += 1) {
    try {
      return await once(method, path, body, fetching, timeout);
    } catch (error) {
      const again = repeat ? error.passing : error.untouched;
      if (!again || round + 1 >= tries || (giveUp && giveUp(error))) throw error;
      if (onWait) onWait(error);
      await wait(backoff(round, error.retryAfter));
    }
  }
}

let started = null; // the paper that a start just brought, so that showing it costs no second request

export const api = {
  contest: () => call("GET", "/contest"),
  challenge: () => call("GET", "/challenge"),
  register: (application) => call("POST", "/participants", application),
  signIn: (credentials) => call("POST", "/sessions", credentials, { repeat: true }),
  me: () => call("GET", "/me"),
  async start() {
    const answer = await call("POST", "/attempts", {}, { repeat: true });
    started = answer.attempt;
    return answer;
  },
  attempt(id, fresh = false) {
    const attempt = started;
    started = null;
    if (!fresh && attempt && attempt.attempt_id === id) return { status: "open", attempt };
    return call("GET", `/attempts/${encodeURIComponent(id)}`);
  },
  save: (id, body) => call("PUT", `/attempts/${encodeURIComponent(id)}/answers`, body, { tries: 1 }),
  submit: (id, body, options) =>
    call("POST", `/attempts/${encodeURIComponent(id)}/submission`, body, { repeat: true, ...options }),
};

const kept = new Map();

/** A published file below /data; null where it is not there (yet). `keep`: once a visit is enough. */
export async function data(name, { text = false, keep = false } = {}) {
  if (kept.has(name)) return kept.get(name);
  for (let round = 0; ; round += 1) {
    try {
      const sent = Date.now();
      const response = await fetch(`/data/${name}`, { cache: "no-cache" });
      syncFrom(response, sent);
      if (response.status === 403 || response.status === 404) return null;
      if (!response.ok) throw new ApiError(response.status);
      const found = text ? await response.text() : await response.json();
      if (keep) kept.set(name, found);
      return found;
    } catch (error) {
      if (round >= 2) throw error instanceof ApiError ? error : new ApiError(0);
      await pause(backoff(round));
    }
  }
}
