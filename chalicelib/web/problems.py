"""Refusals as problem documents (RFC 9457), in Vietnamese; ``code`` is stable and for programs."""

from __future__ import annotations

from typing import Any, NamedTuple

from chalicelib.domain.errors import (
    AlreadyFinished,
    ContestError,
    InvalidInput,
    NoAttemptsLeft,
    NoOpenWeek,
    ProofRequired,
    ProviderDown,
    Stale,
    Stopped,
)


class Problem(NamedTuple):
    status: int
    title: str
    detail: str


PROBLEMS = {
    "not_json": Problem(400, "Không đọc được yêu cầu", "Nội dung gửi lên phải là JSON hợp lệ, mã hóa UTF-8."),
    "refused": Problem(
        400,
        "Không nhận yêu cầu này",
        "Yêu cầu không đúng dạng nên không được nhận. Hãy tải lại trang rồi thử lại.",
    ),
    "unauthorized": Problem(
        401,
        "Chưa đăng nhập",
        "Phiên đăng nhập đã hết hạn hoặc đã kết thúc, ví dụ vì mật khẩu vừa được đặt lại. Hãy đăng nhập lại.",
    ),
    "wrong_credentials": Problem(
        401, "Không đăng nhập được", "Số căn cước công dân hoặc mật khẩu không đúng. Hãy kiểm tra và thử lại."
    ),
    "wrong_code": Problem(
        401,
        "Không đặt lại được mật khẩu",
        "Số căn cước công dân hoặc mã dùng một lần không đúng, mã đã dùng hoặc đã hết hạn. "
        "Hãy kiểm tra lại hoặc gọi đường dây nóng để nhận mã mới.",
    ),
    "code_refused": Problem(
        401,
        "Chưa xác thực được",
        "Hệ thống định danh không xác nhận lần đăng nhập này. Hãy bắt đầu lại từ trang đăng ký.",
    ),
    "identity_too_weak": Problem(
        403,
        "Tài khoản chưa đủ mức định danh",
        "Tài khoản này chưa chứng minh được số căn cước công dân ở mức mà cuộc thi yêu cầu. "
        "Hãy nâng mức định danh của tài khoản hoặc gọi đường dây nóng của cuộc thi.",
    ),
    "excluded": Problem(
        403,
        "Không thuộc đối tượng dự thi",
        "Theo thể lệ, bạn không thuộc đối tượng dự thi. Nếu có nhầm lẫn, hãy gọi đường dây nóng của cuộc thi.",
    ),
    "disqualified": Problem(
        403,
        "Kết quả đã bị hủy",
        "Ban Tổ chức đã hủy kết quả dự thi của bạn. Nếu có nhầm lẫn, hãy gọi đường dây nóng của cuộc thi.",
    ),
    "not_found": Problem(404, "Không có địa chỉ này", "Địa chỉ không tồn tại. Hãy kiểm tra lại đường dẫn."),
    "no_provider": Problem(
        404,
        "Không dùng tài khoản định danh",
        "Cuộc thi này không đăng ký bằng tài khoản định danh. Hãy đăng ký theo mẫu trên trang.",
    ),
    "attempt_not_found": Problem(404, "Không có lượt thi này", "Bạn không có lượt thi nào với mã này."),
    "method_not_allowed": Problem(
        405, "Không dùng được phương thức này", "Địa chỉ này không nhận phương thức HTTP đã dùng."
    ),
    "already_registered": Problem(
        409,
        "Đã đăng ký",
        "Số căn cước công dân này đã được đăng ký. Nếu chính bạn đã đăng ký, hãy đăng nhập bằng mật khẩu đã "
        "đặt; nếu không, hãy gọi đường dây nóng của cuộc thi.",
    ),
    "other_browser": Problem(
        409,
        "Đã bắt đầu ở trình duyệt khác",
        "Lần xác thực này được bắt đầu ở một trình duyệt khác. Hãy quay lại trình duyệt đó "
        "hoặc bắt đầu lại tại đây.",
    ),
    "flow_expired": Problem(
        410, "Đã quá thời gian xác thực", "Lần xác thực này đã quá 15 phút. Hãy bắt đầu lại từ trang đăng ký."
    ),
    "no_open_week": Problem(
        409, "Không trong thời gian thi", "Hiện không có tuần thi nào đang mở. Hãy xem lịch thi trên trang chủ."
    ),
    "no_attempts_left": Problem(409, "Đã hết lượt thi", "Bạn đã dùng hết số lượt thi của tuần này."),
    "stale": Problem(
        409,
        "Câu trả lời đã được lưu từ nơi khác",
        "Thiết bị hoặc cửa sổ khác đã lưu câu trả lời mới hơn của lượt thi này. Hãy xem lại rồi gửi lại.",
    ),
    "finished": Problem(409, "Bài đã nộp", "Lượt thi này đã kết thúc nên không nhận thêm câu trả lời."),
    "overdue": Problem(
        409, "Đã quá giờ", "Thời gian làm bài đã hết. Các câu trả lời đã lưu tự động được xử lý theo thể lệ."
    ),
    "too_large": Problem(413, "Yêu cầu quá lớn", "Nội dung gửi lên vượt quá 16 KB."),
    "unsupported_media_type": Problem(
        415, "Sai kiểu nội dung", "Hãy gửi nội dung với Content-Type: application/json."
    ),
    "invalid": Problem(
        422, "Thông tin chưa đúng", "Một số mục chưa đúng. Hãy sửa các mục được nêu rồi gửi lại."
    ),
    "proof_required": Problem(
        429,
        "Cần bước kiểm tra tự động",
        "Thiết bị cần làm bước kiểm tra tự động để ngăn máy dò mật khẩu hoặc đăng ký hàng loạt. "
        "Hãy bấm gửi lại và giữ trang mở; việc này mất lâu nhất khoảng một phút.",
    ),
    "internal": Problem(
        500, "Lỗi hệ thống", "Hệ thống gặp lỗi. Câu trả lời đã lưu vẫn còn. Hãy thử lại sau ít giây."
    ),
    "stopped": Problem(
        503, "Tạm dừng", "Ban Tổ chức đang tạm dừng phần này. Bài đang mở vẫn làm và nộp được bình thường."
    ),
    "provider_down": Problem(
        503,
        "Hệ thống định danh không trả lời",
        "Hệ thống định danh đang gián đoạn, không phải do bạn. Hãy thử lại sau ít phút.",
    ),
    "busy": Problem(503, "Hệ thống đang bận", "Nhiều người đang truy cập. Hãy thử lại sau vài giây."),
    "not_loaded": Problem(503, "Chưa có cuộc thi", "Cuộc thi chưa được nạp vào hệ thống. Hãy quay lại sau."),
}
_BY_STATUS = {
    400: "not_json",
    403: "not_found",  # API Gateway's own "Missing Authentication Token" means this
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}
CONTENT_TYPE = "application/problem+json"


