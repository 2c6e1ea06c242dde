// A receipt as a file of one's own.

import { h } from "./dom.js";
import { t } from "./texts.js";

export const fileName = ({ record }) => `bien-nhan-tuan-${record.week}-luot-${record.number}.json`;

/** A button that saves the receipt as the file that the verifier reads too. */
export function saveButton(receipt) {
  const save = () => {
    const address = URL.createObjectURL(new Blob([JSON.stringify(receipt, null, 1)], { type: "application/json" }));
    const link = h("a", { href: address, download: fileName(receipt) });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  };
  return h("button", { class: "button", type: "button", onclick: save }, t("receipt.save"));
}
