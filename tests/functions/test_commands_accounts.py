"""The operator's commands about people of the desk and keys of systems, on the real table."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest

from chalicelib.api_keys import service as api_keys
from chalicelib.errors import Forbidden, Unauthenticated
from infra import in_stage
from infra.local.place import PROJECT
from tests.functions import people, tables
from tests.functions.api import Api, ok, problem
from tests.functions.commands import KEY, make_key, operating, run
from tests.functions.people import Person
from tests.functions.stack import DeployedStack


def as_a_process(stack: DeployedStack, *command: str) -> subprocess.CompletedProcess[str]:
    """A command as `make` gives it, in a process of its own."""
    where = ("--stage", "local", "--endpoint", stack.local.engine.url)
    return subprocess.run(
        [sys.executable, "-m", "infra.in_stage", *where, *command],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def as_a_function(stack: DeployedStack) -> Iterator[None]:
    """This process has the settings of a deployed function."""
    with operating(stack):
        yield


@pytest.mark.usefixtures("as_a_function")
class TestKeys:
    def test_a_new_key_is_shown_once_and_recognised(self, stack: DeployedStack) -> None:
        key_id, text = make_key(stack, "website", "introspection, accounts")
        for scope in ("introspection", "accounts"):
            found = api_keys.authenticate(text, scope)
            assert (found.id, found.name) == (key_id, "website")
        secret = text.partition(".")[2]
        for table in tables.TABLES:
            assert not [item for item in tables.scan(stack, table) if secret in repr(item)]

    def test_a_key_is_good_for_its_scopes_alone(self, stack: DeployedStack) -> None:
        _, text = make_key(stack, "reader", "introspection")
        with pytest.raises(Forbidden):
            api_keys.authenticate(text, "accounts")
        other, _ = make_key(stack, "other", "accounts")
        with pytest.raises(Unauthenticated):
            api_keys.authenticate(f"rsk_{other}.{text.partition('.')[2]}", "accounts")

    def test_all_keys_are_listed_without_what_makes_them_work(self, stack: DeployedStack) -> None:
        key_id, text = make_key(stack, "listed one", "introspection,accounts", "2099-12-31")
        lines = run(stack, "infra.api_keys", "list").stdout.splitlines()
        assert lines[0].split() == ["id", "created", "expires", "revoked", "scopes", "name"]
        (line,) = [line for line in lines if line.startswith(key_id)]
        today = {f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%d}" for days in (0, 1)}
        assert line.split()[1] in today
        assert line.split()[2:] == ["2099-12-31", "-", "accounts,introspection", "listed", "one"]
        assert text.partition(".")[2] not in "\n".join(lines)

    def test_a_revoked_key_works_no_more_and_is_still_listed(self, stack: DeployedStack) -> None:
        key_id, text = make_key(stack, "leaked", "accounts")
        api_keys.authenticate(text, "accounts")
        for _ in range(2):
            assert run(stack, "infra.api_keys", "revoke", key_id).returncode == 0
            with pytest.raises(Unauthenticated):
                api_keys.authenticate(text, "accounts")
        (item,) = tables.in_partition(stack, f"K#{key_id}")
        revoked = item["revoked_at"]["S"]
        (line,) = [
            line
            for line in run(stack, "infra.api_keys", "list").stdout.splitlines()
            if line.startswith(key_id)
        ]
        assert line.split()[3] == revoked[:10]

    def test_a_key_that_was_found_somewhere_is_revoked_as_it_is(self, stack: DeployedStack) -> None:
        _, text = make_key(stack, "committed", "accounts")
        done = run(stack, "infra.api_keys", "revoke", text)
        assert done.returncode == 0
        assert text not in done.stdout + done.stderr
        with pytest.raises(Unauthenticated):
            api_keys.authenticate(text, "accounts")

    def test_a_key_works_until_the_end_of_its_last_day(self, right_clock: DeployedStack) -> None:
        stack = right_clock
        last = datetime.now(UTC) + timedelta(days=30)
        _, text = make_key(stack, "for a month", "accounts", f"{last:%Y-%m-%d}")
        stack.move_clock(int(timedelta(days=29).total_seconds()))
        api_keys.authenticate(text, "accounts")
        stack.move_clock(int(timedelta(days=31).total_seconds()))
        with pytest.raises(Unauthenticated):
            api_keys.authenticate(text, "accounts")

    def test_what_is_wrong_is_said_all_at_once_and_nothing_is_made(
        self, stack: DeployedStack
    ) -> None:
        before = tables.in_partition(stack, "K")
        done = run(stack, "infra.api_keys", "create", "", "everything", "2020-01-31")
        assert (done.returncode, done.stdout) == (1, "")
        for pointer in ("/name", "/scopes", "/expires_at"):
            assert f"{pointer}: must" in done.stderr
        for day in ("soon", "31-12-2099", "9999-12-31"):
            done = run(stack, "infra.api_keys", "create", "website", "accounts", day)
            assert (done.returncode, done.stdout) == (1, ""), day
            assert "EXPIRES is a day" in done.stderr
        assert tables.in_partition(stack, "K") == before

    @pytest.mark.parametrize("key", ["", "a" * 26, "rsk_", "K#x"])
    def test_there_is_nothing_to_revoke_where_there_is_no_key(
        self, stack: DeployedStack, key: str
    ) -> None:
        done = run(stack, "infra.api_keys", "revoke", key)
        assert done.returncode == 1
        assert "no such key" in done.stderr


@pytest.fixture(scope="module")
def person(stack: DeployedStack) -> Person:
    return people.signed_in(Api(stack))


def standing(stack: DeployedStack, person: Person) -> dict[str, Any]:
    """The standing of an account, as it lies in the table."""
    (found,) = tables.of_kind(tables.partition(stack, person.subject), "standing")
    return found


def role(stack: DeployedStack, person: Person) -> str | None:
    """The role of an account, as it lies in the table of what opens doors."""
    found = tables.of_kind(tables.partition(stack, person.subject, "AccessTable"), "role")
    return found[0]["role"]["S"] if found else None


class TestRoles:
    def test_a_role_is_given_and_taken_away(self, stack: DeployedStack, person: Person) -> None:
        for email in (person.email, person.email.upper()):
            done = run(stack, "infra.role", email, "desk")
            assert done.returncode == 0, done.stderr
            assert "second factor" in done.stdout
            assert role(stack, person) == "desk"
        done = run(stack, "infra.role", person.email, "none")
        assert (done.returncode, done.stderr) == (0, "")
        assert role(stack, person) is None
        assert run(stack, "infra.role", person.email, "none").returncode == 0

    def test_nothing_else_about_the_account_changes(
        self, stack: DeployedStack, person: Person
    ) -> None:
        before = standing(stack, person)
        assert run(stack, "infra.role", person.email, "desk").returncode == 0
        assert run(stack, "infra.role", person.email, "none").returncode == 0
        assert standing(stack, person) == before

    @pytest.mark.parametrize(
        "other",
        [
            {"state": {"S": "deactivated"}},
            {"state": {"S": "erasing"}},
            {"disowned": {"BOOL": True}},
        ],
    )
    def test_only_an_active_account_gets_a_role_and_any_loses_it(
        self, stack: DeployedStack, person: Person, other: dict[str, Any]
    ) -> None:
        before = standing(stack, person)
        assert run(stack, "infra.role", person.email, "desk").returncode == 0
        tables.put(stack, {**before, **other})
        refused = run(stack, "infra.role", person.email, "desk")
        assert refused.returncode == 1
        assert "No active account" in refused.stderr
        assert role(stack, person) == "desk"
        assert run(stack, "infra.role", person.email, "none").returncode == 0
        assert role(stack, person) is None
        tables.put(stack, before)

    def test_an_address_that_the_account_gave_up_leads_to_no_role(
        self, stack: DeployedStack, person: Person
    ) -> None:
        before = standing(stack, person)
        tables.put(stack, {**before, "claim": {"B": b"another address"}})
        assert run(stack, "infra.role", person.email, "desk").returncode == 1
        assert "role" not in standing(stack, person)
        tables.put(stack, before)

    def test_nobody_gets_a_role_who_has_no_proven_address(self, stack: DeployedStack) -> None:
        waiting, _ = people.pending(Api(stack))
        for email in (waiting, "nobody.at.all@example.com"):
            for role, said in (("desk", "No active account"), ("none", "No account")):
                done = run(stack, "infra.role", email, role)
                assert (done.returncode, done.stdout) == (1, "")
                assert said in done.stderr

    @pytest.mark.parametrize(
        ("email", "role", "said"),
        [
            ("", "desk", "EMAIL must be"),
            ("nobody", "desk", "EMAIL must be"),
            ("--help", "desk", "EMAIL must be"),
            ("nobody@example.com", "", "ROLE is desk, reader or none"),
            ("nobody@example.com", "admin", "ROLE is desk, reader or none"),
        ],
    )
    def test_what_is_no_address_or_no_role_is_refused(
        self, stack: DeployedStack, email: str, role: str, said: str
    ) -> None:
        done = run(stack, "infra.role", email, role)
        assert (done.returncode, done.stdout) == (1, "")
        assert said in done.stderr

    def test_an_address_is_never_shown(self, stack: DeployedStack, person: Person) -> None:
        asked = [
            (person.email, "desk"),
            (person.email, "none"),
            (person.email, "admin"),
            ("nobody@example.com", "desk"),
            ("no body@example.com", "desk"),
        ]
        for email, role in asked:
            done = run(stack, "infra.role", email, role)
            assert email not in done.stdout + done.stderr


class TestAtWork:
    """What both are for: the site's back end asks who somebody is, and whether of the desk."""

    @pytest.fixture
    def api(self, stack: DeployedStack) -> Api:
        return Api(stack)

    def told(self, api: Api, key: str, person: Person) -> dict[str, Any]:
        """What a holder of a key is told about a person's session."""
        body = {"token": person.token}
        return ok(api.post("/v1/sessions/introspection", json=body, headers=people.bearer(key)))

    def test_a_role_works_only_in_sessions_opened_with_a_second_factor(
        self, stack: DeployedStack, api: Api
    ) -> None:
        _, key = make_key(stack, "website", "introspection")
        without = people.signed_in(api)
        assert run(stack, "infra.role", without.email, "desk").returncode == 0
        told = self.told(api, key, without)
        assert (told["account"], told["role"]) == (without.subject, None)

        offered = ok(
            api.post(
                "/v1/account/second-factor",
                json={"password": people.PASSWORD},
                headers=without.headers,
            ),
            201,
        )
        confirmed = ok(
            api.post(
                "/v1/account/second-factor/confirmation",
                json={"code": pyotp.TOTP(offered["secret"]).now()},
                headers=without.headers,
            )
        )
        body = {
            "email": without.email,
            "password": people.PASSWORD,
            "code": confirmed["recovery_codes"][0],
        }
        token = ok(api.post("/v1/sessions", json=body), 201)["token"]
        person = Person(without.email, token, without.subject)
        assert self.told(api, key, person)["role"] == "desk"

        assert run(stack, "infra.role", person.email, "none").returncode == 0
        told = self.told(api, key, person)
        assert (told["active"], told["role"]) == (True, None)

    def test_only_a_key_with_the_scope_is_told_anything(
        self, stack: DeployedStack, api: Api, person: Person
    ) -> None:
        key_id, key = make_key(stack, "website", "introspection")
        assert self.told(api, key, person)["active"] is True
        _, other = make_key(stack, "other", "accounts")
        assert run(stack, "infra.api_keys", "revoke", key_id).returncode == 0
        stranger = f"rsk_{key_id}.{'x' * 43}"
        for bearer, status in ((other, 403), (key, 401), (stranger, 401), (person.token, 401)):
            answer = api.post(
                "/v1/sessions/introspection",
                json={"token": person.token},
                headers=people.bearer(bearer),
            )
            problem(answer, status)


