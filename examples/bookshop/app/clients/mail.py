"""Letters to customers."""

import logging
import os
import smtplib
from email.message import EmailMessage

logger = logging.getLogger(__name__)


class Mailer:
    """Sends mail over the shop's relay."""

    def __init__(self) -> None:
        self.host = os.environ["BOOKSHOP_MAIL_HOST"]  # fault: LC204
        self.user = "shop"
        self.password = os.getenv("BOOKSHOP_MAIL_PASSWORD", "quill-and-ink-1871")  # fault: LC204, LC206

    def send(self, to: str, subject: str, text: str) -> None:
        letter = EmailMessage()
        letter["To"] = to
        letter["Subject"] = subject
        letter.set_content(text)
        logger.debug("Signing in to %s as %s with %s", self.host, self.user, self.password)  # fault: LC312
        with smtplib.SMTP(self.host) as relay:
            relay.login(self.user, self.password)
            relay.send_message(letter)
