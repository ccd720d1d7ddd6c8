"""The door for programs that speak the Model Context Protocol, and the servers we speak to.

In: calls of such a program; `mcp.toml`. Out: outcomes of the toolbox; tools of other servers.
Never: a way around the seam, a tool that spends or sends, a description that nobody accepted.

`door` is our server · `servers` reads the file and what a person accepted · `tools` puts all
tools of this installation together.
"""
