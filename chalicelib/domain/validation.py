"""Turns pydantic's errors into Vietnamese sentences that say what to do."""

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
    "date_from_datetime_parsing": "cần ngày có thật, dạng 1990-12-31",
    "date_type": "cần ngày dạng 1990-12-31",
    "date_parsing": "cần ngày có thật, dạng 1990-12-31",
    "date_from_datetime_inexact": "cần ngày dạng 1990-12-31, không kèm giờ",
    "time_delta_parsing": 'cần khoảng thời gian ISO 8601, ví dụ "PT20M"',
    "decimal_type": "cần một số, ví dụ 0.5",
    "decimal_parsing": "cần một số, ví dụ 0.5",
    "finite_number": "cần một số hữu hạn",
    "dict_type": "cần một đối tượng JSON",
    "model_type": "cần một đối tượng gồm các mục",
    "model_attributes_type": "cần một đối tượng gồm các mục",
    "list_type": "cần một danh sách",
    "tuple_type": "cần một danh sách",
    "too_long": "quá nhiều mục, tối đa {max_length}",
}


def message_of(detail: Mapping[str, Any]) -> str:
    """``detail`` is one of ``ValidationError.errors()``."""
    context = detail.get("ctx", {})
    if detail["type"] == "value_error":
        return str(context["error"])
    if detail["type"] == "literal_error":
        return f"chỉ nhận một trong các giá trị: {str(context['expected']).replace(' or ', ', ')}"
    template = _MESSAGES.get(detail["type"], "giá trị không hợp lệ, hãy xem lại mẫu")
    return template.format(**context)