class TestProcess:
    """Each program by itself, with nothing of this process: other tests run them in here."""

    def test_a_key_is_alone_on_standard_output(self, stack: DeployedStack) -> None:
        done = as_a_process(stack, "infra.api_keys", "create", "website", "introspection", "")
        found = KEY.fullmatch(done.stdout)
        assert (done.returncode, found is not None) == (0, True), done.stderr
        assert found is not None
        assert found[1] in done.stderr
        assert found[0].strip() not in done.stderr
        assert found[1] in run(stack, "infra.api_keys", "list").stdout

    def test_a_role_is_given(self, stack: DeployedStack, person: Person) -> None:
        done = as_a_process(stack, "infra.role", person.email, "desk")
        assert (done.returncode, done.stderr) == (0, "")
        assert role(stack, person) == "desk"
        assert run(stack, "infra.role", person.email, "none").returncode == 0

    def test_sessions_are_ended(self, stack: DeployedStack) -> None:
        ada = people.signed_in(Api(stack))
        done = as_a_process(stack, "infra.account", "signout", ada.email)
        assert (done.returncode, done.stderr) == (0, "")
        problem(Api(stack).get("/v1/account", headers=ada.headers), 401)

    @pytest.mark.parametrize("command", [("infra.audit",), ("infra.callbacks", "list")])
    def test_what_is_only_shown(self, stack: DeployedStack, command: tuple[str, ...]) -> None:
        done = as_a_process(stack, *command)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == run(stack, *command).stdout

    def test_a_refusal_is_its_exit_code(self, stack: DeployedStack) -> None:
        done = as_a_process(stack, "infra.api_keys", "revoke", "nobody's")
        assert (done.returncode, done.stdout) == (1, "")
        assert "no such key" in done.stderr


