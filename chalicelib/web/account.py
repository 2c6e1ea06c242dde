"""The routes for a person's account: register, sign in, reset a lost password, list one's own attempts."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from chalicelib.domain.errors import (
    AlreadyRegistered,
    Busy,
    Disqualified,
    Excluded,
    FieldError,
    InvalidInput,
    ProofRequired,
    Unauthorized,
    WrongCredentials,
)
from chalicelib.domain.identity import participant_id, source_id
from chalicelib.domain.identity_provider import Identity
from chalicelib.domain.pasted import name_in, number_in, phone_in, visible
from chalicelib.domain.person import LONGEST_NAME, Gender
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.times import EPOCH
from chalicelib.services.contest.reference import Current
from chalicelib.services.exam.exam import Exam, Person
from chalicelib.services.people import brakes
from chalicelib.services.people.listed import ListedPeople
from chalicelib.services.people.password_resets import TOLD_MS, reset_password
from chalicelib.services.people.registration import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    Application,
    is_repeated,
    register,
)
from chalicelib.services.people.sessions import sign_in
from chalicelib.services.ports import (
    Exchanges,
    ObjectStore,
    Participant,
    ParticipantStore,
    Passwords,
    ProofsOfWork,
    Revocations,
    SignIns,
    Sources,
)
from chalicelib.web import proof_of_work, responses
from chalicelib.web.api import ExamApi
from chalicelib.web.bodies import Body, Short, parse

if TYPE_CHECKING:
    from chalicelib.services.people.proven import Proven
    from chalicelib.web import shapes


def _iso_date(value: Any) -> Any:
    """Accepts only a text: pydantic would also read seconds since 1970 as a date."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError("cần ngày dạng 1990-12-31")
    return value


def _cleaned(clean: Callable[[str], str]) -> BeforeValidator:
    """Cleans a text before its length is looked at; what is no text the model refuses."""
    return BeforeValidator(lambda value: clean(value) if isinstance(value, str) else value)


Digits = Annotated[Short, _cleaned(number_in)]
Password = Annotated[Short, _cleaned(visible)]
NewPassword = Annotated[
    Password, Field(json_schema_extra={"minLength": SHORTEST_PASSWORD, "maxLength": LONGEST_PASSWORD})
]


PROVABLE = ("citizen_id", "full_name", "date_of_birth", "gender", "phone")
Proof = Annotated[
    Annotated[str, Field(max_length=2_000)] | None,
    Field(description="Base64 of a challenge with its `number`, in JSON; left out until one is asked for."),
]
Ticket = Annotated[
    Annotated[str, Field(max_length=4_000)] | None,
    Field(description="As signing in at the identity provider gave it."),
]


