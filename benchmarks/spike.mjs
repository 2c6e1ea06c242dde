// A sitting, simulated: people who use the page, against the platform's limits. Reads a list of runs as JSON from standard
// input and writes one result for each. benchmarks/spike.py makes the runs and tells what the fields mean.
//
// The page's own functions decide every wait (pace.js, api.js, phase.js), so a change of the page changes the result. The
// platform is a chain of limits, each of which refuses: web ACL, gateway, Lambda, a cold start's calls, tables. There is no
// queue in it but Lambda's cold starts and the table's stream, as on the real one. Everything is in milliseconds from the
// opening of the week.

import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";

import { backoff } from "../frontend/site/js/api.js";
import * as pace from "../frontend/site/js/pace.js";
import { rushWait } from "../frontend/site/js/phase.js";
import { diceOf } from "../frontend/tests/dice.mjs";

/** A constant of the page that it does not export. */
function constant(file, name) {
  const source = readFileSync(new URL(`../frontend/site/js/${file}`, import.meta.url), "utf-8");
  const found = new RegExp(`^const ${name} = ([\\d ./*]+);`, "m").exec(source);
  if (!found) throw new Error(`${file} has no constant ${name}`);
  return found[1].split("*").reduce((product, part) => product * Number(part), 1);
}

const TRIES = constant("api.js", "TRIES");
const RUSH_MS = constant("phase.js", "RUSH_MS");
const POLL_MS = constant("contest.js", "EVERY_MS");
const LATE_MS = constant("machine.js", "LATE_MS");
const SAVE_AFTER_MS = constant("machine.js", "DEFAULT_SAVE_AFTER_MS");
const TIMEOUT_MS = constant("api.js", "TIMEOUT_MS");
const HAND_IN_TIMEOUT_MS = constant("sitting.js", "HAND_IN_TIMEOUT_MS");

const TICK = 4; // ms: within it, events have no order
const ROUTES = ["signIn", "me", "start", "save", "handIn", "challenge", "register"];
const STAGES = ["waf", "gateway", "concurrency", "scaling", "coldStart", "database"];
const [SIGN_IN, ME, START, SAVE, HAND_IN, CHALLENGE, REGISTER, TAP, OPEN] = [0, 1, 2, 3, 4, 5, 6, 7, 8]; // routes first

/** `rate` a second, `burst` at once. `take(t, n)`: whether there were n; calls come in order of time. */
class Bucket {
  constructor(rate, burst) {
    [this.rate, this.burst, this.left, this.at] = [rate / 1000, burst, burst, -1e12];
  }

  has(t, n = 1) {
    this.left = Math.min(this.burst, this.left + (t - this.at) * this.rate);
    this.at = t;
    return this.left >= n;
  }

  take(t, n = 1) {
    const enough = this.has(t, n);
    if (enough) this.left -= n;
    return enough;
  }
}

/** Partitions of a table: each has its share of the capacity, and the week's 256 shards lie on them by one chance for all runs. */
class Table {
  constructor(units, ofPartition, scale) {
    const count = Math.max(1, Math.ceil(units / ofPartition));
    const random = diceOf(8);
    this.shards = Uint16Array.from({ length: 256 }, () => random() * count);
    const share = units / count / scale;
    this.partitions = Array.from({ length: count }, () => new Bucket(share, share));
  }

  take(t, shard, n) {
    return this.partitions[this.shards[shard]].take(t, n);
  }
}

/**
 * The function behind the entries' stream: one run at a time for each partition, when a batch is full or old enough. All
 * write one item in turn. A run that finds no room waits, as the stream does.
 */
class Tally {
  constructor(partitions, { batch, windowMs, recordMs, runMs, turnMs }) {
    Object.assign(this, { batch, windowMs, recordMs, runMs, turnMs, running: 0, most: 0, free: -Infinity });
    this.shards = Array.from({ length: partitions }, () => ({ waiting: 0, since: 0, until: 0 }));
    this.behind = new Numbers();
  }

  add(t, partition, records) {
    const shard = this.shards[partition];
    if (!shard.waiting) shard.since = t;
    shard.waiting += records;
  }

