// Texts of receipts and commitments. See texts.js.

import { addTexts } from "./texts.js";

addTexts({
  "verdict.good": [
    "Biên nhận hợp lệ. Bài của bạn có trong dữ liệu đã chốt và không bị thay đổi.",
    "The receipt holds. Your paper is among the published ones, unchanged.",
  ],
  "verdict.bad": [
    "Có mục không khớp. Hãy giữ lại biên nhận này và gọi đường dây nóng.",
    "Something does not agree. Keep this receipt and call the hotline.",
  ],
  "verdict.later": [
    "Những gì kiểm tra được lúc này đều khớp. Tuần thi chưa chốt; hãy kiểm tra lại sau khi có kết quả.",
    "All that can be checked now agrees. The week is not closed yet: check again when there are results.",
  ],
  "verdict.unknown": [
    "Những gì trình duyệt này kiểm tra được đều khớp. Để kiểm tra đầy đủ, hãy dùng trình duyệt mới hơn.",
    "All that this browser can check agrees. Use a newer browser to check everything.",
  ],
  "check.answers": ["Câu trả lời, đơn vị, điểm, thời gian đúng với cam kết", "Answers, unit, score and times are those committed to"],
  "check.record": ["Nội dung lượt thi đúng với mã biên nhận", "The record agrees with the code"],
  "check.signature": ["Chữ ký của Ban Tổ chức", "The organisers' signature"],
  "check.published": ["Mã xác thực dữ liệu được công bố cùng kết quả tuần", "The root stands in the week's results"],
  "check.tree": ["Lượt thi có trong dữ liệu đã chốt", "The attempt is among the published ones"],
  "check.person": ["Mã người dự thi là của bạn", "The pseudonym is yours"],
  "state.good": ["khớp", "agrees"],
  "state.bad": ["không khớp", "does not agree"],
  "state.later": ["chưa đến lúc", "not yet"],
  "state.unknown": ["trình duyệt này chưa kiểm tra được", "this browser cannot check it"],
  "commitments.title": ["Cam kết công khai", "Commitments"],
  "commitments.about": [
    "Trước khi cuộc thi mở, Ban Tổ chức công bố mã băm của bộ câu hỏi, thể lệ, danh sách đơn vị và phần mềm. Sau này ai cũng kiểm tra được rằng những nội dung đó không bị thay đổi.",
    "Before the contest opens, the organisers publish the digests of questions, rules, units and programs. Later anybody can check that they were not changed.",
  ],
  "commitments.holds": [
    "Chuỗi cam kết liền mạch: trình duyệt của bạn vừa kiểm tra, không mục nào bị sửa hay bị bỏ.",
    "The chain holds: your browser has just checked that no entry was changed or taken out.",
  ],
  "commitments.broken": [
    "Chuỗi cam kết không liền mạch. Hãy chụp lại màn hình và gọi đường dây nóng.",
    "The chain is broken. Keep a picture of this screen and call the hotline.",
  ],
  "commitments.head": ["Mã của mục mới nhất:", "Digest of the newest entry:"],
  "commitments.entry": ["Mục {number}, {at}", "Entry {number}, {at}"],
  "commitments.digests": ["Các mã băm (SHA-256)", "The digests (SHA-256)"],
  "part.definition": ["Quy định cuộc thi", "Definition of the contest"],
  "part.rules": ["Thể lệ", "Rules in words"],
  "part.bank": ["Bộ câu hỏi", "Question bank"],
  "part.units": ["Danh sách đơn vị", "List of units"],
  "part.barred": ["Danh sách người không được dự thi, người bị hủy kết quả", "Excluded and disqualified people"],
  "part.code_version": ["Phần mềm", "Software"],
  "part.key": ["Khóa ký biên nhận", "Key that signs receipts"],
  "commitments.none": ["Chưa có cam kết nào được công bố.", "Nothing is published yet."],
});
