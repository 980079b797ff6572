"""Stock of a few warehouses, kept in SQLite and served over HTTP."""

__version__ = "2.4.0"
