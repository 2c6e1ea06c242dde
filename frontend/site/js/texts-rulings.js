// The texts of rulings on questions: nobody needs them before there is one to show.

import { addTexts } from "./texts.js";

addTexts({
  "ruling.title": ["Kết luận của Ban Tổ chức về câu hỏi", "The organisers' rulings on questions"],
  "ruling.key": ["Đáp án được chấp nhận: {keys}.", "Accepted: {keys}."],
  "ruling.and": [" và ", " and "],
  "ruling.or": [" hoặc ", " or "],
  "ruling.allRight": [
    "Ai có câu này trong đề đều được điểm, kể cả khi bỏ trống.",
    "Everybody who had this question has the point, blank or not.",
  ],
  "ruling.reason": ["Lý do: {reason}", "Reason: {reason}"],
  "ruling.number": ["Câu {number}.", "Question {number}."],
  "ruling.chosen": ["Bạn đã chọn: {chosen}.", "You chose: {chosen}."],
  "ruling.blank": ["Bạn đã bỏ trống câu này.", "You left it blank."],
  "ruling.inWeeks": ["Kết luận của Ban Tổ chức cho tuần {weeks}", "Ruling of the organisers for week {weeks}"],
  "ruling.again": [
    "Trước khi chấm lại: {score}/{total}. Bài được chấm lại theo kết luận của Ban Tổ chức dưới đây.",
    "By the key at the week's opening: {score}/{total}. The paper was graded again under the rulings below.",
  ],
});
