// The texts of an attempt that is over: its result, and its line in a list.

import { addTexts } from "./texts.js";

addTexts({
  "result.title": ["Kết quả lượt thi", "Your result"],
  "result.received": ["Đã nhận bài", "Received"],
  "result.score": ["câu đúng", "right answers"],
  "result.scoreLater": [
    "Điểm sẽ được công bố sau khi tuần thi kết thúc.",
    "Scores are told after the week has closed.",
  ],
  "result.duration": ["Thời gian làm bài", "Time taken"],
  "result.at": ["Nộp lúc", "Handed in at"],
  "result.late": [
    "Bài đến sau giờ kết thúc, trong thời gian bù chậm đường truyền: bài được tính như nộp lúc thời gian đó vừa hết.",
    "It arrived after the deadline, within the grace period: it counts as handed in at the end of that period.",
  ],
  "result.overdue": [
    "Đã hết giờ khi chưa nộp. Các câu trả lời đã lưu được tính với thời gian làm bài dài nhất; số dự đoán ghi trong bài này không được tính.",
    "Time ran out before the paper was handed in. The saved answers count, with the longest duration; the prediction in this paper does not.",
  ],
  "result.discarded": [
    "Lượt thi này không được tính vì không nộp trong thời gian quy định.",
    "This attempt does not count because it was not handed in in time.",
  ],
  "result.blank": [
    "Lượt thi này không được tính vì bài nộp không có câu trả lời nào.",
    "This attempt does not count because no question was answered.",
  ],
  "result.later": [
    "Kết quả xếp hạng được công bố sau khi tuần thi kết thúc.",
    "The ranking is published after the week has closed.",
  ],
  "result.toMe": ["Về trang của tôi", "To my page"],
});
