"""Every refusal of the contest.

ContestError
├── NotJson               the body is not JSON
├── TooLarge              the body is larger than any honest one
├── InvalidInput          a field is missing, unknown or wrong
├── AlreadyRegistered     the citizen ID has an account
├── Excluded              the person may not take part (R3)
├── Disqualified          the organisers have annulled the person's results
├── Unauthorized          no token, or one that is forged, foreign or expired
├── WrongCredentials      citizen ID and password do not match
├── WrongCode             no such one-time code for this citizen ID, or it was used, or has expired
├── NoProvider            the contest names no identity provider
├── FlowExpired           signing in at the identity provider was begun too long ago
├── OtherBrowser          it was begun somewhere else
├── CodeRefused           the provider did not confirm it, or not as it must
├── IdentityTooWeak       it does not prove the citizen ID, or not strongly enough
├── ProofRequired         a proof of work is asked for, or a dearer one
├── NoOpenWeek            before the first week, between two weeks, after the last
├── NoAttemptsLeft        the week's attempts are used up
├── AttemptNotFound       no such attempt, or another person's
├── Stale                 other answers were saved since the ones behind the request
├── AlreadyFinished       the attempt is finished and takes no other answers
├── Overdue               the deadline and its grace have passed
├── Stopped               the organisers have stopped this for the time being
├── ProviderDown          the identity provider does not answer
└── Busy                  the database pushes back; try again
    └── NotLoaded         no contest has been taken over yet
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from chalicelib.domain.attempt import Finished


class FieldError(NamedTuple):
    """One fault of the input: ``field`` is a dotted path, ``message`` a Vietnamese sentence."""

    field: str
    message: str


class ContestError(Exception):
    """A refusal with a stable ``code``; ``retry_after`` is in seconds, if waiting helps."""

    code = "internal"
    retry_after: int | None = None


class NotJson(ContestError):
    code = "not_json"


class TooLarge(ContestError):
    code = "too_large"


class InvalidInput(ContestError):
    """The input breaks a rule; ``errors`` names each field."""

    code = "invalid"

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("; ".join(f"{e.field}: {e.message}" for e in errors))
        self.errors = errors


class AlreadyRegistered(ContestError):
    code = "already_registered"


class Excluded(ContestError):
    code = "excluded"


class Disqualified(ContestError):
    code = "disqualified"


class Unauthorized(ContestError):
    code = "unauthorized"


class WrongCredentials(ContestError):
    code = "wrong_credentials"


class WrongCode(ContestError):
    code = "wrong_code"


class NoProvider(ContestError):
    code = "no_provider"


class FlowExpired(ContestError):
    code = "flow_expired"


class OtherBrowser(ContestError):
    code = "other_browser"


class CodeRefused(ContestError):
    """``str()`` says what was wrong, for tests and developers; people are told to begin again."""

    code = "code_refused"


class IdentityTooWeak(ContestError):
    code = "identity_too_weak"


class ProviderDown(ContestError):
    """``lasting``: long enough for people to register without it, where the contest allows that."""

    code = "provider_down"
    retry_after = 30

    def __init__(self, why: str = "", *, lasting: bool = False) -> None:
        super().__init__(why)
        self.lasting = lasting


class ProofRequired(ContestError):
    """A challenge of so many ``steps`` has to be solved; the API adds ``challenge``."""

    code = "proof_required"

    def __init__(self, steps: int) -> None:
        super().__init__(f"{steps} steps")
        self.steps = steps
        self.challenge: Any = None


class NoOpenWeek(ContestError):
    """Its message is the contest's word for a week."""

    code = "no_open_week"


class NoAttemptsLeft(ContestError):
    """Its message is the contest's word for a week."""

    code = "no_attempts_left"


class AttemptNotFound(ContestError):
    code = "attempt_not_found"


class Stale(ContestError):
    """Carries the saved answers: ``answers`` by question number and option key as shown."""

    code = "stale"

    def __init__(self, answers: dict[str, list[str]], prediction: int | None, revision: int) -> None:
        super().__init__(f"revision {revision} is saved")
        self.answers, self.prediction, self.revision = answers, prediction, revision


class AlreadyFinished(ContestError):
    """``record`` is the attempt that counts; the API adds ``result``, the form shown to the person."""

    code = "finished"

    def __init__(self, record: Finished) -> None:
        super().__init__(f"attempt {record.number} is {record.status}")
        self.record = record
        self.result: Any = None


class Overdue(ContestError):
    code = "overdue"


class Stopped(ContestError):
    """``notice``: the organisers' words to everybody, empty if they gave none."""

    code = "stopped"
    retry_after = 60

    def __init__(self, notice: str) -> None:
        super().__init__(notice)
        self.notice = notice


class Busy(ContestError):
    code = "busy"
    retry_after = 2


class NotLoaded(Busy):
    code = "not_loaded"
    retry_after = 10
