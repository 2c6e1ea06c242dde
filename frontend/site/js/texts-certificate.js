// Texts of certificates, and of the page that checks them. See texts.js.

import { addTexts } from "./texts.js";

addTexts({
  "cert.title": ["Giấy chứng nhận", "Certificate"],
  "cert.none": [
    "Chưa có giấy chứng nhận của tuần này. Giấy có sau khi kết quả tuần được công bố, cho người có lượt thi được tính.",
    "There is no certificate of this week yet. It comes when the week's results are published, for everybody with an attempt that counts.",
  ],
  "cert.takesPart": ["GIẤY CHỨNG NHẬN DỰ THI", "CERTIFICATE OF PARTICIPATION"],
  "cert.wins": ["GIẤY CHỨNG NHẬN ĐẠT GIẢI", "CERTIFICATE OF A PRIZE"],
  "cert.lead": ["Chứng nhận", "This certifies that"],
  "cert.took": ["đã dự thi {name}, trả lời đúng {score}/{total}\u00a0câu", "took part in {name} with {score} of {total} right answers"],
  "cert.rank": ["xếp hạng {rank} trong {ranked} người", "and ranked {rank} of {ranked}"],
  "cert.prize": ["và đạt {prize}", "and won {prize}"],
  "cert.decision": ["Theo Quyết định số {decision} ngày {day} của Ban Tổ chức.", "By the organisers' decision {decision} of {day}."],
  "cert.when": ["Thời gian thi: từ {from} đến {to}.", "Held from {from} to {to}."],
  "cert.scan": ["Kiểm tra: quét mã, hoặc mở {address} và nhập mã {short}.", "To check: scan the code, or open {address} and enter {short}."],
  "cert.signed": ["Lập từ dữ liệu có chữ ký số của hệ thống cuộc thi.", "Made from data with the contest system's digital signature."],
  "cert.provisional": [
    "Kết quả tuần này còn là tạm thời nên giấy chưa ghi hạng và giải. Sau khi kết quả được công nhận, hãy mở lại trang này.",
    "This week's result is provisional, so rank and prize are not on the certificate yet. Come back when it is recognised.",
  ],
  "cert.print": ["In", "Print"],
  "cert.save": ["Lưu ảnh", "Save the picture"],
  "cert.check": ["Mở trang kiểm tra", "Open the page that checks it"],
  "cert.saved": ["Ảnh được lưu vào mục tải xuống của thiết bị.", "The picture goes to this device's downloads."],
  "cert.copy": ["Sao chép liên kết kiểm tra", "Copy the link that checks it"],
  "cert.copied": ["Đã sao chép. Ai có liên kết này đều kiểm tra được giấy.", "Copied. Whoever has this link can check the certificate."],
  "cert.private": [
    "Mã trên giấy có họ tên và đơn vị của bạn: ai quét được mã thì đọc được. Giấy được lập trên thiết bị này, không gửi đi đâu.",
    "The code on it holds your name and unit: whoever scans it can read them. It is made on this device and sent nowhere.",
  ],
  "share.title": ["Ảnh để chia sẻ", "A picture to share"],
  "share.own": ["Ghi họ tên và kết quả của tôi lên ảnh", "Put my name and result on the picture"],
  "share.what": ["Tôi đã dự thi {name}. Mời bạn cùng dự thi!", "I took part in {name}. Join in!"],
  "share.result": ["{person}: {score}/{total} câu đúng", "{person}: {score} of {total} right"],

  "look.title": ["Kiểm tra giấy chứng nhận", "Check a certificate"],
  "look.what": [
    "Dùng máy ảnh của điện thoại quét mã trên giấy, hoặc nhập mã ngắn ghi bên cạnh. Việc kiểm tra chạy trên thiết bị này; nội dung mã không gửi đi đâu.",
    "Scan the code on it with a phone's camera, or enter the short one beside it. It is checked on this device; what the code holds is sent nowhere.",
  ],
  "look.code": ["Mã ngắn hoặc liên kết", "Short code or link"],
  "look.enter": ["Nhập mã", "Enter a code"],
  "look.another": ["Kiểm tra giấy khác", "Check another one"],
  "look.go": ["Kiểm tra", "Check"],
  "look.good": ["Giấy chứng nhận hợp lệ.", "The certificate is valid."],
  "look.bad": ["Giấy chứng nhận không hợp lệ: nội dung đã bị sửa, hoặc không do hệ thống cuộc thi lập.", "The certificate is not valid: it was edited, or not made by the contest's system."],
  "look.unknown": [
    "Chưa kiểm tra được chữ ký: trình duyệt này chưa hỗ trợ (Ed25519), hoặc chưa tải được khóa công khai. Hãy dùng trình duyệt mới hơn hoặc thử lại.",
    "The signatures could not be checked: this browser cannot (Ed25519), or the public keys could not be loaded. Try a newer browser, or again.",
  ],
  "look.replaced": [
    "Chữ ký đúng, nhưng kết quả đang công bố đã khác. Giấy này được lập theo bản kết quả trước.",
    "The signatures are right, but the published result is another by now. This certificate is of an earlier revision.",
  ],
  "look.unreadable": ["Đây không phải mã của giấy chứng nhận.", "This is no code of a certificate."],
  "look.nobody": ["Không có ai trong kết quả đang công bố mang mã này.", "Nobody in the published results has this code."],
  "look.short": [
    "Đây là kết quả đang công bố của mã này. Mã ngắn không xác nhận họ tên và đơn vị ghi trên giấy: muốn kiểm tra, hãy dùng máy ảnh quét mã trên giấy.",
    "This is the published result of this code. A short code does not confirm name and unit on the certificate: to check them, scan the code on it.",
  ],
  "look.name": ["Họ và tên", "Name"],
  "look.unit": ["Đơn vị", "Unit"],
  "look.week": ["Tuần thi", "Week"],
  "look.score": ["Số câu đúng", "Right answers"],
  "look.rank": ["Hạng", "Rank"],
  "look.prize": ["Giải", "Prize"],
  "look.state": ["Trạng thái", "State"],
  "look.contest": ["Cuộc thi", "Contest"],
});
