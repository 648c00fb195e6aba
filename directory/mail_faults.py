"""What a mail server's refusal means: try again later, or never."""

import smtplib


def for_good(error: Exception) -> bool:
    """Would the server say the same again? Anybody can write an address into a form: one that no server takes must hold nobody up."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, (smtplib.SMTPNotSupportedError, ValueError))
