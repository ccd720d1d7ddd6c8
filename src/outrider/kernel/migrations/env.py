"""Alembic's entry; Outrider migrates through `kernel.database.migrate`, never through this file."""