  /** Milliseconds of runs that begin now. `room`: how many more may run. */
  step(t, room) {
    let began = 0;
    for (const shard of this.shards) {
      if (shard.until && shard.until <= t) [shard.until, this.running] = [0, this.running - 1];
      if (shard.until || !shard.waiting || this.running >= room) continue;
      if (shard.waiting < this.batch && t - shard.since < this.windowMs) continue;
      const records = Math.min(this.batch, shard.waiting);
      shard.until = this.free = Math.max(t + this.runMs + records * this.recordMs, this.free + this.turnMs);
      this.behind.add(shard.until - shard.since);
      shard.since += ((t - shard.since) * records) / shard.waiting;
      shard.waiting -= records;
      began += shard.until - t;
      this.running += 1;
      this.most = Math.max(this.most, this.running);
    }
    return began;
  }
}

/** Requests of one address in a sliding window, looked at every ten seconds; a rule of the web ACL. */
class AddressRule {
  constructor(limit, windowMs, noticesMs) {
    Object.assign(this, { limit, noticesMs, slices: new Map(), blocked: false, looked: -Infinity, keep: windowMs / 10000 });
  }

  /** Counts `n` requests and says whether they are blocked. */
  blocks(t, n = 1) {
    const slice = Math.floor(t / 10000);
    this.slices.set(slice, (this.slices.get(slice) || 0) + n);
    if (t - this.looked >= this.noticesMs) {
      this.looked = t;
      let sum = 0;
      for (const [at, count] of this.slices) if (at <= slice - this.keep) this.slices.delete(at);
        else sum += count;
      this.blocked = sum > this.limit;
    }
    return this.blocked;
  }
}

class Numbers {
  constructor() {
    [this.values, this.count] = [new Float32Array(1024), 0];
  }

  add(value) {
    if (this.count === this.values.length) {
      const more = new Float32Array(2 * this.count);
      more.set(this.values);
      this.values = more;
    }
    this.values[this.count++] = value;
  }

  summary() {
    const sorted = this.values.subarray(0, this.count).sort();
    const at = (share) => (this.count ? sorted[Math.min(this.count - 1, Math.floor(share * this.count))] : 0);
    // Where chance may put it in another run, with so few.
    const near = (share) => [-2, 2].map((way) => at(Math.min(1, share + way * Math.sqrt((share * (1 - share)) / this.count))));
    return { count: this.count, p50: at(0.5), p95: at(0.95), worst: at(1), near: this.count ? { p50: near(0.5), p95: near(0.95) } : null };
  }
}

/**
 * One sitting. `groups`: people who arrive alike. `scale`: so many real people are one, and every limit is divided by it;
 * what is counted is multiplied again.
 */
