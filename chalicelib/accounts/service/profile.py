"""The profile of an account: its person reads and corrects it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib import clock
from chalicelib.accounts import model, store
from chalicelib.accounts.model import Changes, Profile
from chalicelib.accounts.second_factor import CONFIRMED
from chalicelib.accounts.second_factor_store import SecondFactorItem, second_factor_place
from chalicelib.accounts.service.contents import account_key_at
from chalicelib.accounts.service.forms import FORM
from chalicelib.accounts.store import ProfileItem
from chalicelib.consents.service import withdrawal
from chalicelib.errors import BadRequest, Conflict, PreconditionFailed, Unauthenticated
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import SignedIn
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects.model import Kind, Standing
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.webhooks import service as webhooks

ATTEMPTS = 3
"""Most tries of a correction without If-Match that meets another write."""

GONE = "This account is gone."


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its person sees it; `notifications` says which of them are on."""

    id: str
    state: str
    locale: str
    registered_at: datetime
    notice_version: str
    role: str | None
    second_factor: bool
    notifications: Mapping[str, bool]
    profile: Profile


@dataclass(frozen=True, slots=True)
class _Read:
    signed_in: SignedIn
    key: DataKey
    profile: dict[str, dict[str, Any]]
    second_factor: bool
    over: frozenset[str] = frozenset()
    """Categories whose time is over, although no run removed them yet."""


def account(bearer: str | None, notice: Notice) -> Account:
    """The account of a session. One BatchGetItem and one KMS call. Raises Unauthenticated."""
    return _shown(_read(bearer, notice), notice)


def correct(
    bearer: str | None, body: Mapping[str, Any], seen: Callable[[Account], bool], notice: Notice
) -> Account:
    """Changes fields of the profile, null removes one; returns the account after it.

    `body` fits the operation's schema. `seen` tells whether an account is the one that the person
    saw (RFC 9110, section 13.1.1). One read at one instant, one transaction on condition that no
    other write came in between. The recipients of the account's data are told (GDPR art. 19).

    Raises BadRequest, PreconditionFailed (stale), Unauthenticated, Conflict (too many writers).
    """
    changes = model.read_changes(notice, notice.forms[FORM], body)
    if isinstance(changes, tuple):
        raise BadRequest("The profile does not fit.", type="validation", findings=changes)
    for _ in range(ATTEMPTS):
        read = _read(bearer, notice, at_one_instant=True)
        if not seen(_shown(read, notice)):
            raise PreconditionFailed("The account was changed meanwhile; read it again.")
        try:
            return _shown(_write(read, changes, notice), notice)
        except ConditionFailed:
            continue
    raise Conflict("Too many changes at once; try again.")


def _read(bearer: str | None, notice: Notice, *, at_one_instant: bool = False) -> _Read:
    categories = _categories(notice)
    signed_in, (key_item, factor, *items) = sessions.authenticate_and_read(
        bearer,
        lambda subject: _places(subject, categories),
        at_one_instant=at_one_instant,
        with_role=True,
    )
    if key_item is None:
        raise Unauthenticated(GONE)
    key = vault.open_key(key_item)
    pairs = zip(categories, items, strict=True)
    profile = {name: vault.open_item(item, key) for name, item in pairs if item is not None}
    over = withdrawal.over(zip(categories, items, strict=True), signed_in.standing, notice)
    known = factor is not None and factor.status == CONFIRMED
    return _Read(signed_in, key, profile, known, over)


def _places(subject: str, categories: Sequence[str]) -> list[Place]:
    return [
        account_key_at(subject),
        (SecondFactorItem, *second_factor_place(subject)),
        *((ProfileItem, *store.profile_place(subject, category)) for category in categories),
    ]


def _categories(notice: Notice) -> list[str]:
    form = notice.forms[FORM]
    return sorted({ref.category for ref in form.required | form.optional})


