// A file for the person's own device.

import { h } from "./dom.js";

/** Has the browser save `content` as `name`. @type {(name: string, content: string | Blob, type: string) => void} */
export function saveFile(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** Saves what a canvas shows. @type {(name: string, canvas: HTMLCanvasElement) => void} */
export const savePicture = (name, canvas) => canvas.toBlob((made) => made && saveFile(name, made, "image/png"), "image/png");
