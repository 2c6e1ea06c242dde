// The commitments are a chain: each entry holds the digest of the one before.

import { canonical, hexOf, sha256, utf8 } from "./digests.js";

/** True if every entry names the one before and `head` is the last one's digest: none was changed or taken out. */
export async function chainHolds({ entries, head }) {
  /** @type {string | null} */
  let before = null;
  for (const entry of entries) {
    if (entry.previous !== before) return false;
    before = hexOf(await sha256(utf8(canonical(entry))));
  }
  return before === head;
}
