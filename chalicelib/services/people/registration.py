"""Registering a participant (R1–R3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from chalicelib.documents.roster_index import Listed
from chalicelib.domain.errors import AlreadyRegistered, FieldError, InvalidInput
from chalicelib.domain.identity import participant_id
from chalicelib.domain.person import (
    LONGEST_NAME,
    Gender,
    age,
    citizen_id_fits,
    is_citizen_id,
    is_name,
    is_obvious,
    is_phone,
)
from chalicelib.services.contest.reference import Reference
from chalicelib.services.people.listed import placed
from chalicelib.services.ports import Participant, ParticipantStore, Passwords

# Long enough for prizes and complaints (docs/privacy.md).
KEPT_AFTER_MS = 180 * 86_400_000
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128


class Application(NamedTuple):
    """The registration form, its texts cleaned (``domain.pasted``). ``unit_code`` is None outside all units.

    ``proven``: an identity provider has proved the citizen ID, and what else it told.
    """

    citizen_id: str
    full_name: str
    date_of_birth: date
    gender: Gender
    phone: str
    unit_code: str | None
    category: str
    password: str
    consent: bool
    proven: bool = False


def check(
    application: Application, reference: Reference, today: date, *, with_unit: bool = True
) -> list[FieldError]:
    """Every fault of the application, each with its remedy; ``today`` is in the contest's time zone.

    ``with_unit``: those of unit and category too, which people on a roster do not choose.
    """
    errors = []

    def fault(field: str, message: str) -> None:
        errors.append(FieldError(field, message))

    minimum = reference.definition.eligibility.min_age
    citizen_id, born = application.citizen_id, application.date_of_birth
    if not is_citizen_id(citizen_id):
        fault("citizen_id", "Số căn cước công dân gồm 12 chữ số, bắt đầu bằng mã tỉnh hoặc mã quốc gia.")
    elif not citizen_id_fits(citizen_id, born, application.gender):
        fault(
            "citizen_id",
            "Số căn cước không khớp với năm sinh hoặc giới tính đã khai. Hãy kiểm tra lại cả ba mục.",
        )
    if born > today:
        fault("date_of_birth", "Ngày sinh không thể ở tương lai.")
    elif age(born, today) < minimum:
        fault("date_of_birth", f"Người dự thi phải đủ {minimum} tuổi trở lên.")
    elif age(born, today) > 120:
        fault("date_of_birth", "Ngày sinh không đúng. Hãy kiểm tra lại năm sinh.")
    if len(application.full_name) > LONGEST_NAME:
        fault("full_name", f"Họ và tên dài quá {LONGEST_NAME} ký tự. Hãy ghi đúng như trên thẻ căn cước.")
    elif not is_name(application.full_name):
        fault("full_name", "Hãy ghi họ và tên đầy đủ bằng chữ, không dùng chữ số hay ký hiệu.")
    if not is_phone(application.phone):
        fault("phone", "Hãy ghi số điện thoại di động gồm đủ 10 chữ số.")
    if with_unit:
        errors += _check_unit(application, reference)
    fault_of_password = check_password(application.password, citizen_id, application.phone, f"{born:%d%m%Y}")
    if fault_of_password:
        errors.append(fault_of_password)
    if not application.consent:
        fault("consent", "Cần sự đồng ý của bạn về việc xử lý dữ liệu cá nhân để đăng ký dự thi.")
    return errors


def _check_unit(application: Application, reference: Reference) -> list[FieldError]:
    """Whether category and unit exist and go together."""
    category, unit = reference.definition.category(application.category), application.unit_code
    errors = []
    if category is None:
        message = "Không có đối tượng dự thi này. Hãy chọn lại đối tượng dự thi."
        errors.append(FieldError("category", message))
    elif unit is None and category.unit == "required":
        errors.append(FieldError("unit_code", f"Đối tượng “{category.title}” phải chọn đơn vị."))
    elif unit is not None and category.unit == "none":
        message = f"Đối tượng “{category.title}” không thuộc đơn vị nào. Hãy bỏ chọn đơn vị."
        errors.append(FieldError("unit_code", message))
    if unit is not None and unit not in reference.unit_codes:
        errors.append(FieldError("unit_code", "Không có đơn vị này trong danh sách. Hãy chọn lại đơn vị."))
    return errors


def check_password(password: str, *known: str) -> FieldError | None:
    """``known``: the person's numbers that others may know, and which they would guess first."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return FieldError("password", f"Mật khẩu cần từ {SHORTEST_PASSWORD} đến {LONGEST_PASSWORD} ký tự.")
    if is_obvious(password, known):
        message = "Mật khẩu này quá dễ đoán. Không dùng dãy số đơn giản, số căn cước, số điện thoại, ngày sinh."
        return FieldError("password", message)
    return None


def register(
    application: Application,
    reference: Reference,
    participants: ParticipantStore,
    passwords: Passwords,
    pepper: bytes,
    now: int,
    today: date,
    find: Callable[[str], Listed | None],
    admit: Callable[[str], None],
) -> Participant:
    """Registers a person. Raises ``InvalidInput``, ``Excluded``, ``Disqualified``, ``AlreadyRegistered``.

    ``find`` looks a participant id up in the units' rosters. Who is on one is registered in its unit and
    category, whatever the application says.

    ``admit`` uses up the proof of work for this participant id, or raises ``ProofRequired``. It comes after the
    faults that the person can mend with the same proof, and before any answer that reveals whether somebody is
    registered, excluded or on a roster, as faults of unit and category do: people on one choose neither.
    """
    number = participant_id(pepper, application.citizen_id)
    errors = check(application, reference, today, with_unit=not reference.rosters)
    if errors:
        raise InvalidInput(errors)
    admit(number)
    reference.check_admitted(number, reference.decisions.in_force().get(number, number))
    listed = find(number)
    errors = [] if listed else _check_unit(application, reference)
    if errors:
        raise InvalidInput(errors)
    identity = _free_id(number, reference, participants)
    participant = Participant(
        participant_id=identity,
        full_name=application.full_name,
        date_of_birth=application.date_of_birth.isoformat(),
        gender=application.gender,
        citizen_id=application.citizen_id,
        phone=application.phone,
        unit=application.unit_code or "",
        category=application.category,
        password_hash=passwords.hash(application.password),
        registered_at=now,
        kept_until=reference.definition.weeks[-1].closes + KEPT_AFTER_MS,
        verified_at=now if application.proven else 0,
    )
    participant = placed(participant, listed)
    participants.add(participant)
    return participant


def _free_id(number: str, reference: Reference, participants: ParticipantStore) -> str:
    """Under which id the number can be registered: read before the password is hashed, which costs far more.

    Raises ``AlreadyRegistered``, ``Excluded``, ``Disqualified``.
    """
    holder = participants.holder(number)
    if holder is None:
        return number
    if holder.taken or holder.participant_id == number:
        raise AlreadyRegistered
    reference.check_admitted(number, holder.participant_id)
    return holder.participant_id


def is_repeated(application: Application, stored: Participant) -> bool:
    """Whether this is the registration that was stored. Unit and category of listed people are the roster's."""
    given, born = application, application.date_of_birth.isoformat()
    told = (given.citizen_id, given.full_name, born, given.gender, given.phone)
    kept = (stored.citizen_id, stored.full_name, stored.date_of_birth, stored.gender, stored.phone)
    placed_so = stored.listed or (given.unit_code or "", given.category) == (stored.unit, stored.category)
    return told == kept and placed_so