def document(code: str, request_id: str) -> dict[str, Any]:
    """``type``, ``title``, ``status``, ``detail``, ``code``, ``request_id``."""
    status, title, detail = PROBLEMS[code]
    return {
        "type": f"urn:cuoc-thi:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
    }


def of(error: ContestError, request_id: str) -> dict[str, Any]:
    """The document of a refusal, with the extra members of its code."""
    return {**document(error.code, request_id), **_members(error)}


def _members(error: ContestError) -> dict[str, Any]:
    members: dict[str, Any] = {}
    match error:
        case InvalidInput():
            members = {"errors": [{"field": fault.field, "message": fault.message} for fault in error.errors]}
        case Stale():
            members = {
                "saved_answers": error.answers,
                "prediction": error.prediction,
                "revision": error.revision,
            }
        case ProviderDown():
            members = {"lasting": error.lasting}
        case ProofRequired():
            members = {"challenge": error.challenge}
        case AlreadyFinished():
            members = {"result": error.result}
        case Stopped():
            members = {"notice": error.notice}
        case NoOpenWeek(args=[period]) | NoAttemptsLeft(args=[period]):
            members = {"detail": PROBLEMS[error.code].detail.replace("tuần", period)}
    return members


def of_status(status: int, request_id: str) -> dict[str, Any]:
    """The document for an error that the framework answers itself."""
    code = _BY_STATUS.get(status, "internal" if status >= 500 else "refused")
    return {**document(code, request_id), "status": status}
