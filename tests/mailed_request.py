"""Opens a request as the function does behind a mailed link."""

from functools import partial

from chalicelib.requests.model import Channel
from chalicelib.requests.service.intake import open_request

opened_by_mail = partial(open_request, channel=Channel.EMAIL)
