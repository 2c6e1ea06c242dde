// Texts of a person's own page. See texts.js.

import { addTexts } from "./texts.js";

addTexts({
  "me.registered": [
    "Đăng ký thành công. Lần sau, đăng nhập bằng số căn cước công dân và mật khẩu vừa đặt.",
    "You are registered. Next time sign in with your citizen ID and this password.",
  ],
  "me.listed": [
    "Theo danh sách do đơn vị gửi Ban Tổ chức, bạn thuộc {unit}. Nếu không đúng, hãy gọi đường dây nóng {hotline}.",
    "Your unit has listed you: you belong to {unit}. If that is wrong, call the hotline {hotline}.",
  ],
  "me.title": ["Trang của tôi", "My page"],
  "me.hello": ["Xin chào {name}", "Hello {name}"],
  "me.noUnit": ["Thí sinh tự do", "No unit"],
  "me.reset": [
    "Mật khẩu của bạn đã được Ban Tổ chức đặt lại lúc {at}. Nếu bạn không yêu cầu việc này, hãy gọi đường dây nóng {hotline}.",
    "The organisers reset your password at {at}. If you did not ask for that, call the hotline {hotline}.",
  ],
  "me.signOut": ["Đăng xuất", "Sign out"],
  "me.used": ["lượt đã dùng", "attempts used"],
  "me.left": ["lượt còn lại", "attempts left"],
  "me.best": ["lượt tốt nhất tuần này", "best attempt this week"],
  "me.start": ["Bắt đầu lượt thi", "Start an attempt"],
  "me.startNote": [
    "{questions} câu, {limit}. Đồng hồ chạy ngay khi bắt đầu.",
    "{questions} questions, {limit}. The clock runs as soon as you start.",
  ],
  "me.endsEarly": [
    "Sắp hết tuần thi: bài bắt đầu bây giờ chỉ làm được đến {time}, lúc tuần thi kết thúc.",
    "The week is nearly over: a paper begun now ends at {time}, when the week does.",
  ],
  "me.rush": [
    "Tuần thi vừa mở, bài của bạn mở sau khoảng {seconds} giây. Thời gian làm bài chỉ tính từ khi bài mở.",
    "The week has just opened; your paper opens in about {seconds} s. Its time runs only from then on.",
  ],
  "me.receipt": ["Biên nhận", "Receipt"],
  "me.review": ["Xem bài làm, đáp án", "See the paper and its key"],
  "me.offline": [
    "Chưa nhận được trả lời của máy chủ nên trang này chưa đầy đủ. Bài đang làm dở trên thiết bị này vẫn mở được.",
    "The server has not answered, so this page is not complete. The paper that is open on this device can be gone on with.",
  ],
  "me.noneLeft": [
    "Bạn đã dùng hết lượt thi của tuần này. Hẹn gặp lại ở tuần sau.",
    "You have used all attempts of this week.",
  ],
  "me.history": ["Các lượt thi của bạn", "Your attempts"],
  "me.noHistory": ["Bạn chưa có lượt thi nào.", "You have no attempts yet."],
  "me.attempt": ["{name}, lượt thi {number}", "{name}, attempt {number}"],
  "me.open": ["Đang mở", "Open"],
  "me.discarded": ["Không tính", "Not counted"],
  "me.overdue": ["Hết giờ, tính câu trả lời đã lưu", "Time ran out, saved answers counted"],
  "me.scoreLater": ["Điểm công bố sau khi tuần kết thúc", "Score told after the week"],
  "me.ruled": ["Đã chấm lại", "Graded again"],
  "me.bestMark": ["Lượt tốt nhất của bạn", "Your best attempt"],
});
