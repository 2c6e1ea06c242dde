// Calls to the server, repeated until they are answered; spread out at random (full jitter), so that a crowd
// that was turned away does not return all at once.

import { syncFrom } from "./clock.js";
import { session } from "./storage.js";

/** @import { Answers, Attempt, Bodies, FieldFault, Problem } from "../../types/api" */

/** @typedef {Partial<Problem> & { errors?: FieldFault[] }} Said the document of a refusal, as far as there is one */

/**
 * @typedef {object} Options
 * @property {number} [tries] in all
 * @property {number} [timeout] ms
 * @property {(error: ApiError) => boolean} [giveUp] stop retrying early
 * @property {(error: ApiError) => void} [onWait]
 * @property {boolean} [quiet] the caller tells about waiting
 * @property {boolean} [keepalive] outlives the page
 * @property {(url: string, request: RequestInit) => Promise<Response>} [fetching] replaced in tests
 * @property {(milliseconds: number) => Promise<void>} [wait] replaced in tests
 */

const TIMEOUT_MS = 20000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 20000;
const TRIES = 8; // about a minute and a half on a busy day

/**
 * A refusal; `problem` is its whole document. `status` is 0 without a readable answer: `code` is then "network"
 * (there was no connection), "timeout" (no answer in time) or "garbled".
 */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {Said} problem
   */
  constructor(status, problem = {}, retryAfter = 0) {
    super(problem.detail || problem.code || String(status));
    this.status = status;
    this.problem = problem;
    this.code = problem.code || (status === 0 ? "network" : status >= 500 ? "internal" : "unknown");
    this.detail = problem.detail || "";
    this.errors = problem.errors || [];
    this.retryAfter = retryAfter;
  }

  /** The same request may be answered if it is sent again later. */
  get passing() {
    if (["proof_required", "not_loaded", "stopped", "provider_down"].includes(this.code)) return false;
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/**
 * Milliseconds to wait before retry number `round` (from 0), never less than the server asked for.
 * @param {number} round
 */
export function backoff(round, retryAfter = 0, random = Math.random) {
  return retryAfter * 1000 + random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** round);
}

/**
 * Waits; if the device was offline, at most until it is back.
 * @param {number} milliseconds
 * @returns {Promise<void>}
 */
export function pause(milliseconds) {
  return new Promise((resolve) => {
    let timer = setTimeout(over, milliseconds);
    const back = () => {
      clearTimeout(timer);
      timer = setTimeout(over, Math.min(milliseconds, Math.random() * FIRST_WAIT_MS));
    };
    function over() {
      if (globalThis.removeEventListener) globalThis.removeEventListener("online", back);
      resolve();
    }
    if (globalThis.navigator && navigator.onLine === false) globalThis.addEventListener("online", back);
  });
}

/** @type {(waiting: { busy: boolean, wait: number, round: number } | null) => void} */
let tellWaiting = () => {};
let waiting = 0;

/**
 * `tell({busy, wait, round})` each time a call that somebody waits for is postponed: for `wait` ms, before try number
 * `round`, because the server is busy or else cannot be reached; `tell(null)` when none waits any more.
 * @param {typeof tellWaiting} tell
 */
export function onWaiting(tell) {
  tellWaiting = tell;
}

/**
 * Runs `action`, which throws ApiErrors, until it is answered.
 * @template Answer
 * @param {() => Promise<Answer>} action
 * @param {Options & { tries: number, again: (error: ApiError) => boolean }} options
 */
async function repeated(action, { tries, again, giveUp, onWait, quiet, wait = pause }) {
  let told = false;
  try {
    for (let round = 0; ; round += 1) {
      try {
        return await action();
      } catch (thrown) {
        const error = /** @type {ApiError} */ (thrown);
        if (!again(error) || round + 1 >= tries || (giveUp && giveUp(error))) throw error;
        const milliseconds = backoff(round, error.retryAfter);
        if (onWait) onWait(error);
        if (!quiet) tellWaiting({ busy: error.status !== 0, wait: milliseconds, round: round + 2 });
        if (!quiet && !told) waiting += 1;
        told = !quiet;
        await wait(milliseconds);
      }
    }
  } finally {
    if (told) waiting -= 1;
    if (told && !waiting) tellWaiting(null);
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} body
 * @param {Required<Pick<Options, "fetching" | "timeout">> & Options} options
 * @returns {Promise<any>}
 */
async function ask(method, path, body, { fetching, timeout, keepalive }) {
  /** @type {Record<string, string>} */
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
      keepalive: Boolean(keepalive),
      signal: abort.signal,
    });
    syncFrom(response, sent);
    const text = response.status === 204 ? "" : await response.text();
    let answer = {};
    try {
      answer = text ? JSON.parse(text) : {};
    } catch (error) {
      if (response.ok) throw new ApiError(0, { code: "garbled" });
    }
    if (response.ok) return answer;
    throw new ApiError(response.status, answer, Number(response.headers.get("Retry-After")) || 0);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(0, { code: abort.signal.aborted ? "timeout" : "network" });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {Options} options
 * @returns {Promise<any>} by docs/openapi.json; `api` below names it
 */
