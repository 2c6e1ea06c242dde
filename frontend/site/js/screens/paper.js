// A paper: taken up again where it was left, or what came of it.

import { api } from "../api.js";
import { sitting } from "../sitting.js";
import { clock } from "../clock.js";
import { draft, paper } from "../storage.js";
import { t } from "../texts.js";
import { resultView } from "./result.js";

export async function screen(context) {
  const { argument: id, contest, go, kept } = context;
  if (!id) {
    go("#/me", { instead: true });
    return { title: "", content: [] };
  }
  draft.sweep(clock.now());
  const found = kept || (await load(id));
  if (found.status === "open") return sitting(found.attempt, context);
  draft.clear(id);
  paper.clear(id);
  return { title: t("result.title"), content: resultView(found, contest) };
}

/** The paper as the server has it; without a connection, as this device kept it. */
async function load(id) {
  const here = paper.get(id);
  try {
    const found = await api.attempt(id, here ? { tries: 2, timeout: 8000 } : {});
    if (found.status === "open") paper.set(id, found.attempt);
    return found;
  } catch (error) {
    if (!here || !error.passing) throw error;
    return { status: "open", attempt: here };
  }
}
