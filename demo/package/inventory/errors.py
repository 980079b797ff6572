"""What the service refuses, each with the HTTP status it is answered with."""


class InventoryError(Exception):
    """A request that cannot be done; the text is shown to the caller."""

    status = 400


class InvalidError(InventoryError):
    """The request itself is wrong."""


class NotFoundError(InventoryError):
    """No such item or reservation."""

    status = 404


class ConflictError(InventoryError):
    """The request is right, but not in the present state."""

    status = 409


class MaintenanceError(InventoryError):
    """The service asks to be called again a little later."""

    status = 503
