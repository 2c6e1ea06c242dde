// Words for the server's refusals: its own in Vietnamese, ours in English, by code and by field.

import { isEnglish, worded } from "./texts.js";

const NETWORK = "Không kết nối được với máy chủ. Hãy kiểm tra mạng rồi thử lại.";
const TIMEOUT = "Máy chủ chưa trả lời kịp. Hãy thử lại sau ít giây.";
const PART = "Một phần của trang chưa tải về được. Hãy tải lại trang.";
const UNKNOWN = "Có lỗi xảy ra. Hãy thử lại sau ít giây.";

export const ENGLISH = {
  part: "A part of the page could not be loaded. Reload the page.",
  timeout: "The server has not answered in time. Try again in a few seconds.",
  network: "The server could not be reached. Check your connection and try again.",
  unauthorized: "You are not signed in, or your session has ended. Please sign in again.",
  wrong_credentials: "The citizen ID or the password is not right. Check both and try again.",
  wrong_code: "The citizen ID or the code is not right, or the code was used or has expired. Call the hotline for a new one.",
  excluded: "Under the rules you may not take part. If this is a mistake, call the hotline.",
  disqualified: "The organisers have annulled your results. If this is a mistake, call the hotline.",
  not_found: "There is no such address.",
  attempt_not_found: "You have no attempt with this number.",
  already_registered: "This citizen ID is registered already. If it was you, sign in with your password.",
  no_open_week: "No week is open now. See the dates on the home page.",
  no_attempts_left: "You have used all attempts of this week.",
  finished: "This paper has been handed in; it takes no more answers.",
  stale: "Newer answers of this paper were saved from another device or window. Look at them, then send again.",
  overdue: "Time is up. The saved answers are treated as the rules say.",
  too_large: "The request is too large.",
  invalid: "Some entries are not right. Correct those named and send again.",
  proof_required: "Your device has to do an automatic check. Send again and keep this page open; it takes a minute at most.",
  stopped: "The organisers have stopped this for the time being. Open papers can be saved and handed in.",
  busy: "Many people are using the system. Try again in a few seconds.",
  not_loaded: "The contest has not been loaded yet. Come back later.",
};

export const ENGLISH_FIELDS = {
  citizen_id: "12 digits, beginning with a province or country code and agreeing with year of birth and sex.",
  full_name: "Write your full name in letters.",
  date_of_birth: "Enter a real date; participants must have reached the minimum age.",
  gender: "Choose one.",
  phone: "Enter a Vietnamese mobile number of 10 digits.",
  category: "Choose one.",
  unit_code: "Choose your unit from the list.",
  password: "8 to 128 characters, and not easy to guess.",
  consent: "Your consent is needed to register.",
  prediction: "Enter a whole number.",
};

const MISTYPED = new Set(["wrong_credentials", "wrong_code"]); // nobody needs to call for them

/** One sentence for an error, the organisers' words if they have stopped something, and by what the logs know it. */
export function explain(error) {
  const { notice } = error.problem || {};
  return [worded(sentence(error)), error.code === "stopped" && notice, !MISTYPED.has(error.code) && named(error)].filter(Boolean).join(" ");
}

/** By what the logs know an error; empty if the server has not answered. */
export function named(error) {
  const { request_id: id } = error.problem || {};
  return id ? `(${isEnglish() ? "Request" : "Mã yêu cầu"}: ${id})` : "";
}

function sentence(error) {
  if (isEnglish()) return ENGLISH[error.code] || "Something went wrong. Try again in a few seconds.";
  return error.detail || { network: NETWORK, timeout: TIMEOUT, part: PART }[error.code] || UNKNOWN;
}

/** {field: message} of an `invalid` refusal. */
export function fieldMessages(error) {
  const messages = {};
  for (const { field, message } of error.errors || []) {
    if (!messages[field]) messages[field] = (isEnglish() && ENGLISH_FIELDS[field]) || message;
  }
  return messages;
}
