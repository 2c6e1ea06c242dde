// Texts of the page for a big screen. See texts.js.

import { addTexts } from "./texts.js";

addTexts({
  "screen.title": ["Trực tiếp", "Live"],
  "screen.blocs": ["Số người dự thi theo khối (không gồm thí sinh tự do)", "Participants by bloc (without those who belong to none)"],
  "screen.join": ["Quét mã để vào thi:", "Scan to take part:"],
  "screen.late": ["Đang chờ kết nối. Số liệu lúc {time}", "Waiting for the connection. Figures of {time}"],
});
