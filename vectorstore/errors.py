"""Errors of the vectorstore package; all derive from `StoreError`."""


class StoreError(Exception):
    """Base of the errors that a caller of the store should catch and show as one line."""


class StoreMissingError(StoreError):
    """There is no store at the path, and the caller asked not to create one."""


class StoreLockedError(StoreError):
    """Another process writes to the store."""


class StoreAwayError(StoreError):
    """The server is temporarily unavailable, or ended the operation; a retry may succeed."""


class NoWorkerError(StoreError):
    """No worker is alive to do what waits in the queue."""


class JobGivenUpError(StoreError):
    """A job was tried and given up, or cancelled."""


class FileGoneError(StoreError):
    """A file of the shared storage is missing, damaged or not to be fetched; its folder has to be ingested again."""


class StoreReadOnlyError(StoreError):
    """The store folder cannot be written."""


class StoreFullError(StoreError):
    """The disk is full; nothing of the interrupted transaction is kept."""


class StoreCorruptError(StoreError):
    """The catalogue cannot be read."""


class ModelMismatchError(StoreError):
    """The store was built with another embedding model."""


class ModelError(StoreError):
    """A model's files are absent, damaged or not loadable."""