function simulate({ people: habits, groups, settings, limits, server, opens, closes, weak, lines, spread, scale, seed, until }) {
  const random = diceOf(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const lognormal = (median, sigma) => median * Math.exp(sigma * normal());
  const sizes = groups.map(({ count }) => Math.round(count / scale));
  const total = sizes.reduce((sum, count) => sum + count, 0);
  const first = Math.min(0, ...groups.map(({ begin, oneAddress }) => begin - (oneAddress ? habits.waitsMs : 0)));
  const week = { opens_at: new Date(opens).toISOString(), closes_at: new Date(closes).toISOString() };

  // ---- the platform
  const account = new Bucket(limits.gatewayRate / scale, limits.gatewayBurst / scale);
  const methods = ROUTES.map((route) => new Bucket(settings.rates[route] / scale, settings.bursts[route] / scale));
  const quota = new Bucket((limits.concurrency * limits.requestsPerEnvironment) / scale, (limits.concurrency * limits.requestsPerEnvironment) / scale);
  const scaling = new Bucket(limits.scaling / 10 / scale, limits.scaling / scale);
  const secrets = new Bucket(limits.secretReads / scale, limits.secretReads / scale);
  const keys = new Bucket(limits.kmsDecrypts / scale, limits.kmsDecrypts / scale);
  const entries = new Table(settings.entryWrites, limits.partitionWrites, scale);
  const participants = new Table(settings.participantWrites, limits.partitionWrites, scale);
  const tally = new Tally(entries.partitions.length, server.tally);
  const office = {
    registrations: new AddressRule(settings.registrationsPerAddress / scale, 300000, 1000 * limits.wafNotices),
    signIns: new AddressRule(settings.signInsPerAddress / scale, 300000, 1000 * limits.wafNotices),
    requests: new AddressRule(settings.requestsPerAddress / scale, 300000, 1000 * limits.wafNotices),
  };
  const most = Math.max(1, Math.round((limits.concurrency - server.otherFunctions) / scale));
  const slowness = Math.max(1, limits.fullCpu / settings.memory); // a function with less memory gets less of a CPU
  const cold = limits.environmentMs + server.coldMs * slowness + limits.bootstrapMs;
  const raised = new Float32Array(most).fill(settings.saveAfter);
  const lastPush = new Float64Array(most).fill(-Infinity);
  const length = Math.ceil((until - first) / TICK);
  const releases = new Int32Array(length + 1);
  let [environments, busy, released] = [Math.min(most, Math.round(settings.provisioned / scale)), 0, 0];

  // ---- people; each has one thing to do next
  const next = new Int32Array(total).fill(-1);
  const wheel = new Int32Array(length).fill(-1);
  const at = new Float64Array(total);
  const what = new Uint8Array(total);
  const group = new Uint8Array(total);
  const tap = new Float64Array(total);
  const firstTap = new Float64Array(total);
  const waited = new Float64Array(total); // for the sign-in, in the wait for the paper
  const failures = new Uint8Array(total);
  const presses = new Uint8Array(total);
  const lastSave = new Float64Array(total).fill(-Infinity);
  const unsaved = new Float64Array(total); // since when there is an answer that the server does not have
  const finalSave = new Float64Array(total);
  const saveAfter = new Float32Array(total).fill(SAVE_AFTER_MS);
  const done = new Float64Array(total); // when a person wants to hand in
  const deadline = new Float64Array(total);
  const byClock = new Uint8Array(total);
  const shard = Uint8Array.from({ length: total }, () => random() * 256);
  const signedIn = new Uint8Array(total);
  const sends = new Float64Array(total); // when the form is filled in, for who has to register; then 0
  const paid = new Float64Array(total); // steps of the proof of work that the phone has
  const shaky = new Uint8Array(total); // whether the phone's line is broken
  const begun = new Float64Array(total); // when the server began a paper of which the phone has not heard
  const handed = new Uint8Array(total);
  const registrations = new Map(); // by minute
  let fromOffice = 0;

  /** The page's wait in the rush; not everybody who comes is the page. */
  const turn = (t) => (spread ? rushWait(week, t, random) : 0);

  function plan(person, when, action) {
    const tick = Math.floor((when - first) / TICK);
    if (tick >= length) return;
    [at[person], what[person]] = [when, action];
    [next[person], wheel[tick]] = [wheel[tick], person];
  }

  // ---- what is counted
  // Those of broken lines apart: no server mends them.
  const waits = Object.fromEntries(["register", "signIn", "rush", "after", "saved", "handIn", "shaky"].map((name) => [name, new Numbers()]));
  waits.behind = tally.behind;
  const refused = Object.fromEntries(STAGES.map((stage) => [stage, ROUTES.map(() => 0)]));
  const answered = ROUTES.map(() => 0);
  const totals = { lost: 0, turnedAway: 0, sawError: 0, handedIn: 0, files: 0, writes: 0, reads: 0, gbMs: 0, colds: 0, warmest: 0, unheard: 0 };
  const seconds = Math.ceil((until - first) / 1000);
  const [series, refusals] = [new Float64Array(seconds), new Float64Array(seconds)];
  let present = 0; // of the office, with the page open

  function refuse(stage, route, t) {
    refused[stage][route] += 1;
    refusals[Math.floor((t - first) / 1000)] += 1;
    return -1;
  }

  /** How long it takes until the page has the answer, or less than 0. Sets `told`; `done`: the server has done what was asked. */
  const told = { retryAfter: 0, saveAfter: 0, wait: 0, done: false };
  function ask(route, person, t, costs = server.routes[ROUTES[route]]) {
    const luck = shaky[person] ? random() : 1;
    const lost = lines ? lines.lost : 0;
    told.done = luck >= lost / 2 && reach(route, person, t, costs) >= 0; // half is lost on the way there
    if (luck < lost) {
      totals.unheard += 1;
      [told.retryAfter, told.wait] = [0, route === HAND_IN ? HAND_IN_TIMEOUT_MS : TIMEOUT_MS];
      return -1;
    }
    if (luck < lost + (lines ? lines.late : 0)) told.wait += random() * lines.lateMs;
    return told.done ? told.wait : -1;
  }

  /** As `ask`, over a line that holds. */
  function reach(route, person, t, { cpu, calls, writes, reads, table }) {
    const network = lognormal(limits.networkMs, habits.networkSigma);
    [told.retryAfter, told.wait] = [server.retryAfter, network];
    if (groups[group[person]].oneAddress) {
      const blocked = office.requests.blocks(t);
      const rule = { [SIGN_IN]: office.signIns, [REGISTER]: office.registrations }[route];
      if ((rule && rule.blocks(t)) || blocked) {
        told.retryAfter = settings.wafRetryAfter;
        return refuse("waf", route, t);
      }
    }
    if (!methods[route].has(t) || !account.has(t)) return refuse("gateway", route, t);
    methods[route].take(t);
    account.take(t);
    if (!quota.take(t) || (busy >= environments && environments >= most - tally.running / scale)) return refuse("concurrency", route, t);
    let starts = 0;
    if (busy >= environments) {
      if (!scaling.take(t)) return refuse("scaling", route, t);
      environments += 1;
      totals.colds += 1;
      starts = cold;
      if (!secrets.take(t, server.secretsAtStart) || !keys.take(t)) {
        environments -= 1;
        return refuse("coldStart", route, t);
      }
    }
    const takes = starts + cpu * slowness + calls * lognormal(limits.databaseMs, 0.5);
    const environment = Math.floor(random() * environments);
    const pushed = weak && t >= weak.from && t < weak.until && random() >= weak.share;
    const room = writes === 0 || (table === "entries" ? entries : participants).take(t, shard[person], writes);
    const service = !pushed && room ? takes : starts + server.pushedBackMs;
    busy += 1;
    releases[Math.min(length, Math.ceil((t + service - first) / TICK))] += 1;
    totals.gbMs += (service * settings.memory) / 1024;
    totals.warmest = Math.max(totals.warmest, busy + tally.running / scale);
    told.wait = network + service;
    const calm = Math.max(0, Math.floor((t - lastPush[environment]) / server.calmMs));
    const paced = Math.max(settings.saveAfter, raised[environment] / 2 ** Math.min(calm, 20));
    if (pushed || !room) {
      [raised[environment], lastPush[environment]] = [Math.min(2 * paced, server.longestPace), t];
      return refuse("database", route, t);
    }
    told.saveAfter = paced * 1000;
    if (table === "entries" && writes) tally.add(t, entries.shards[shard[person]], scale);
    totals.writes += writes;
    totals.reads += reads;
    answered[route] += 1;
    series[Math.floor((t - first) / 1000)] += 1;
    return told.wait;
  }

  /** What the page's `call` does with a refusal: tries again, then shows an error, and people press again. */
  function again(person, t, route) {
    const now = t + told.wait;
    if (failures[person] + 1 < TRIES) {
      const wait = backoff(failures[person], told.retryAfter, random);
      failures[person] += 1;
      return plan(person, now + wait, route);
    }
    failures[person] = 0;
    if (presses[person] === 0) totals.sawError += 1;
    presses[person] += 1;
    if (presses[person] > habits.patience) {
      totals.turnedAway += 1;
      if (groups[group[person]].oneAddress) present -= 1;
      return;
    }
    plan(person, now + (0.5 + random()) * habits.pressesAgainMs, route);
  }

  /** The next save or the hand-in, whichever comes first; as machine.js plans them. */
  function sit(person, t) {
    const end = Math.min(done[person], deadline[person]);
    let when;
    if (failures[person]) {
      when = lastSave[person] + pace.refused(failures[person], saveAfter[person], told.retryAfter, random);
    } else {
      const answer = t - Math.log(1 - random()) * habits.answerMs;
      unsaved[person] = answer;
      when = Math.max(answer + pace.soon(random), lastSave[person] + pace.healthy(saveAfter[person], random));
    }
    if (when > finalSave[person] && finalSave[person] > t) when = finalSave[person];
    if (when < end) return plan(person, Math.max(when, t), SAVE);
    byClock[person] = Number(done[person] >= deadline[person]);
    const hands = end + (byClock[person] ? pace.spread(habits.grace, random) : 0);
    failures[person] = 0;
    tap[person] = Math.max(hands, t);
    plan(person, Math.max(hands, t), HAND_IN);
  }

  function open(person, t) {
    failures[person] = presses[person] = 0;
    const sits = Math.max(30000, lognormal(habits.sitsMs, habits.sitsSigma));
    const started = begun[person] || t;
    deadline[person] = Math.min(started + habits.limit, closes);
    done[person] = t + sits;
    finalSave[person] = pace.lastSave({ started, deadline: deadline[person] }, random);
    totals.files += habits.paperFiles;
    sit(person, t);
  }

  // ---- registering: the price of one now, in steps, and how long a phone looks for a number
  function price(person, t) {
    const { first: least, registration, rateAStep, dearest } = server.proof;
    const before = groups[group[person]].oneAddress ? fromOffice * scale : 0;
    const inAll = (registrations.get(Math.floor(t / 60000) - 1) || 0) * scale;
    return Math.min(least + registration * before + Math.floor(inAll / rateAStep), dearest);
  }
  const asked = (steps) => Math.min(2 * steps + server.proof.registration, server.proof.dearest);
  const looksFor = (steps) => (random() * steps * server.proof.numbersAStep * 1000) / habits.hashesASecond;

  // ---- arrivals
  let person = 0;
  groups.forEach(({ begin, over, signedIn: share, registered, sitting, oneAddress }, index) => {
    for (let k = 0; k < sizes[index]; k += 1, person += 1) {
      group[person] = index;
      signedIn[person] = Number(random() < share);
      const when = begin + random() * over;
      if (lines) shaky[person] = Number(random() < lines.share);
      if (registered < 1 && random() >= registered) sends[person] = when + lognormal(habits.formMs, habits.formSigma);
      if (sitting) {
        deadline[person] = sitting;
        done[person] = Infinity; // works until the clock takes the paper away
        finalSave[person] = pace.lastSave({ started: sitting - habits.limit, deadline: sitting }, random);
        at[person] = when;
        lastSave[person] = when - random() * SAVE_AFTER_MS;
        sit(person, when);
      } else {
        tap[person] = when;
        plan(person, oneAddress ? Math.max(first, when - random() * habits.waitsMs) : when, oneAddress ? OPEN : TAP);
        totals.files += habits.visitFiles + (oneAddress ? 0 : habits.waitsMs / POLL_MS);
      }
    }
  });

  // ---- time passes
  for (let tick = 0; tick < length; tick += 1) {
    busy -= releases[tick];
    released = first + tick * TICK;
    if (tick % (100 / TICK) === 0) {
      const room = limits.concurrency - server.otherFunctions - busy * scale;
      totals.gbMs += (tally.step(released, room) * server.tally.memory) / 1024 / scale;
    }
    if (present && tick % (1000 / TICK) === 0) {
      office.requests.blocks(released, (present * 1000) / POLL_MS);
      totals.files += (present * 1000) / POLL_MS;
    }
    while (wheel[tick] !== -1) {
      const who = wheel[tick];
      wheel[tick] = next[who];
      act(who, Math.max(at[who], released));
    }
  }

  function act(who, t) {
    switch (what[who]) {
      case OPEN:
        present += 1;
        office.requests.blocks(t, habits.visitFiles);
        return plan(who, Math.max(t, tap[who]), TAP);
      case TAP:
        firstTap[who] = t;
        if (sends[who]) return plan(who, t, CHALLENGE);
        return plan(who, t + turn(t), signedIn[who] ? START : SIGN_IN);
      case CHALLENGE: {
        const wait = ask(CHALLENGE, who, t);
        if (wait >= 0) paid[who] = asked(price(who, t));
        else if (failures[who] + 1 < TRIES) return again(who, t, CHALLENGE);
        failures[who] = 0; // without one, the server answers the form with one
        tap[who] = Math.max(sends[who], t + told.wait + looksFor(paid[who]));
        return plan(who, tap[who], REGISTER);
      }
      case REGISTER: {
        const needs = price(who, t);
        const proves = paid[who] >= needs;
        const wait = ask(REGISTER, who, t, proves ? undefined : server.routes.unproved);
        if (told.done && proves) {
          const minute = Math.floor(t / 60000);
          registrations.set(minute, (registrations.get(minute) || 0) + 1);
          fromOffice += Number(groups[group[who]].oneAddress);
        }
        if (wait < 0) return again(who, t, REGISTER);
        failures[who] = 0;
        if (proves) return plan(who, t + wait, SIGN_IN);
        paid[who] = paid[who] ? server.proof.dearest : asked(needs);
        return plan(who, t + wait + looksFor(paid[who]), REGISTER);
      }
      case SIGN_IN: {
        const wait = ask(SIGN_IN, who, t);
        if (wait < 0) return again(who, t, SIGN_IN);
        failures[who] = 0;
        return plan(who, t + wait, ME);
      }
      case ME: {
        const wait = ask(ME, who, t);
        if (wait < 0) return again(who, t, ME);
        waited[who] = t + wait - tap[who];
        if (!shaky[who]) waits[sends[who] ? "register" : "signIn"].add(waited[who]);
        failures[who] = presses[who] = 0;
        const pressesStart = t + wait + (0.5 + random()) * habits.looksMs;
        if (sends[who]) [firstTap[who], waited[who]] = [pressesStart, 0]; // nobody waits for a paper with a form in hand
        tap[who] = pressesStart;
        return plan(who, pressesStart + turn(pressesStart), START);
      }
      case START: {
        const wait = ask(START, who, t);
        if (told.done && wait < 0) begun[who] ||= t; // the same paper is handed out again
        if (wait < 0) return again(who, t, START);
        waits[shaky[who] ? "shaky" : firstTap[who] < opens + RUSH_MS ? "rush" : "after"].add(waited[who] + t + wait - tap[who]);
        if (groups[group[who]].oneAddress) present -= 1;
        return open(who, t + wait);
      }
      case SAVE: {
        lastSave[who] = t;
        const wait = ask(SAVE, who, t);
        if (wait < 0) failures[who] += 1;
        else {
          failures[who] = 0;
          saveAfter[who] = told.saveAfter;
          if (!shaky[who]) waits.saved.add(t + wait - unsaved[who]);
        }
        return sit(who, t + told.wait);
      }
      case HAND_IN: {
        const wait = ask(HAND_IN, who, t);
        if (told.done && !handed[who] && t <= deadline[who] + habits.grace) {
          handed[who] = 1;
          totals.handedIn += 1;
        }
        if (wait >= 0 && handed[who]) {
          if (!shaky[who]) waits.handIn.add(t + wait - tap[who]);
          return undefined;
        }
        const now = t + told.wait;
        if (t > deadline[who] + habits.grace || now > deadline[who] + habits.grace + LATE_MS) {
          totals.lost += 1 - handed[who];
          return undefined;
        }
        failures[who] += 1;
        return plan(who, now + pace.handInAgain(failures[who], told.retryAfter, random), HAND_IN);
      }
    }
  }

  const times = (counts) => counts.map((count) => Math.round(count * scale));
  const grown = Object.fromEntries(Object.entries(totals).map(([name, value]) => [name, value * scale]));
  return {
    ...grown,
    people: total * scale,
    tallies: tally.most,
    waits: Object.fromEntries(Object.entries(waits).map(([name, numbers]) => {
      const { count, ...others } = numbers.summary();
      return [name, { count: name === "behind" ? count : count * scale, ...others }];
    })),
    answered: times(answered),
    refused: Object.fromEntries(Object.entries(refused).map(([stage, counts]) => [stage, times(counts)])),
    first: first / 1000,
    perSecond: times([...series]),
    refusedPerSecond: times([...refusals]),
  };
}

process.stdout.write(JSON.stringify(JSON.parse(await text(process.stdin)).map(simulate)));
