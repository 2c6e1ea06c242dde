"""Single questions whose right option shows by its form."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.lint.strategies import ABSOLUTE, odd_one
from chalicelib.domain.lint.subject import Finding, Subject, quoted

# The key is so many times as long as any other option, and by so many characters.
_LONGER, _BY = 1.6, 25
_COMMON_WORDS = 3


def check_length(subject: Subject) -> Iterator[Finding]:
    for item in subject.single:
        options = item.question.options
        key, others = len(options[item.keys[0]]), [len(options[k]) for k in item.wrong]
        if len(others) > 1 and (
            (key > _LONGER * max(others) and key >= max(others) + _BY)
            or (_LONGER * key < min(others) and key + _BY <= min(others))
        ):
            reason = (
                f"đáp án dài {key} ký tự, các phương án khác {min(others)}–{max(others)}: hãy viết các phương "
                "án dài ngang nhau"
            )
            yield Finding("length", (item.id,), reason)


def check_absolute(subject: Subject) -> Iterator[Finding]:
    for item in subject.single:
        has = [bool(ABSOLUTE.search(option)) for option in item.question.options]
        wrong = item.wrong
        if len(wrong) > 1 and not has[item.keys[0]] and all(has[k] for k in wrong):
            reason = (
                "mọi phương án sai đều có từ tuyệt đối (chỉ, tất cả, luôn, mọi, duy nhất…), đáp án thì không: "
                "hãy viết lại các phương án sai"
            )
            yield Finding("absolute", (item.id,), reason)


def check_overlap(subject: Subject) -> Iterator[Finding]:
    """The key repeats words of the stem, no other option does."""
    for item in subject.single:
        stem, wrong = {*item.stem}, item.wrong
        everywhere = set.intersection(*({*option} for option in item.options))
        common = [len((stem & {*option}) - everywhere) for option in item.options]
        if len(wrong) > 1 and common[item.keys[0]] >= _COMMON_WORDS and not any(common[k] for k in wrong):
            shown = ", ".join(sorted((stem & {*item.options[item.keys[0]]}) - everywhere)[:6])
            reason = (
                f"chỉ đáp án lặp lại từ của câu dẫn ({shown}): hãy dùng từ khác ở đáp án, hoặc dùng các từ này "
                "ở cả phương án sai"
            )
            yield Finding("overlap", (item.id,), reason)


def _small(text: str) -> bool:
    return text[:1].islower()


def _ends(text: str) -> bool:
    return text.endswith(".")


_FORMS = (("bắt đầu bằng chữ thường hay chữ hoa", _small), ("kết thúc bằng dấu chấm", _ends))


def check_grammar(subject: Subject) -> Iterator[Finding]:
    """The key alone begins or ends in another way than all others."""
    for item in subject.single:
        options, key, wrong = item.question.options, item.keys[0], item.wrong
        if len(wrong) < 2:
            continue
        unlike = [
            words for words, form in _FORMS if {form(options[k]) for k in wrong} == {not form(options[key])}
        ]
        if [*odd_one(item)] == [key]:
            unlike.append(f"các phương án kia đều bắt đầu bằng {quoted(' '.join(item.options[wrong[0]][:1]))}")
        if unlike:
            reason = (
                f"đáp án khác mọi phương án kia về hình thức ({'; '.join(unlike)}): hãy viết các phương án "
                "theo một mẫu"
            )
            yield Finding("grammar", (item.id,), reason)
