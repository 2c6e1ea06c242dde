// Texts of the page for a big screen. See texts.js.

import { addTexts } from "./texts.js";

addTexts({
  "screen.title": ["Trực tiếp", "Live"],
  "screen.blocs": ["Số người dự thi theo khối", "Participants by bloc"],
  "screen.address": ["Vào thi tại", "Take part at"],
  "screen.late": ["Đang chờ kết nối. Số liệu lúc {time}", "Waiting for the connection. Figures of {time}"],
});
