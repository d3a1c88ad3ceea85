"""A password that is shown together with what was mailed, and is the wrong one."""

from chalicelib.errors import Finding, Forbidden
from chalicelib.sessions import tries
from chalicelib.storage.transaction import ConditionFailed, Transaction


class WrongPassword(Forbidden):
    """403: the password does not belong to what the mail was about."""

    def __init__(self) -> None:
        finding = Finding("/password", "is not the password that was chosen", "wrong_password")
        super().__init__("The password is not right.", type="wrong-password", findings=(finding,))


def wrong(write: Transaction) -> Exception:
    """Counts a wrong password, and returns the problem to raise. One transaction."""
    try:
        write.commit()
    except ConditionFailed:
        return tries.raced()
    return WrongPassword()
