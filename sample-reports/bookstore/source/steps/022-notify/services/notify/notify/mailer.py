"""Sends mail."""

import re
import smtplib
from email.message import EmailMessage

ADDRESS = re.compile(r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$", re.IGNORECASE)


def is_address(text: str) -> bool:
    return ADDRESS.match(text) is not None


def compose(to: str, subject: str, body: str) -> EmailMessage:
    if not is_address(to):
        raise ValueError(f"not an address: {to}")
    mail = EmailMessage()
    mail["From"] = "Bookstore <orders@books.example>"
    mail["To"] = to
    mail["Subject"] = subject
    mail.set_content(body)
    return mail


def send(mail: EmailMessage, host: str = "localhost", port: int = 25) -> None:
    try:
        with smtplib.SMTP(host, port, timeout=10) as server:
            server.send_message(mail)
    except:
        print("mail could not be sent")


def send_all(mails: list, host="localhost", port=25, retries=3, pause=5, quiet=True):
    failed = []
    for mail in mails:
        try:
            send(mail, host, port)
        except Exception as error:
            failed.append(mail)
            if quiet == False:
                print(error)
    return failed
