"""Errors of the app package.

AppError
├── QuestionError      the question cannot be asked as it stands (empty, too long, bad history)
├── ScopeError         an override of the scope names something that no lookup knows
├── NotFoundError      no such statement or trace in the store
├── MetadataError      a correction of metadata is not valid
│   └── DuplicateError     it would make two statements equal
├── ChatModelError     a chat model cannot be set up, does not answer, or not in time
├── DraftError         a draft eval case cannot be written
├── WorkError          a work (conversation, briefing, saved case) cannot be stored, read or renamed
│   └── UnkeptError        the database of works does not answer, or cannot be written
├── AccountError       an account or a key cannot be made or changed as asked
├── ForbiddenError     the person who asks lacks the permission
├── BackupError        a backup cannot be made, or is incomplete
├── BriefingError      a briefing cannot be made of what was asked
├── ExportError        a document or report cannot be written: its suffix, place or template, or a missing program
├── PortTakenError     the address to serve on cannot be bound (`app.loopback`)
└── SettingsError      a setting is out of bounds or of the wrong kind
    └── HostError      the host to serve on is not this machine's own (`app.loopback`)
"""

from typing import Final

from ingest.errors import IngestError
from vectorstore.errors import StoreError


class AppError(Exception):
    """Base of the errors that the command line and the chat show as one line."""


class QuestionError(AppError):
    """The question cannot be asked: it is empty, too long, or its history is malformed."""


class ScopeError(AppError):
    """An override of the scope names something that no lookup knows."""


class NotFoundError(AppError):
    """No such statement or trace in the store."""


class MetadataError(AppError):
    """A correction of metadata is not valid."""


class DuplicateError(MetadataError):
    """A correction would make two statements equal, while the store holds equal ones only once."""


class ChatModelError(AppError):
    """A chat model cannot be set up, does not answer, or not in time."""


class DraftError(AppError):
    """A draft eval case cannot be written."""


class WorkError(AppError):
    """A work (conversation, briefing, saved case) cannot be stored, read or renamed."""


class UnkeptError(WorkError):
    """The database of works does not answer, or cannot be written; the log tells why."""


class AccountError(AppError):
    """An account or a key cannot be made or changed as asked."""


class ForbiddenError(AppError):
    """The person who asks lacks the permission."""


class BackupError(AppError):
    """A backup cannot be made, or is incomplete."""


class ExportError(AppError):
    """A document or report cannot be written: its suffix, place or template, or a missing program."""


class BriefingError(AppError):
    """A briefing cannot be made of what was asked."""


class SettingsError(AppError):
    """A setting is out of bounds or of the wrong kind."""


# The bases of the errors whose message people are shown, in one line.
SHOWN_ERRORS: Final = (AppError, IngestError, StoreError)
