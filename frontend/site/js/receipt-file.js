// A receipt as a file.

import { h } from "./dom.js";
import { saveFile } from "./save-file.js";
import { t } from "./texts.js";

export const fileName = ({ record }) => `bien-nhan-tuan-${record.week}-luot-${record.number}.json`;

/** A button that saves the receipt as the file that the verifier reads too, and what it says then. */
export function saveButton(receipt) {
  const said = h("span", { class: "hint", role: "status" });
  const save = () => {
    saveFile(fileName(receipt), JSON.stringify(receipt, null, 1), "application/json");
    said.textContent = t("receipt.saved");
  };
  return [h("button", { class: "button", type: "button", onclick: save }, t("receipt.save")), said];
}
