// Texts of one's own result after a week has closed. See texts.js.

import { addTexts } from "./texts.js";

addTexts({
  "own.title": ["Kết quả của bạn", "Your result"],
  "own.failed": ["Chưa tải được kết quả của bạn. Hãy mở lại trang này sau ít phút.", "Your result could not be loaded. Please come back in a few minutes."],
  "own.closing": [
    "{name}: đang tổng hợp kết quả, thường xong trong mười phút. Trang tự cập nhật, bạn không cần làm gì.",
    "{name}: the results are being worked out, mostly within ten minutes. This page shows them by itself.",
  ],
  "own.updating": ["{name}: kết quả đang được cập nhật. Hãy mở lại trang này sau ít phút.", "{name}: the results are being brought up to date. Please come back in a few minutes."],
  "own.unranked": [
    "{name}: bạn không có trong bảng xếp hạng, vì không có lượt thi nào được tính hoặc kết quả không được xét. Cần hỏi, hãy gọi đường dây nóng {hotline}.",
    "{name}: you are not in the ranking, because no attempt counts or your result is not considered. To ask, call the hotline {hotline}.",
  ],
  "own.rank": ["Hạng {rank}", "Rank {rank}"],
  "own.of": ["trong {ranked} người được xếp hạng", "of {ranked} people ranked"],
  "own.ahead": ["người được xếp hạng đứng sau bạn", "of those ranked stand behind you"],
  "own.score": ["câu đúng ở lượt tốt nhất", "right in your best attempt"],
  "own.scoreAll": ["câu đúng qua các tuần, mỗi tuần tính lượt tốt nhất", "right over the weeks, of each your best attempt"],
  "own.equal": [
    "Ngoài nhóm xét giải, người bằng nhau ở mọi tiêu chí, thời gian tính theo phút, thì cùng hạng.",
    "Where no prize is near, people who are equal by every criterion, in whole minutes, share a rank.",
  ],
  "own.won": ["Chúc mừng {person}! Bạn được {prize}.", "Congratulations, {person}! You have won: {prize}."],
  "own.wonSoon": [
    "Kết quả còn là tạm thời. Sau khi có quyết định công nhận, Ban Tổ chức sẽ gọi số điện thoại bạn đã đăng ký; hãy chuẩn bị thẻ căn cước để đối chiếu. Ban Tổ chức không thu phí, không hỏi mật khẩu hay mã OTP. Cần hỏi, hãy gọi đường dây nóng {hotline}.",
    "The result is provisional. Once it is recognised the organisers call the phone number that you registered; have your identity card ready. They take no fee and never ask for a password or a one-time code. To ask, call the hotline {hotline}.",
  ],
  "own.wonNow": [
    "Kết quả đã được công nhận. Ban Tổ chức sẽ gọi số điện thoại bạn đã đăng ký để trao giải; khi nhận giải hãy mang theo thẻ căn cước. Ban Tổ chức không thu phí, không hỏi mật khẩu hay mã OTP. Cần hỏi, hãy gọi đường dây nóng {hotline}.",
    "The result is recognised. The organisers call the phone number that you registered to hand over the prize; bring your identity card. They take no fee and never ask for a password or a one-time code. To ask, call the hotline {hotline}.",
  ],
  "own.code": ["Mã của bạn trong danh sách công bố:", "Your code in the published list:"],
  "own.certificate": ["Giấy chứng nhận", "Certificate"],
  "own.provisional": ["Tạm thời", "Provisional"],
  "own.until": ["Ban Tổ chức nhận phản ánh, khiếu nại đến {until}.", "Complaints are taken until {until}."],
  "own.recognised": ["Đã công nhận theo Quyết định số {decision} ngày {day}", "Recognised by decision {decision} of {day}"],
  "own.whole": ["Xem toàn bộ kết quả", "See all results"],
  "own.earlier": ["Các tuần trước", "Earlier weeks"],
  "own.line": ["{name}: hạng {rank}/{ranked}, {score}/{total} câu đúng", "{name}: rank {rank} of {ranked}, {score}/{total} right"],
  "own.unit": ["Đơn vị của bạn", "Your unit"],
  "own.unitRank": ["trong {others} đơn vị", "of {others} units"],
  "own.unitRate": ["đối tượng bắt buộc đã dự thi", "of obliged people took part"],
  "own.unitScore": ["điểm đơn vị", "unit score"],
  "own.unitNote": ["Đơn vị bạn chưa được xét giải: {why}.", "Your unit cannot win: {why}."],
  "own.unitHow": ["Đơn vị được xếp hạng thế nào? Xem Thể lệ.", "How are units ranked? See the rules."],
  "own.unitFirst": ["Đơn vị bạn đang dẫn đầu.", "Your unit is in the lead."],
  "own.unitNext": ["Còn {behind} điểm để bằng {next}, đơn vị đứng ngay trên.", "{behind} points behind {next}, the next unit above."],
  "own.unitAbove": ["Đơn vị đứng ngay trên: {next}.", "The next unit above: {next}."],
  "own.unitNobody": ["{name}: chưa có ai của đơn vị bạn dự thi.", "{name}: nobody of your unit has taken part."],
  "own.course": ["Qua các tuần", "Over the weeks"],
  "own.courseLine": ["{name}: hạng {rank}, {rate}", "{name}: rank {rank}, {rate}"],
});
