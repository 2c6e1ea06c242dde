// A paper: resumed where it was left, or its result.

import { sitting } from "../sitting.js";
import { clock } from "../clock.js";
import { records } from "../records.js";

export async function screen(context) {
  const { argument: id, go } = context;
  if (!id) {
    go("#/me", { instead: true });
    return { title: "", content: [] };
  }
  records.sweep(clock.now());
  return sitting(id, context);
}
