// A small world for the page's state machine: one attempt on a server that keeps the documented rules, a line that fails
// in every way, devices with storage, tabs and clocks. Time is virtual: nothing waits.

import { ApiError } from "../../site/js/api.js";
import { makeMachine } from "../../site/js/machine.js";

export const LIMIT = 20 * 60000;
export const GRACE = 10000;
const TIMEOUT = 10000;
const START = 1_700_000_000_000;
export const PLACES = ["1", "2", "3", "prediction"];

const sheetText = ({ answers, prediction }) =>
  JSON.stringify([Object.entries(answers).filter(([, keys]) => keys.length).sort(), prediction ?? null]);

/** What the API does with one attempt (docs/openapi.json). `log` has every sheet that it ever held. */
export function makeServer(now) {
  const server = { status: "open", answers: {}, prediction: null, revision: 0, log: [], submitted: null, busy: 0 };
  let deadline = START + LIMIT;
  const answer = () => ({ revision: server.revision, save_after_s: 30, deadline: new Date(deadline).toISOString() });
  const saved = () => ({ saved_answers: server.answers, revision: server.revision });
  const refusal = (status, code, more = {}) => new ApiError(status, { code, status, ...more });
  const result = () => ({ score: 0, total: 3, receipt: server.status === "submitted" ? {} : null });
  function settle() {
    if (server.status !== "open" || now() <= deadline + GRACE) return;
    server.status = "overdue";
    server.final = { answers: server.answers, prediction: server.prediction };
  }
  const same = (body) => sheetText({ answers: body.answers, prediction: body.prediction ?? null }) === sheetText(server);
  Object.assign(server, {
    read() {
      settle();
      const attempt = {
        attempt_id: "a", week: 1, number: 1, questions: [{ number: 1 }, { number: 2 }, { number: 3 }], prediction_question: "?",
        started_at: new Date(START).toISOString(), deadline: new Date(deadline).toISOString(), saved_prediction: server.prediction, ...saved(),
      };
      return server.status === "open" ? { status: "open", attempt } : { status: server.status, result: { attempt_id: "a", ...result() } };
    },
    save(body) {
      settle();
      if (server.status === "submitted") throw refusal(409, "finished", { result: result() });
      if (server.status === "overdue" || now() > deadline) throw refusal(409, "overdue");
      if (body.revision !== server.revision) {
        if (!same(body)) throw refusal(409, "stale", { ...saved(), prediction: server.prediction });
        return answer();
      }
      server.answers = body.answers;
      server.prediction = body.prediction ?? null;
      server.revision = Math.max(server.revision + 1, now() - START);
      server.log.push({ answers: server.answers, prediction: server.prediction });
      return answer();
    },
    submit(body) {
      settle();
      const sheet = { answers: body.answers, prediction: body.prediction ?? null };
      if (server.status === "submitted") {
        if (sheetText(sheet) === sheetText(server.final)) return result();
        throw refusal(409, "finished", { result: result() });
      }
      if (server.status === "overdue") throw refusal(409, "overdue");
      if (body.revision !== server.revision && !same(body)) {
        throw refusal(409, "stale", { ...saved(), prediction: server.prediction });
      }
      server.status = "submitted";
      server.final = sheet;
      server.log.push(sheet);
      return result();
    },
    /** The organisers put the week's end off, and with it the deadline. */
    postpone(milliseconds) {
      deadline += milliseconds;
      if (server.status === "overdue" && now() <= deadline + GRACE) server.status = "open";
    },
    /** A restored table: later saves are gone. */
    lose(to) {
      Object.assign(server, to);
    },
  });
  return server;
}

/** Time, its timers, and what waits for its turn. */
export function makeTime() {
  let now = START;
  let queue = [];
  let count = 0;
  const later = (wait, run) => {
    const entry = { at: now + Math.max(0, wait), run, order: (count += 1) };
    queue.push(entry);
    return entry;
  };
  const settle = async () => {
    for (let i = 0; i < 8; i += 1) await null;
  };
  return {
    now: () => now,
    later,
    cancel: (entry) => (queue = queue.filter((other) => other !== entry)),
    async pass(milliseconds) {
      const end = now + milliseconds;
      await settle();
      for (;;) {
        let first = null;
        for (const entry of queue) {
          if (entry.at <= end && (!first || entry.at < first.at || (entry.at === first.at && entry.order < first.order))) first = entry;
        }
        if (!first) break;
        queue = queue.filter((entry) => entry !== first);
        now = first.at;
        first.run();
        await settle();
      }
      now = end;
    },
  };
}

/** Lines: the fate of a request. Each gives [reaches the server after ms or never, its answer arrives after ms or never]. */
export const LINES = {
  good: () => [30, 30],
  slow: (dice) => [dice() * 15000, dice() * 15000],
  "cut before": () => [null, null],
  "cut after": (dice) => [dice() * 500, null],
  busy: () => "busy",
  offline: () => [null, null],
  late: (dice) => [TIMEOUT + dice() * 60000, null], // arrives when nobody waits for it any more
};