class TestWhere:
    @pytest.mark.parametrize("stage", ["", "local"])
    def test_without_an_endpoint_it_is_about_the_running_local_stack(
        self,
        stack: DeployedStack,
        stage: str,
        capfd: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("RISERBO_LOCAL", str(stack.local.place.folder))
        assert in_stage.main(["--stage", stage, "infra.api_keys", "list"]) == 0
        assert capfd.readouterr().out.startswith("id ")

    def test_where_nothing_runs_it_says_so(
        self, tmp_path: Any, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("RISERBO_LOCAL", str(tmp_path))
        assert in_stage.main(["infra.api_keys", "list"]) == 1
        assert "make run" in capfd.readouterr().err

    def test_a_stage_that_nobody_described_is_refused(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert in_stage.main(["--stage", "nowhere", "infra.api_keys", "list"]) == 1
        assert "STAGE is one of" in capfd.readouterr().err

    @pytest.mark.parametrize(
        ("target", "command"),
        [
            ("role EMAIL=a@b.example ROLE=desk", 'infra.role "a@b.example" "desk"'),
            ("key NAME=site SCOPES=a,b EXPIRES=x", 'infra.api_keys create "site" "a,b" "x" ""'),
            (
                "key NAME=w SCOPES=answers RECIPIENT=aws",
                'infra.api_keys create "w" "answers" "" "aws"',
            ),
            ("keys", "infra.api_keys list"),
            ("revoke KEY=one", 'infra.api_keys revoke "one"'),
            ("rotate KEY=one EXPIRES=x", 'infra.api_keys rotate "one" "x"'),
            ("role ROLE=desk", 'infra.role "" "desk"'),
        ],
    )
    def test_make_gives_these_commands(self, target: str, command: str) -> None:
        done = subprocess.run(
            ["make", "-n", *target.split(), "STAGE=dev"],
            cwd=PROJECT,
            env={**os.environ, "EMAIL": "of.the.shell@example.com"},
            capture_output=True,
            text=True,
            check=True,
        )
        last = done.stdout.splitlines()[-1]
        assert last.endswith(f'-m infra.in_stage --stage "dev" --endpoint "" {command}')
