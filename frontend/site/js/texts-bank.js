// Texts of the published questions. See texts.js.

import { addTexts } from "./texts.js";

addTexts({
  "bank.title": ["Ôn tập", "Study"],
  "bank.intro": [
    "Bộ câu hỏi và đáp án do Ban Tổ chức công bố: {count} câu.",
    "The questions and answers published by the organisers: {count}.",
  ],
  "bank.search": ["Tìm trong câu hỏi, đáp án, căn cứ (không cần dấu)", "Search (tone marks not needed)"],
  "bank.found": ["Tìm thấy {count} câu", "{count} found"],
  "bank.answer": ["Đáp án: {answer}", "Answer: {answer}"],
  "bank.right": ["(đúng)", "(right)"],
  "bank.source": ["Căn cứ: ", "Source: "],
  "bank.hide": ["Ẩn đáp án để tự kiểm tra", "Hide the answers to test yourself"],
  "bank.reveal": ["Xem đáp án", "Show the answer"],
  "bank.of": ["Chọn bộ câu hỏi", "Choose the questions"],
  "bank.now": ["Hiện nay", "Now"],
  "bank.next": ["Từ tuần {week}", "From week {week}"],
  "bank.none": ["Bộ câu hỏi chưa được công bố.", "The questions are not published."],
  "bank.digest": ["Mã kiểm tra bộ câu hỏi: {digest}", "Digest of the bank: {digest}"],
});
