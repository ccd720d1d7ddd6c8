"""The offline writer: a real mode without any model, and labelled so.

In: the writing tasks of `drafts`. Out: mails made of hand-written angles, filled with stored facts,
each fact bound by a claim. Never: a network, a random choice, a fact that is not in the dossier, a
promise about the sender beyond the campaign's own words.

`angles` the texts · `shape` their form · `dossier_words` facts as people write them · `wishes` what a
note asks for · `compose` the choice and the filling · `writer` the tasks.
"""