def _write(read: _Read, changes: Changes, notice: Notice) -> _Read:
    now, standing = clock.now(), read.signed_in.standing
    write = Transaction(notice)
    held = Held(read.key, read.profile)
    asked = put_corrections(write, standing, held, changes, notice, now)
    write.commit()
    for job in asked:
        jobs.send(job)
    return replace(read, profile=model.changed(read.profile, changes))


@dataclass(frozen=True, slots=True)
class Held:
    """The categories of a profile that are to be corrected, opened, and the key that seals them."""

    key: DataKey
    profile: Mapping[str, Mapping[str, Any]]


def corrected_at(subject: str, categories: Iterable[str]) -> list[Place]:
    """Returns the places of the key of a profile and of some of its categories, in this order.

    They are to be read as of one instant with the standing (`held_in`).
    """
    found: list[Place] = [account_key_at(subject)]
    found += [(ProfileItem, *store.profile_place(subject, one)) for one in categories]
    return found


def held_in(found: Sequence[Any], categories: Iterable[str]) -> Held:
    """Returns what was read at `corrected_at`, opened. One KMS call.

    Raises Unauthenticated where the key was destroyed.
    """
    key_item, *items = found
    if key_item is None:
        raise Unauthenticated(GONE)
    key = vault.open_key(key_item)
    pairs = zip(categories, items, strict=True)
    return Held(key, {name: vault.open_item(item, key) for name, item in pairs if item is not None})


def put_corrections(
    write: Transaction,
    standing: Standing,
    held: Held,
    changes: Changes,
    notice: Notice,
    now: datetime,
    *,
    recipients: Collection[str] | None = None,
    after: Standing | None = None,
    by_person: bool = True,
) -> list[JobItem]:
    """Adds corrections of a profile; returns the jobs that tell the recipients of its data.

    They are all recipients, or those in `recipients` (GDPR art. 19). The standing is written too,
    on condition that it is as read; with `after`, as it is after other changes of the same act.
    `by_person` says that it counts as the person's activity.
    """
    profile = model.changed(held.profile, changes)
    for category in changes:
        fields = profile.get(category, {})
        put_profile(write, standing, category, fields, held.key, notice, now)
    lifecycle.begin_revision(write, standing, now if by_person else None, after)
    if profile == held.profile:
        return []
    return webhooks.notify(
        write, standing, webhooks.Event.RECTIFIED, notice, now, recipients=recipients
    )


def put_profile(
    write: Transaction,
    standing: Standing,
    category: str,
    fields: Mapping[str, Any],
    key: DataKey,
    notice: Notice,
    now: datetime,
) -> None:
    """Adds one category of a profile in place of what it held; the caller guards against races.

    The date on which it goes, if its person withdrew what it was for, stays as it is.
    """
    pk, sk = store.profile_place(standing.subject, category)
    item = ProfileItem(pk=pk, sk=sk, kind=ProfileItem.KIND)
    if not fields:
        write.delete(item, label=f"profile {category}")
        return
    vault.seal_item(item, key, fields)
    withdrawal.schedule(item, category, standing, notice, now)
    actions = [
        ProfileItem.kind.set(item.kind),
        ProfileItem.v.set(item.v),
        ProfileItem.sealed.set(item.sealed),
        *withdrawal.unless_set(item),
    ]
    write.update(item, actions, None, label=f"profile {category}")


def _shown(read: _Read, notice: Notice) -> Account:
    standing = read.signed_in.standing
    return Account(
        id=standing.subject,
        state=str(standing.life),
        locale=standing.locale,
        registered_at=standing.registered_at,
        notice_version=standing.notice_version,
        role=read.signed_in.role,
        second_factor=read.second_factor,
        notifications=notifications(standing, notice),
        profile={name: told for name, told in read.profile.items() if name not in read.over},
    )


def notifications(standing: Standing, notice: Notice) -> dict[str, bool]:
    """Tells which of the notice's notifications an account gets; a visitor gets none."""
    if standing.kind is Kind.VISITOR:
        return {}
    return {
        one.id: not (one.optional and one.id in standing.muted)
        for one in notice.notifications.values()
    }
