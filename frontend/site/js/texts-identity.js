// Texts for registering with an identity provider. See texts.js.

import { addTexts } from "./texts.js";

addTexts({
  "identity.about": [
    "Đăng ký bằng {title} nhanh hơn: thông tin cá nhân lấy từ tài khoản đó, bạn chỉ điền phần còn thiếu. Những lần sau bạn đăng nhập bằng mật khẩu đặt tại đây.",
    "Registering with {title} is quicker: your personal data come from that account, and you only add what is missing. Later you sign in with the password that you set here.",
  ],
  "identity.begin": ["Đăng ký bằng {title}", "Register with {title}"],
  "identity.or": ["Hoặc điền mẫu dưới đây (đăng ký không xác thực).", "Or fill in the form below (registration without proof)."],
  "identity.title": ["Xác thực bằng {title}", "Identity by {title}"],
  "identity.again": ["Bắt đầu lại", "Begin again"],
  "identity.without": ["Đăng ký không xác thực", "Register without proof"],
  "identity.withoutAbout": [
    "Trong lúc hệ thống định danh gián đoạn, bạn có thể đăng ký không xác thực. Ban Tổ chức sẽ thấy điều này bên cạnh tên bạn.",
    "While the identity system is down, you may register without proof. The organisers will see this beside your name.",
  ],
  "identity.denied": [
    "Bạn chưa đồng ý chia sẻ thông tin, hoặc đã hủy đăng nhập. Chưa có gì được gửi cho cuộc thi.",
    "You did not agree to share your data, or cancelled signing in. Nothing was sent to the contest.",
  ],
  "identity.otherBrowser": [
    "Lần xác thực này được bắt đầu ở một trình duyệt khác trên máy này hoặc máy khác (ví dụ trong Zalo, Facebook). Hãy quay lại trình duyệt đó, hoặc bấm “Bắt đầu lại” tại đây.",
    "Signing in was begun in another browser on this or another device (in Zalo or Facebook, for example). Go back to that one, or press “Begin again” here.",
  ],
  "identity.proved": ["{title} đã xác thực bạn là:", "{title} has proved that you are:"],
  "identity.wrongData": [
    "Nếu thông tin không đúng, hãy sửa tại nơi cấp tài khoản trước, rồi xác thực lại.",
    "If this is not right, have it corrected where your account is kept, then begin again.",
  ],
  "identity.registered": [
    "Số căn cước này đã được đăng ký mà chưa xác thực. Nếu chính bạn đã đăng ký, hãy nhập mật khẩu đã đặt: tài khoản và các lượt thi được giữ nguyên.",
    "This citizen ID was registered without proof. If it was you, enter the password that you set: account and attempts stay as they are.",
  ],
  "identity.stranger": [
    "Nếu bạn chưa từng đăng ký, hãy điền mẫu dưới đây: số căn cước được trả lại cho bạn sau vài giây, và những gì người kia đã làm không được tính.",
    "If you have never registered, fill in the form below: your citizen ID is given back to you within seconds, and what the other person did is not counted.",
  ],
  "identity.link": ["Xác thực tài khoản đã có", "Verify the account"],
});
