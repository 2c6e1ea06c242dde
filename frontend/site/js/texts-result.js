// The texts of an attempt that is over: its result, its line in a list, its receipt.

import { addTexts } from "./texts.js";

addTexts({
  "result.title": ["Kết quả lượt thi", "Your result"],
  "result.received": ["Đã nhận bài", "Received"],
  "result.score": ["câu đúng", "right answers"],
  "result.perfect": ["Tuyệt vời, đúng tất cả các câu!", "Excellent, every answer is right!"],
  "result.high": ["Rất tốt!", "Very good!"],
  "result.middle": ["Khá tốt, còn một chút nữa thôi.", "Good, and nearly there."],
  "result.low": ["Ai cũng có câu chưa chắc. Ôn lại rồi thi tiếp nhé!", "Nobody knows everything. Study, and try again!"],
  "result.lowLast": ["Cảm ơn bạn đã dự thi. Mỗi câu đều là điều có ích khi làm thủ tục.", "Thank you for taking part. Every question is of use at the counter."],
  "result.best": ["Đây là kết quả tốt nhất của bạn trong tuần đến lúc này.", "This is your best result of the week so far."],
  "result.better": ["Hơn lượt tốt nhất trước đó {more} câu.", "{more} more than your best before."],
  "result.bestBefore": ["Kết quả tốt nhất của bạn trong tuần vẫn là {score}/{total}.", "Your best result of the week is still {score}/{total}."],
  "result.left": ["Bạn còn {left} lượt thi trong tuần này. Xếp hạng theo lượt tốt nhất.", "You have {left} attempts left this week. The best one counts."],
  "result.noneLeft": ["Bạn đã dùng hết {all} lượt thi của tuần này.", "You have used all {all} attempts of this week."],
  "result.again": ["Thi tiếp", "Try again"],
  "result.study": ["Ôn tập", "Study"],
  "result.tell": ["Rủ người khác cùng thi", "Invite others"],
  "result.told": ["Đã chép địa chỉ cuộc thi. Bạn có thể dán vào tin nhắn.", "The address is copied. You can paste it into a message."],
  "result.review": ["Bài làm và đáp án", "Your paper and the key"],
  "result.reviewSum": ["Đúng {right} câu, sai hoặc bỏ trống {wrong} câu.", "{right} right, {wrong} wrong or blank."],
  "result.byTopic": ["Số câu đúng theo chủ đề, chủ đề cần ôn trước đứng đầu", "Right answers by topic, the one to study first on top"],
  "result.onlyWrong": ["Chỉ hiện câu sai hoặc bỏ trống", "Show only what was wrong or blank"],
  "result.right": ["Đúng", "Right"],
  "result.wrong": ["Sai", "Wrong"],
  "result.blankOne": ["Bỏ trống", "Blank"],
  "result.yours": ["bạn chọn", "your choice"],
  "result.key": ["đáp án", "key"],
  "result.source": ["Căn cứ: {reference}", "Source: {reference}"],
  "result.reviewLater": [
    "Sau khi tuần thi kết thúc, bạn xem được tại đây từng câu đúng, sai, đáp án và căn cứ.",
    "After the week has closed you see here what was right and wrong, the key and its source.",
  ],
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

  "receipt.title": ["Kiểm tra biên nhận", "Check a receipt"],
  "receipt.what": [
    "Biên nhận là bằng chứng hệ thống đã nhận bài của bạn. Việc kiểm tra diễn ra ngay trên thiết bị này; biên nhận không được gửi đi đâu.",
    "A receipt proves that your paper was received. It is checked on this device and is not sent anywhere.",
  ],
  "receipt.kept": ["Biên nhận lưu trên thiết bị này", "Receipts kept on this device"],
  "receipt.file": ["Chọn tệp biên nhận", "Choose a receipt file"],
  "receipt.paste": ["Hoặc dán nội dung biên nhận", "Or paste a receipt"],
  "receipt.hint": ["Toàn bộ nội dung của tệp, từ dấu { đến dấu }", "The whole file, from { to }"],
  "receipt.check": ["Kiểm tra", "Check"],
  "receipt.checking": ["Đang kiểm tra…", "Checking…"],
  "receipt.unreadable": [
    "Nội dung này không phải là biên nhận, hoặc đã bị thiếu. Hãy chọn đúng tệp đã tải về.",
    "This is no receipt, or a part is missing. Choose the file that you saved.",
  ],
  "receipt.outcome": ["Kết quả kiểm tra", "What was found"],
  "receipt.attempt": ["Lượt thi", "Attempt"],
  "receipt.minute": ["Phút của nhật ký", "Minute of the log"],
  "receipt.checkpoint": [
    "Mốc mới nhất của nhật ký, {size} phút; người khác phải thấy cùng mã này ở cùng số phút:",
    "The log's newest checkpoint, {size} minutes; others must see the same digest at the same number:",
  ],
  "receipt.yours": ["Biên nhận của bạn", "Your receipt"],
  "receipt.about": [
    "Biên nhận có chữ ký số, đã được giữ trên thiết bị này. Nên tải về một bản để tự kiểm tra sau khi tuần thi được chốt. Tệp tải về dành cho việc kiểm tra, không cần mở ra đọc.",
    "It is signed and kept on this device. Save a copy, to check it yourself after the week was closed. The file is for checking, not for reading.",
  ],
  "receipt.code": ["Mã biên nhận:", "Code:"],
  "receipt.save": ["Tải biên nhận", "Save the receipt"],
});