export class Device {
  constructor(world, name) {
    Object.assign(this, { world, name, line: "good", doubles: false, storage: "good", stored: null, paper: null, tabs: [], skew: 0, sure: true });
  }

  /** A request on this device's line; the API answers or throws, as the page's own `api` does. */
  ask(tab, call) {
    const { time, server, dice } = this.world;
    const made = LINES[this.line](dice);
    return new Promise((resolve, reject) => {
      const lost = this.line === "offline" ? 5 : TIMEOUT;
      const done = (settle, value) => {
        time.cancel(timeout);
        this.skew = 0; // the answer's Date
        this.sure = true;
        tab.hear(() => settle(value));
      };
      const timeout = time.later(lost, () => tab.hear(() => reject(new ApiError(0))));
      if (made === "busy") return void time.later(20, () => done(reject, new ApiError(503, { code: "busy" }, 2)));
      const [there, back] = made;
      if (there === null) return;
      const arrive = (answering) => {
        let [settle, value] = [resolve, null];
        try {
          value = call(server);
        } catch (error) {
          [settle, value] = [reject, error];
        }
        const answer = JSON.parse(JSON.stringify(value instanceof ApiError ? value.problem : value));
        if (value instanceof ApiError) value = new ApiError(value.status, answer);
        else value = answer;
        if (answering && back !== null) time.later(back, () => done(settle, value));
      };
      time.later(there, () => arrive(true));
      if (this.doubles) time.later(there + dice() * 40000, () => arrive(false));
    });
  }

  open() {
    const tab = new Tab(this);
    this.tabs.push(tab);
    tab.start();
    return tab;
  }

  write(from, text) {
    if (this.storage !== "good") return false;
    if (this.stored === text) return true;
    this.stored = text;
    for (const tab of this.tabs) if (tab !== from) this.world.time.later(3, () => tab.hear(() => tab.machine.overheard(JSON.parse(text))));
    return true;
  }

  clear(from) {
    if (this.stored === null || this.storage === "denied") return;
    this.stored = null;
    for (const tab of this.tabs) if (tab !== from) this.world.time.later(3, () => tab.hear(() => tab.machine.overheard(null)));
  }
}

/** One page. While it sleeps nothing happens to it; missed events happen when it wakes. */
export class Tab {
  constructor(device) {
    Object.assign(this, { device, asleep: false, gone: false, missed: [], view: null });
  }

  hear(run) {
    if (this.gone) return;
    if (this.asleep) this.missed.push(run);
    else run();
  }

  start() {
    const { device } = this;
    const { world } = device;
    const readStored = () => (device.storage === "denied" || device.stored === null ? null : JSON.parse(device.stored));
    this.machine = makeMachine({
      paper: device.storage === "denied" ? null : device.paper,
      server: {
        read: () => device.ask(this, (server) => server.read()),
        save: (body) => device.ask(this, (server) => server.save(JSON.parse(JSON.stringify(body)))),
        submit: (body) => device.ask(this, (server) => server.submit(JSON.parse(JSON.stringify(body)))),
      },
      store: {
        read: readStored,
        write: (record) => device.write(this, JSON.stringify(record)),
        clear: () => device.clear(this),
        paper: (attempt) => {
          if (device.storage === "good") device.paper = attempt;
        },
      },
      closes: () => START + 7 * 86400000,
      grace: GRACE,
      tell: (view) => {
        this.view = view;
      },
      clock: { now: () => world.time.now() + device.skew },
      steady: () => world.time.now(),
      random: world.dice,
      timers: {
        setTimeout: (run, wait) => world.time.later(wait, () => this.hear(run)),
        clearTimeout: (entry) => world.time.cancel(entry),
      },
    });
    this.view = this.machine.view();
    this.machine.open();
    const beat = () => {
      if (this.gone) return;
      if (!this.asleep && device.sure) this.machine.tick();
      const left = START + LIMIT - world.time.now();
      world.time.later(left > 20000 ? Math.min(20000, left - 20000) + 1 : left < -60000 ? 20000 : 500, beat);
    };
    world.time.later(500, beat);
  }

  /** `politely`: the browser tells the page first. */
  close(politely) {
    if (politely) this.machine.flush();
    this.gone = true;
    this.machine.leave = () => {};
    this.device.tabs = this.device.tabs.filter((tab) => tab !== this);
  }

  sleep() {
    this.asleep = true;
  }

  wake() {
    if (!this.asleep) return;
    this.asleep = false;
    const missed = this.missed.splice(0);
    for (const run of missed) run();
    this.machine.wake();
  }
}

export function makeWorld(dice) {
  const time = makeTime();
  const server = makeServer(time.now);
  const world = { time, server, dice, devices: [] };
  world.devices = ["phone", "computer"].map((name) => new Device(world, name));
  return world;
}
