// Checking a receipt: one that this device keeps, one from a file, or one that was pasted.

import { data } from "../api.js";
import { hexOf } from "../digests.js";
import { afterClick, fill, focusOn, h, once } from "../dom.js";
import { duration, moment, number, time as clockTime } from "../format.js";
import { mistakesOf, summaryBox } from "../form.js";
import { explain } from "../problems.js";
import { checkReceipt, keyNamed, readReceipt } from "../receipt-check.js";
import { saveButton } from "../receipt-file.js";
import { saveFile } from "../save-file.js";
import { receipts, seenLog } from "../storage.js";
import { t } from "../texts.js";
import "../texts-me.js";
import "../texts-result.js";
import "../texts-proof.js";

/** By week, then by attempt. */
const newestFirst = ({ record: one }, { record: other }) => other.week - one.week || other.number - one.number;

export async function screen({ argument, signedIn, kept }) {
  const mine = signedIn ? receipts.of(signedIn.participant.participant_id).sort(newestFirst) : [];
  const box = h("textarea", { id: "receipt-text", rows: 5, autocomplete: "off", spellcheck: "false", "aria-describedby": "receipt-hint" });
  const file = h("input", { class: "unseen", type: "file", id: "receipt-file", accept: ".json,application/json" });
  const problem = summaryBox();
  const outcome = h("div", { "aria-live": "polite" });
  const check = h("button", { class: "button primary", type: "submit" }, t("receipt.check"));
  const form = h("form", { novalidate: true });
  const mistakes = mistakesOf(form, problem);

  async function run() {
    mistakes.none(); // clears those of the last receipt
    fill(outcome);
    const receipt = readReceipt(box.value);
    if (!receipt) return mistakes.say(t("receipt.unreadable"));
    fill(outcome, h("p", { class: "loading" }, t("receipt.checking")));
    try {
      const checked = await checkReceipt(receipt, data, seenLog.get());
      if (checked.seen) seenLog.set(checked.seen);
      fill(outcome, outcomeView(receipt, checked));
      afterClick(() => focusOn(outcome.querySelector("h2")));
      return undefined;
    } catch (error) {
      fill(outcome);
      return mistakes.say(explain(error));
    }
  }
  const choose = (receipt) => {
    box.value = JSON.stringify(receipt, null, 1);
    return run();
  };
  file.addEventListener("change", async () => {
    const [chosen] = file.files || [];
    if (!chosen) return;
    box.value = await chosen.text();
    run();
  });
  form.addEventListener("submit", once(check, run));
  form.append(problem,
    h("p", { class: "actions" }, file, h("label", { class: "button", for: "receipt-file" }, t("receipt.file"))),
    h("div", { class: "field" }, h("label", { for: "receipt-text" }, t("receipt.paste")),
      h("p", { class: "hint", id: "receipt-hint" }, t("receipt.hint")), box),
    h("p", { class: "actions" }, check));
  const content = h("section", { class: "narrow" },
    h("h1", null, t("receipt.title")),
    h("p", null, t("receipt.what")),
    mine.length > 0 && h("section", { "aria-labelledby": "kept" },
      h("h2", { id: "kept" }, t("receipt.kept")),
      h("ul", { class: "list" }, mine.map((receipt) => h("li", null,
        h("button", { class: "button quiet", type: "button", onclick: () => choose(receipt) },
          t("me.attempt", { week: receipt.record.week, number: receipt.record.number })))))),
    form, outcome);
  const wanted = mine.find(({ openings }) => openings.grading.attempt_id === argument); // others use this device too
  if (kept !== null) box.value = kept;
  else if (wanted) choose(wanted);
  if (kept) run();
  return { title: t("receipt.title"), content, keep: () => box.value };
}

const MARKS = { good: "✓", bad: "✗", missing: "✗", later: "…", late: "!", unknown: "?" };
const WRONG = ["bad", "missing"];

/** Two checkpoints that contradict each other, to be kept and shown to others. */
const conflictView = (notes) => h("div", { class: "notice bad", role: "alert" },
  h("p", null, h("strong", null, t("log.conflict"))),
  h("p", null, t("log.conflictDo")),
  h("p", null, h("button", { class: "button", type: "button", onclick: () => saveFile("hai-moc-nhat-ky.txt", notes.join("\n\n"), "text/plain") },
    t("log.conflictSave"))));

/** Says on demand whether the log had named the key, which takes more than all the rest. */
function keyView(receipt, found) {
  const said = h("span", { "aria-live": "polite" });
  const ask = h("button", { class: "button quiet", type: "button" }, t("key.check"));
  ask.addEventListener("click", once(ask, async () => {
    const state = await keyNamed(receipt, data, found).catch(() => "unknown");
    fill(said, h("strong", null, t(`key.${state}`)));
  }));
  return h("p", { class: "actions" }, ask, said);
}

/** @type {(receipt: any, checked: any) => HTMLElement} */
function outcomeView(receipt, { steps, checkpoint, conflict, found }) {
  const { record, openings: { time }, told } = receipt;
  const states = steps.map(([, state]) => state);
  const whole = [...WRONG, "later", "late", "unknown"].find((state) => states.includes(state)) || "good";
  const row = (name, value) => h("div", null, h("dt", null, name), h("dd", null, value));
  return h("section", { class: "card", "aria-labelledby": "outcome" },
    h("h2", { id: "outcome" }, t("receipt.outcome")),
    conflict && conflictView(conflict),
    h("p", { class: `notice ${whole === "good" ? "good" : WRONG.includes(whole) ? "bad" : ""}` }, t(`verdict.${whole}`), whole === "good" && steps.some(([name]) => name === "time") && ` ${t("verdict.inTime")}`),
    h("dl", { class: "rows" },
      row(t("receipt.attempt"), t("me.attempt", { week: record.week, number: number(record.number) })),
      row(t("results.score"), told.score === null ? t("result.scoreLater") : number(told.score)),
      row(t("result.duration"), duration(time.duration_ms)),
      row(t("result.at"), moment(time.received_at_ms, true))),
    h("p", { class: "actions" }, saveButton(receipt)),
    h("details", { open: whole !== "good" }, h("summary", null, t("receipt.details")),
      h("ul", { class: "checks" }, steps.map(([name, state]) =>
        h("li", { class: WRONG.includes(state) ? "bad" : state }, h("span", { class: "sign", "aria-hidden": "true" }, MARKS[state]),
          h("span", null, t(`check.${name}`), ": ", h("strong", null, t(`state.${state}`)))))),
      found && h("dl", { class: "rows" }, row(t("receipt.minute"), `${clockTime(found.leaf.at, true)} – ${clockTime(found.minutes.at(found.number + 1), true)}`)),
      checkpoint && [h("p", null, t("receipt.checkpoint", { size: number(checkpoint.size) })),
        h("p", { class: "digest" }, h("code", null, hexOf(checkpoint.root)))],
      found && keyView(receipt, found)));
}
