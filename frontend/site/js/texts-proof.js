// Texts of receipts and commitments. See texts.js.

import { addTexts } from "./texts.js";

addTexts({
  "verdict.good": [
    "Biên nhận hợp lệ. Bài của bạn có trong nhật ký và không bị thay đổi.",
    "The receipt holds. Your paper is in the log, unchanged.",
  ],
  "verdict.bad": [
    "Có mục không khớp. Hãy giữ lại biên nhận này và gọi đường dây nóng.",
    "Something does not agree. Keep this receipt and call the hotline.",
  ],
  "verdict.later": [
    "Những gì kiểm tra được lúc này đều khớp. Nhật ký chưa mở phút nhận bài của bạn: hãy kiểm tra lại sau vài phút; nếu vẫn chưa mở thì sau khi có kết quả tuần.",
    "All that can be checked now agrees. The log has not opened your paper's minute yet: check again in some minutes, or else after the week's results.",
  ],
  "verdict.late": [
    "Biên nhận hợp lệ. Bài của bạn vào nhật ký muộn: bài được tính, nhưng chỉ được xét giải nếu Ban Tổ chức xác nhận. Hãy gọi đường dây nóng.",
    "The receipt holds. Your paper came late to the log: it counts, but wins nothing unless the organisers confirm it. Call the hotline.",
  ],
  "verdict.missing": [
    "KHÔNG thấy bài của bạn trong những phút của nhật ký mà bài phải có. Hãy tải biên nhận này, giữ lại và gửi cho Ban Tổ chức: chữ ký trên đó là bằng chứng. Sau khi có kết quả tuần, hãy kiểm tra lại.",
    "Your paper is NOT in the minutes of the log where it has to be. Save this receipt, keep it and send it to the organisers: its signature is proof. Check again after the week's results.",
  ],
  "verdict.unknown": [
    "Những gì trình duyệt này kiểm tra được đều khớp. Để kiểm tra đầy đủ, hãy dùng trình duyệt mới hơn.",
    "All that this browser can check agrees. Use a newer browser to check everything.",
  ],
  "check.answers": ["Câu trả lời, đơn vị, điểm, thời gian đúng với cam kết", "Answers, unit, score and times are those committed to"],
  "check.record": ["Nội dung lượt thi đúng với mã biên nhận", "The record agrees with the code"],
  "check.signature": ["Chữ ký của Ban Tổ chức", "The organisers' signature"],
  "check.log": ["Mốc của nhật ký có chữ ký và nối tiếp mốc mà thiết bị này đã thấy", "The log's checkpoint is signed and extends what this device has seen"],
  "check.logged": ["Lượt thi có trong nhật ký", "The attempt is in the log"],
  "check.time": ["Lượt thi vào nhật ký đúng hạn", "The attempt came to the log in time"],
  "check.person": ["Mã người dự thi là của bạn", "The pseudonym is yours"],
  "state.good": ["khớp", "agrees"],
  "state.bad": ["không khớp", "does not agree"],
  "state.missing": ["không thấy", "not found"],
  "state.later": ["chưa đến lúc", "not yet"],
  "state.late": ["muộn", "late"],
  "state.unknown": ["trình duyệt này chưa kiểm tra được", "this browser cannot check it"],
  "log.conflict": [
    "Hai mốc của nhật ký mâu thuẫn: mốc mà trang này đưa ra bây giờ không nối tiếp mốc mà thiết bị của bạn đã thấy trước đây.",
    "Two checkpoints of the log contradict each other: the one shown now does not extend what your device has seen before.",
  ],
  "log.conflictDo": [
    "Nhật ký đúng không bao giờ như vậy. Hãy lưu hai mốc thành tệp, giữ tệp đó, gửi cho Ban Tổ chức và cho cơ quan báo chí hoặc người đang theo dõi nhật ký.",
    "An honest log never does that. Save the two checkpoints, keep the file, and send it to the organisers and to a newspaper or whoever watches the log.",
  ],
  "log.conflictSave": ["Lưu hai mốc", "Save the two checkpoints"],
  "key.check": ["Kiểm tra khóa ký trong nhật ký (khoảng 80 KB)", "Check the signing key in the log (about 80 KB)"],
  "key.good": ["Nhật ký đã nêu khóa này trước khi bạn nộp bài.", "The log had named this key before you handed in."],
  "key.bad": [
    "Nhật ký KHÔNG nêu khóa này trước khi bạn nộp bài. Hãy giữ biên nhận và gọi đường dây nóng.",
    "The log had NOT named this key before you handed in. Keep the receipt and call the hotline.",
  ],
  "key.unknown": ["Chưa đọc được nhật ký, hãy thử lại.", "The log could not be read: try again."],
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
