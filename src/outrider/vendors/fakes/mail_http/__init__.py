"""Stand-ins for mail providers on the loopback, one file each. In: HTTP. Out: HTTP. Never: a mail that leaves."""
