// Every text of the interface: [Vietnamese, English]. `{name}` is replaced. Contest texts come from the contest.

import { setEnglish } from "./format.js";
import { language } from "./storage.js";

const TEXTS = {
  "app.skip": ["Đến nội dung chính", "Skip to main content"],
  "app.menu": ["Mục chính", "Main menu"],
  "app.language": ["EN – English", "VI – Tiếng Việt"],
  "app.offline": ["Mất kết nối mạng.", "You are offline."],
  "app.offlineGoOn": [" Bạn cứ làm bài tiếp.", " Go on with your paper."],
  "app.loading": ["Đang tải…", "Loading…"],
  "app.retry": ["Thử lại", "Try again"],
  "app.failed": ["Chưa tải được trang", "The page could not be loaded"],
  "app.notFound": ["Không có trang này", "There is no such page"],
  "app.notYou": ["Không phải bạn?", "Not you?"],
  "app.toHome": ["Về trang chủ", "To the home page"],
  "app.hotline": ["Đường dây nóng: ", "Hotline: "],
  "app.organiser": ["Đơn vị tổ chức: ", "Organiser: "],
  "nav.home": ["Trang chủ", "Home"],
  "nav.me": ["Trang của tôi", "My page"],
  "nav.guide": ["Thể lệ", "Rules"],
  "nav.results": ["Kết quả", "Results"],
  "nav.bank": ["Ôn tập", "Study"],
  "nav.receipt": ["Kiểm tra biên nhận", "Check a receipt"],
  "nav.check": ["Kiểm tra giấy chứng nhận", "Check a certificate"],
  "nav.commitments": ["Cam kết công khai", "Commitments"],
  "nav.signIn": ["Đăng nhập", "Sign in"],
  "nav.register": ["Đăng ký", "Register"],

  "home.contest": ["Cuộc thi trực tuyến", "Online contest"],
  "home.before": ["Cuộc thi chưa bắt đầu", "The contest has not started yet"],
  "home.open": ["{name} đang diễn ra", "{name} is open"],
  "home.between": ["Đang nghỉ giữa hai tuần thi", "Between two weeks"],
  "home.after": ["Cuộc thi đã kết thúc", "The contest is over"],
  "home.opensIn": ["{name} bắt đầu sau", "{name} opens in"],
  "home.signInAhead": ["Hãy đăng nhập trước giờ mở để vào thi được ngay.", "Sign in before it opens, and you can start at once."],
  "home.closesIn": ["{name} kết thúc sau", "{name} closes in"],
  "home.paperLeft": ["Bài đang làm dở còn", "The open paper ends in"],
  "home.thanks": ["Cảm ơn bạn đã quan tâm. Mời xem kết quả.", "Thank you. Please see the results."],
  "home.enter": ["Vào thi", "Enter the contest"],
  "home.enterAgain": ["Đã đăng ký: vào thi", "Registered: enter"],
  "home.registerFirst": ["Lần đầu: đăng ký", "First time: register"],
  "me.resume": ["Làm tiếp bài đang làm dở", "Go on with the open paper"],
  "me.runsOut": ["Bài đang làm dở hết giờ lúc {time}.", "The open paper ends at {time}."],
  "home.seeResults": ["Xem kết quả", "See the results"],
  "home.mine": ["Xem kết quả của bạn", "See your own result"],
  "home.weeks": ["Lịch thi", "Dates"],
  "home.week": ["{name}", "{name}"],
  "home.end": ["Chung cuộc", "Final"],
  "home.fromTo": ["Từ {from} đến {to}", "From {from} to {to}"],
  "home.done": ["Đã kết thúc", "Over"],
  "home.now": ["Đang diễn ra", "Open"],
  "home.next": ["Sắp tới", "To come"],
  "home.cancelled": ["Không tổ chức", "Cancelled"],
  "home.reason": ["Lý do: {reason}", "Reason: {reason}"],
  "home.rules": ["Tóm tắt thể lệ", "The rules in short"],
  "home.questions": ["câu hỏi mỗi lượt thi", "questions a paper"],
  "home.limit": ["thời gian làm bài", "time for a paper"],
  "home.attempts": ["lượt thi mỗi tuần", "attempts a week"],
  "home.nextRules": [
    "Từ tuần {week}: {questions} câu hỏi, {limit}, {attempts} lượt thi mỗi tuần.",
    "From week {week}: {questions} questions, {limit}, {attempts} attempts a week.",
  ],
  "home.order": ["Thứ tự xếp hạng cá nhân mỗi tuần", "Order of the weekly individual ranking"],
  "order.score": ["số câu trả lời đúng", "right answers"],
  "order.prediction": ["câu dự đoán gần đúng nhất", "closest prediction"],
  "order.duration": ["thời gian làm bài ngắn hơn", "shorter time taken"],
  "order.attempts": ["số lượt thi ít hơn", "fewer attempts"],
  "order.submitted": ["nộp bài sớm hơn", "earlier submission"],
  "order.draw": ["vẫn bằng nhau: bốc thăm tự động, không ai biết trước kết quả", "still equal: a draw that nobody knows before"],
  "home.scoreAtOnce": ["Nộp bài xong, bạn biết ngay số câu đúng.", "You are told your score as soon as you hand in."],
  "home.scoreLater": ["Điểm được công bố sau khi tuần thi kết thúc.", "Scores are told after the week has closed."],
  "home.best": [
    "Lượt tốt nhất của bạn trong tuần, xét theo thứ tự dưới đây, được dùng để xếp hạng.",
    "Your best attempt of the week, by the order below, counts in the ranking.",
  ],
  "home.age": ["Người dự thi từ đủ {age} tuổi trở lên.", "Participants must be {age} or older."],
  "home.onePrize": [
    "Mỗi người được nhận nhiều nhất một giải cá nhân tuần trong cả cuộc thi.",
    "Each person can win one weekly individual prize in the whole contest.",
  ],
  "home.prizes": ["Giải cá nhân", "Individual prizes"],
  "home.unitPrizes": ["Giải đơn vị", "Unit prizes"],
  "home.eachWeek": ["{count} {title} mỗi tuần", "{count} {title} each week"],
  "home.atTheEnd": ["{count} {title} cuối cuộc thi", "{count} {title} at the end"],
  "live.title": ["{name}: số liệu tham gia", "{name} so far"],
  "live.units": ["Đơn vị có nhiều người dự thi nhất (chưa phải xếp hạng)", "Units with the most participants (not the ranking)"],
  "live.asOf": ["Số liệu lúc {time}, cập nhật mỗi phút.", "As of {time}, brought up to date every minute."],
  "wait.busy": ["Đang có rất nhiều người truy cập", "Very many people are here right now"],
  "wait.lost": ["Chưa nhận được trả lời của máy chủ", "The server has not answered yet"],
  "wait.again": ["Trang sẽ tự thử lại (lần {round}).", "The page tries again by itself (try {round})."],
  "wait.seconds": ["{seconds} giây nữa", "in {seconds} s"],
  "wait.nothing": [
    "Bạn không cần bấm lại hay tải lại trang và không mất lượt thi.",
    "There is no need to press again or reload, and no attempt is lost.",
  ],

  "home.bigScreen": ["Màn hình trực tiếp cho lễ phát động", "Live page for a big screen"],
  "home.guide": ["Đọc thể lệ và hướng dẫn", "Read the rules and guidance"],

  "guide.title": ["Thể lệ và hướng dẫn", "Rules and guidance"],
  "guide.note": ["", "The guide is published in Vietnamese."],
  "guide.print": ["Toàn văn thể lệ, bản in (mở trang mới)", "The full rules, to print (opens a new page)"],
  "guide.toOwn": ["Đến phần hướng dẫn, hỏi và đáp", "To the guidance, questions and answers"],
  "guide.own": ["Hướng dẫn của Ban Tổ chức", "The organisers' guidance"],
  "guide.none": ["Ban Tổ chức chưa công bố thể lệ.", "The rules are not published yet."],
  "guide.ask": ["Cần trợ giúp? Gọi đường dây nóng {hotline}.", "Need help? Call the hotline {hotline}."],

  "results.people": ["người dự thi", "participants"],
  "results.attempts": ["lượt thi", "attempts"],
  "results.more": ["Xem thêm", "Show more"],
  "results.score": ["Số câu đúng", "Right"],
  "results.duration": ["Thời gian", "Time"],
};