export function call(method, path, body, options = {}) {
  const { tries = TRIES, timeout = TIMEOUT_MS, keepalive } = options;
  const { fetching = (url, request) => fetch(url, request) } = options;
  const again = (/** @type {ApiError} */ error) => error.passing;
  return repeated(() => ask(method, path, body, { fetching, timeout, keepalive }), { ...options, tries, again });
}

/** @type {Attempt | null} */
let started = null; // the paper that a start just brought, so that showing it costs no second request

export const api = {
  /**
   * Only for the time it brings: the contest itself is a published file.
   * @type {(options?: Options) => Promise<Answers["getContest"]>}
   */
  contest: (options) => call("GET", "/contest", undefined, options),
  /** @type {() => Promise<Answers["getChallenge"]>} */
  challenge: () => call("GET", "/challenge"),
  /** @type {(application: Bodies["registerParticipant"]) => Promise<Answers["registerParticipant"]>} */
  register: (application) => call("POST", "/participants", application),
  /** @type {(credentials: Bodies["signIn"]) => Promise<Answers["signIn"]>} */
  signIn: (credentials) => call("POST", "/sessions", credentials),
  /**
   * After an unsure try, "wrong_code" may mean that the code has done its work.
   * @type {(request: Bodies["resetPassword"], options?: Options) => Promise<Answers["resetPassword"]>}
   */
  resetPassword: (request, options) => call("POST", "/password", request, options),
  /** @type {(options?: Options) => Promise<Answers["getMe"]>} */
  me: (options) => call("GET", "/me", undefined, options),
  /** @returns {Promise<Answers["startAttempt"]>} */
  async start() {
    const answer = await call("POST", "/attempts", {});
    started = answer.attempt;
    return answer;
  },
  /** @type {(id: string, options?: Options & { fresh?: boolean }) => Answers["readAttempt"] | Promise<Answers["readAttempt"]>} */
  attempt(id, { fresh = false, ...options } = {}) {
    const attempt = started;
    started = null;
    if (!fresh && attempt && attempt.attempt_id === id) return { status: "open", attempt };
    return call("GET", `/attempts/${encodeURIComponent(id)}`, undefined, options);
  },
  /**
   * One try: the caller times the next one.
   * @type {(id: string, body: Bodies["saveAnswers"], options?: Options) => Promise<Answers["saveAnswers"]>}
   */
  save: (id, body, options) =>
    call("PUT", `/attempts/${encodeURIComponent(id)}/answers`, body, { tries: 1, ...options }),
  /** @type {(id: string, body: Bodies["submitAttempt"], options?: Options) => Promise<Answers["submitAttempt"]>} */
  submit: (id, body, options) =>
    call("POST", `/attempts/${encodeURIComponent(id)}/submission`, body, options),
};

/** @type {Map<string, Promise<any>>} */
const kept = new Map();

/** @type {(name: string, as: "json" | "text" | "arrayBuffer") => Promise<any>} */
async function published(name, as) {
  const sent = Date.now();
  let response;
  try {
    response = await fetch(`/data/${name}`, { cache: "no-cache" });
    syncFrom(response, sent);
    if (response.status === 403 || response.status === 404) return null;
    if (response.ok) return await response[as]();
  } catch (error) {
    throw new ApiError(0);
  }
  throw new ApiError(response.status);
}

/**
 * A published file below /data; null if it is missing. `keep`: fetches it once a visit.
 * @param {string} name
 */
export async function data(name, { as = /** @type {"json" | "text" | "arrayBuffer"} */ ("json"), keep = false, tries = 4, quiet = false } = {}) {
  const found = await kept.get(name)?.catch(() => null); // it may still be under way
  if (found) return found;
  const asked = repeated(() => published(name, as), { tries, quiet, again: () => true });
  if (keep) kept.set(name, asked);
  return asked;
}