class Registration(Body):
    """``ticket`` stands in place of what it proves, which has to be left out then, and of ``proof``."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": list(PROVABLE)}, {"required": ["ticket"]}]}
    )

    citizen_id: Annotated[
        Digits | None,
        Field(
            description="Begins with the code of a province or country; agrees with birth date and gender.",
            examples=["040085000001"],
            json_schema_extra={"pattern": "^[0-9]{12}$"},
        ),
    ] = None
    full_name: Annotated[
        Short | None,
        Field(examples=["Nguyễn Văn An"], json_schema_extra={"minLength": 2, "maxLength": LONGEST_NAME}),
        _cleaned(name_in),
    ] = None
    date_of_birth: Annotated[
        Annotated[date, Field(strict=False), BeforeValidator(_iso_date)] | None,
        Field(description="Old enough for the contest, at most 120 years ago."),
    ] = None
    gender: Gender | None = None
    phone: Annotated[
        Short | None,
        Field(
            description="A Vietnamese mobile number, also with +84 and separators.",
            examples=["0912345678"],
            json_schema_extra={"pattern": "^[0-9 .()+-]{10,}$"},
        ),
        _cleaned(phone_in),
    ] = None
    unit_code: Annotated[
        Short | None,
        Field(
            description=(
                "A code of data/units.json; left out or null by a participant outside all units, where the "
                "category allows it."
            ),
            examples=["SO-A"],
        ),
    ] = None
    category: Annotated[
        Short,
        Field(
            description="The name of one of the contest's categories.",
            examples=["mandatory"],
            json_schema_extra={"pattern": "^[a-z][a-z0-9_-]{0,29}$"},
        ),
    ]
    password: NewPassword
    consent: Annotated[bool, Field(json_schema_extra={"const": True})]
    proof: Proof = None
    ticket: Ticket = None


class Credentials(Body):
    """With a ``ticket`` for the same citizen ID the account is verified from then on."""

    citizen_id: Digits
    password: Password
    proof: Proof = None
    ticket: Ticket = None


class PasswordReset(Body):
    citizen_id: Digits
    code: Digits
    password: NewPassword
    proof: Proof = None


@dataclass(frozen=True, slots=True)
class AccountApi:
    """``pepper`` makes participant ids and the key of the proofs, ``salt_key`` pseudonyms; the other parts are
    those of the exam.

    ``inbox()`` is the desk, of which this writes releases alone. ``address`` is the origin of a request
    (``web.client_address``).
    """

    exam: ExamApi
    participants: ParticipantStore
    listed: ListedPeople
    sign_ins: SignIns
    sources: Sources
    proofs_of_work: ProofsOfWork
    revocations: Revocations
    passwords: Passwords
    pepper: bytes
    salt_key: bytes
    exchanges: Exchanges
    inbox: Callable[[], ObjectStore]

    def challenge(self, address: str) -> shapes.Challenge:
        """What a registration from there costs now, and a little more: the price may rise on the way."""
        setting, now = self.exam.library.current().definition.eligibility.proof_of_work, self.exam.clock()
        traffic = self.sources.traffic(source_id(self.pepper, address), now)
        return self._challenge(brakes.asked(brakes.price_of_registration(traffic, setting)), now)

    def register(self, raw: bytes, address: str) -> shapes.Registered:
        """A registration whose answer was lost is sent again: the same data and password are answered again.

        A wrong password counts as at sign-in; it and other data say no more than that the number is taken.
        """
        body, reference, now = parse(Registration, raw), self.exam.library.current(), self.exam.clock()
        reference.check_on("registration")
        proven = self._proven(body.ticket, now)
        if proven is None:
            self._check_unproven(reference.definition.identity, now)
        setting = "off" if proven else reference.definition.eligibility.proof_of_work
        source, proof = source_id(self.pepper, address), self._proof(body.proof, now)
        admitted = False

        def admit(participant_id: str) -> None:
            nonlocal admitted
            brakes.admit_registration(
                self.sources, self.proofs_of_work, participant_id, source, setting, proof, now
            )
            admitted = True

        application = _application(body, proven)
        self._seen(application.citizen_id)
        today = (EPOCH + timedelta(milliseconds=now)).astimezone(reference.definition.zone).date()
        try:
            with self._asking_for_proof(now):
                person = register(
                    application,
                    reference,
                    self.participants,
                    self.passwords,
                    self.pepper,
                    now,
                    today,
                    lambda number: self.listed.find(number, reference),
                    admit,
                )
        except (Excluded, Disqualified, InvalidInput):
            if admitted:  # it tells who is excluded or on no roster
                self.sources.missed(source, now)
            raise
        except AlreadyRegistered:
            if proven is None:
                person = self._registered_before(application, address, reference, now)
            else:
                person = self._of_its_owner(application, proven, proof, address, reference, now)
                person = self.listed.looked_up(person, reference, self.pepper)
        self.exam.tokens.seen(person.participant_id)
        return {"participant": responses.participant(person, reference, now)}

    def _registered_before(
        self, application: Application, address: str, reference: Current, now: int
    ) -> Participant:
        """The account with this password, if it was registered with these data, as ``listed`` knows it.

        Raises ``AlreadyRegistered``, also where a guess costs something.
        """
        try:
            found = self._known(application.citizen_id, application.password, None, address, reference, now)
        except ProofRequired:
            self.sources.missed(source_id(self.pepper, address), now)
            raise AlreadyRegistered from None
        except WrongCredentials:  # counted as a miss already
            raise AlreadyRegistered from None
        found = self.listed.looked_up(found, reference, self.pepper)
        if not is_repeated(application, found):
            raise AlreadyRegistered
        return found

    def _of_its_owner(
        self,
        application: Application,
        proven: Proven,
        proof: brakes.Proof | None,
        address: str,
        reference: Current,
        now: int,
    ) -> Participant:
        """The account with this password, verified from now on.

        If somebody unproven has the number, it is taken over: raises ``Busy`` until that is done.
        """
        from chalicelib.services.people.takeover import TakeOver  # noqa: PLC0415  few contests have a provider

        taking = TakeOver(self.participants, self.exchanges, self.inbox)
        number = participant_id(self.pepper, proven.citizen_id)
        if taking.is_asked_for(number, now):
            raise Busy  # the page asks again and again: these are no guesses
        try:
            with self._asking_for_proof(now):  # perhaps it is their own account, strained by others
                found = self._known(
                    application.citizen_id, application.password, proof, address, reference, now
                )
        except WrongCredentials:
            taking.ask_for(number, proven.citizen_id, reference.definition.identity.title, now)
            raise AlreadyRegistered from None
        return self._prove(found, proven, now)

    def sign_in(self, raw: bytes, address: str) -> shapes.Session:
        body, reference, now = parse(Credentials, raw), self.exam.library.current(), self.exam.clock()
        self._seen(body.citizen_id)
        reference.check_on("sign_in")
        proven = self._proven(body.ticket, now)
        if proven is not None and proven.citizen_id != body.citizen_id:
            raise InvalidInput([FieldError("ticket", "Số căn cước đã xác thực khác với số đã nhập.")])
        with self._asking_for_proof(now):
            proof = self._proof(body.proof, now)
            found = self._known(body.citizen_id, body.password, proof, address, reference, now)
        if proven is not None:
            found = self._prove(found, proven, now)
        return self.session(found, reference, now)

    def session(self, found: Participant, reference: Current, now: int) -> shapes.Session:
        found = self.listed.looked_up(found, reference, self.pepper)
        person = Person(found.participant_id, found.unit, found.category)
        token, expires = self.exam.tokens.issue(person, max(now, found.signed_out_at))
        session: shapes.Session = {
            "token": token,
            "expires_at": reference.definition.rfc3339(expires),
            "participant": responses.participant(found, reference, now),
        }
        if now < found.reset_at + TOLD_MS:
            session["password_reset_at"] = reference.definition.rfc3339(found.reset_at)
        return session

    def _prove(self, found: Participant, proven: Proven, now: int) -> Participant:
        """The account as verified from now on, unless it is already."""
        if found.verified_at:
            return found
        verified = proven.applied_to(found, now)
        self.participants.prove(verified)
        return verified

    def _known(
        self,
        citizen_id: str,
        password: str,
        proof: brakes.Proof | None,
        address: str,
        reference: Current,
        now: int,
    ) -> Participant:
        return sign_in(
            citizen_id,
            password,
            proof,
            address,
            reference,
            self.participants,
            self.sign_ins,
            self.proofs_of_work,
            self.passwords,
            self.pepper,
            now,
        )

    def reset_password(self, raw: bytes, address: str) -> None:
        body, now = parse(PasswordReset, raw), self.exam.clock()
        self._seen(body.citizen_id)
        with self._asking_for_proof(now):
            reset_password(
                body.citizen_id,
                body.code,
                body.password,
                self._proof(body.proof, now),
                address,
                self.participants,
                self.sign_ins,
                self.proofs_of_work,
                self.revocations,
                self.passwords,
                self.pepper,
                now,
            )

    def me(self, authorization: str | None) -> shapes.Me:
        now = self.exam.clock()
        person = self.exam.tokens.check(authorization, now)
        reference = self.exam.library.current()
        found = self.participants.get(person.participant_id)
        if found is None:
            raise Unauthorized
        entries = Exam(reference, self.exam.entries, self.exam.nonce).history(person, now)
        found = self.listed.looked_up(found, reference, self.pepper)
        named = self._named(found, reference, now)
        return responses.history(found, entries, reference, named, now)

    def _named(self, person: Participant, reference: Current, now: int) -> list[shapes.NameInWeek]:
        """Also of weeks without an attempt: so a page that knows them needs no call when a week is closed."""
        contest, identity = reference.definition.contest.id, person.participant_id
        names, receipts = Pseudonyms(self.salt_key, contest), self.exam.receipts()
        code, _ = reference.shown(identity, person.unit, person.category, now)
        unit = next((one.name for one in reference.units if one.code == code), "")
        named: list[shapes.NameInWeek] = []
        for week in (one.number for one in reference.definition.weeks if one.opens <= now):
            name, salt = names(week, identity), names.salt(week, identity).hex()
            signature, key_id = receipts.vouch(contest, week, name, person.full_name, unit)
            named.append(
                {
                    "week": week,
                    "pseudonym": name,
                    "salt": salt,
                    "unit": unit,
                    "signature": signature,
                    "key_id": key_id,
                }
            )
        return named

    def _seen(self, citizen_id: str) -> None:
        """For the log, until it is known who has the number in force."""
        self.exam.tokens.seen(participant_id(self.pepper, citizen_id))

    def _proven(self, ticket: str | None, now: int) -> Proven | None:
        if ticket is None:
            return None
        from chalicelib.services.people.proven import of_ticket  # noqa: PLC0415  few contests have a provider

        return of_ticket(self.pepper, ticket, now)

    def _check_unproven(self, identity: Identity, now: int) -> None:
        """Raises ``InvalidInput`` if nobody may register without the identity provider."""
        if not identity.require:
            return
        if identity.fallback == "unverified":
            from chalicelib.services.people.provider_sign_in import was_down  # noqa: PLC0415

            if was_down(self.exchanges.health(), now):
                return
        message = f"Cuộc thi này đăng ký bằng {identity.title}. Hãy xác thực bằng tài khoản đó rồi đăng ký."
        raise InvalidInput([FieldError("ticket", message)])

    def _proof(self, given: str | None, now: int) -> brakes.Proof | None:
        return proof_of_work.check(self._proof_key(), given, EPOCH + timedelta(milliseconds=now))

    def _challenge(self, steps: int, now: int) -> shapes.Challenge:
        return proof_of_work.challenge(self._proof_key(), steps, EPOCH + timedelta(milliseconds=now))

    @contextmanager
    def _asking_for_proof(self, now: int) -> Iterator[None]:
        try:
            yield
        except ProofRequired as required:
            required.challenge = self._challenge(required.steps, now)
            raise

    def _proof_key(self) -> bytes:
        return hmac.digest(self.pepper, b"proof of work", "sha256")


def _application(body: Registration, proven: Proven | None) -> Application:
    """The form, with what is proved in its place. Raises ``InvalidInput``."""
    known = proven.known if proven else {}
    faults = []
    for name in PROVABLE:
        given = getattr(body, name) is not None
        if given and name in known:
            faults.append(FieldError(name, "Mục này đã được xác thực; hãy để trống."))
        elif not given and name not in known:
            faults.append(FieldError(name, "Thiếu mục này."))
    if faults:
        raise InvalidInput(faults)
    form = body.model_dump(exclude={"proof", "ticket", *known})
    return Application(**form, **known, proven=proven is not None)
