"""Every mail a pull request: proposed, checked, decided by a person, bound to its content.

In: a lead's dossier, a blueprint, a sender. Out: drafts with claims and findings; decisions;
approved drafts to hand over.
Never: a send, a decision by an agent, a change of content without a new version.

Verbs: `write` (request, save) · `check` · `decide` (approve, edit, reject) · `rewrite` · `handover` (to sending).
"""