let current = 0;

export function setLanguage(code) {
  current = code === "en" ? 1 : 0;
  setEnglish(current === 1);
  language.set(code);
}

export const isEnglish = () => current === 1;

let period = "tuần"; // the contest's word for a week
let titles = new Map(); // the own titles of weeks, by number

/** Whether weeks are called “tuần”, “đợt” or “kỳ”, and which have a title of their own. */
export function setWeeks(contest) {
  period = contest.period || "tuần";
  titles = new Map([...contest.weeks, ...(contest.cancelled || [])].map(({ number, title }) => [String(number), title]));
}

/** A text that says “tuần”, in the contest's word. */
export function worded(text) {
  if (period === "tuần") return text;
  if (current) return text.replace(/\b(?:week|weekly)\b/g, "round").replace(/\bWeek(?:ly)?\b/g, "Round").replace(/\bweeks\b/g, "rounds");
  return text.replace(/tuần/g, period).replace(/Tuần/g, period[0].toUpperCase() + period.slice(1));
}

const weekName = (week) => titles.get(String(week)) || (week === 0 ? t("home.end") : worded(`${current ? "Week" : "Tuần"} ${week}`));

/** The text of `key` in the chosen language; where `values` has a `week`, `{name}` is what that week is called. */
export function t(key, values = {}) {
  const text = TEXTS[key] ? worded(TEXTS[key][current]) : key;
  const all = "week" in values ? { name: weekName(values.week), ...values } : values;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in all ? String(all[name]) : whole));
}

/** Texts of a part that comes later. */
export const addTexts = (more) => void Object.assign(TEXTS, more);

/** For tests. */
export const texts = TEXTS;
