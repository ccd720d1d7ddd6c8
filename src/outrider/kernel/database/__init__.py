"""The database: the embedded server, connections, the open transaction, roles, migrations.

In: settings. Out: `Tx`. Never: a room's SQL.
"""
