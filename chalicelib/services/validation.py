"""pydantic's faults as Vietnamese sentences that say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MESSAGES = {
    "missing": "thiếu mục này",
    "extra_forbidden": "không có mục tên này: hãy kiểm tra chính tả hoặc bỏ đi",
    "string_type": "cần một chuỗi ký tự",
    "string_too_short": "không được để trống",
    "string_too_long": "quá dài, tối đa {max_length} ký tự",
    "string_pattern_mismatch": "không đúng dạng {pattern}",
    "int_type": "cần một số nguyên",
    "int_parsing": "cần một số nguyên",
    "int_from_float": "cần một số nguyên",
    "bool_type": "cần true hoặc false",
    "bool_parsing": "cần true hoặc false",
    "greater_than": "phải lớn hơn {gt}",
    "greater_than_equal": "phải từ {ge} trở lên",
    "less_than_equal": "không được vượt quá {le}",
    "literal_error": "chỉ nhận một trong các giá trị: {expected}",
    "timezone_aware": "cần giờ có múi giờ, ví dụ 2022-08-22T08:00:00+07:00",
    "datetime_type": "cần ngày giờ có múi giờ, ví dụ 2022-08-22T08:00:00+07:00",
    "date_from_datetime_parsing": "cần ngày dạng 1990-12-31",
    "date_type": "cần ngày dạng 1990-12-31",
    "dict_type": "cần một đối tượng JSON",
    "model_type": "cần một bảng gồm các mục",
    "model_attributes_type": "cần một bảng gồm các mục",
    "list_type": "cần một danh sách",
    "tuple_type": "cần một danh sách",
    "too_long": "quá nhiều mục, tối đa {max_length}",
}


def message_of(detail: Mapping[str, Any]) -> str:
    """``detail`` as in ``ValidationError.errors()``."""
    context = detail.get("ctx", {})
    if detail["type"] == "value_error":
        return str(context["error"])
    template = _MESSAGES.get(detail["type"])
    return template.format(**context) if template else f"giá trị không hợp lệ ({detail['msg']})"
