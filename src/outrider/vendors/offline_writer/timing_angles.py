"""First mails about leases that stand on the fiscal year or the audit.

In: nothing. Out: angles, in the form of `angles`. Never: a competitor, a figure, a promise about the
sender.
"""

from __future__ import annotations

from outrider.vendors.offline_writer.angles import OFFER, PITCH
from outrider.vendors.offline_writer.shape import Angle, Shape, line

YEAR_END = Angle(
    key="year_end_clock",
    theme="leases",
    purpose="first_touch",
    for_accounting=True,
    why="lease work follows the fiscal year, so the timing is theirs",
    subjects=(
        "Leases and {company}'s year-end",
        "{company}'s lease file and the close",
        "Lease changes around year-end",
        "The close and {company}'s leases",
        "Leases, year-end and {company}",
        "Lease work around the close",
        "{company}'s lease calendar",
        "A good time to ask about leases",
    ),
    shapes=(
        Shape(
            season="after",
            paragraphs=(
                (
                    line(
                        "{company} closed its fiscal year {year_end}.",
                        "{company}'s books closed for the year {year_end}.",
                    ),
                    line(
                        "If this one was like most, part of the close went into finding the document "
                        "behind a lease number that somebody questioned."
                    ),
                ),
                (
                    line(
                        "With {liability} of {liability_noun} to explain, there's always one.",
                        spare=2,
                    ),
                    line("It's easiest to fix while people still remember where it hurt.", spare=1),
                    PITCH,
                ),
            ),
            questions=(
                "How did that part go this time?",
                "Was that a quick lookup for your team this year, or a search?",
            ),
        ),
        Shape(
            season="after",
            paragraphs=(
                (
                    line(
                        "The weeks after a close are when people still remember which leases caused "
                        "trouble. Later it's forgotten, and the same ones come back.",
                        "Right after a close, everybody knows which leases took too long. By the "
                        "next one nobody does.",
                    ),
                ),
                (
                    line(
                        "{company} closed its books {year_end}, so that list should still be fresh."
                    ),
                    PITCH,
                ),
            ),
            questions=(
                "Was there a lease this time that took far longer than it should have?",
                "Which lease would be on top of that list?",
            ),
        ),
        Shape(
            season="before",
            paragraphs=(
                (
                    line(
                        "{company} closes its fiscal year {year_end}, and every renewal signed before "
                        "then still has to be read, keyed and explained.",
                        "With {company}'s fiscal year closing {year_end}, each lease change signed "
                        "before then still has to be read and explained.",
                    ),
                ),
                (
                    line("The earlier that stack shrinks, the quieter the close.", spare=2),
                    line("It's usually the last few that do the damage.", spare=1),
                    PITCH,
                ),
            ),
            questions=(
                "Is the lease file in good shape for it, or is there a backlog?",
                "How big is the stack that still has to be read?",
            ),
        ),
        Shape(
            season="before",
            paragraphs=(
                (
                    line(
                        "A wrong lease date is cheap to find before a close and expensive to find in "
                        "the middle of one.",
                        "In the last weeks of a fiscal year, leases get signed faster than they get "
                        "read.",
                    ),
                ),
                (
                    line(
                        "{company} closes its books {year_end}, so I thought I'd ask while it can "
                        "still be fixed."
                    ),
                    PITCH,
                ),
            ),
            questions=(
                "Is anybody on your team looking through the leases already?",
                "Who at {company} has an eye on that?",
            ),
        ),
        Shape(
            season="between",
            paragraphs=(
                (
                    line(
                        "There's a calm stretch between one close and the next, and it's about the "
                        "only time a lease file gets put in order.",
                        "Lease clean-up has a season: the months when no close is due and nobody is "
                        "asking.",
                    ),
                ),
                (
                    line("{company} closes its books {year_end}, so I thought I'd ask now."),
                    PITCH,
                ),
            ),
            questions=(
                "Is cleaning up lease data on your list for this year?",
                "Is anybody on your team planning to use that time for the leases?",
            ),
        ),
        Shape(
            season="between",
            paragraphs=(
                (
                    line(
                        "{company} closes its books {year_end}, which should make this one of the "
                        "quieter times for lease work.",
                        "With a fiscal year that ends {year_end}, {company} should be in a calmer "
                        "part of its lease calendar.",
                    ),
                    line("It's also when clean-up gets put off, because nothing is due."),
                ),
                (PITCH,),
            ),
            questions=(
                "Is there a lease backlog that's waiting for its turn?",
                "Will the lease file get any of that time this year?",
            ),
        ),
    ),
)

AUDIT = Angle(
    key="audit_trail",
    theme="leases",
    purpose="first_touch",
    for_accounting=True,
    why="an auditor asks for the page behind a lease number",
    subjects=(
        "Lease support for {company}'s audit",
        "When the auditors pick a lease",
        "The lease sample",
        "{company}'s leases and the audit",
        "The page behind a lease",
        "A minute or an afternoon",
        "One lease, one audit request",
        "{company}'s next lease sample",
    ),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "{auditor} audits {company}, so sooner or later somebody picks a lease and "
                        "asks for the page behind the number.",
                        "As {company}'s auditor, {auditor} will at some point pick a lease and ask "
                        "for the page behind the number.",
                    ),
                    line("Some teams answer in the meeting. Others go looking.", spare=1),
                ),
                (
                    line(
                        "With {liability} of {liability_noun} to draw from, the sample can land "
                        "anywhere.",
                        "Out of {liability} of {liability_noun}, the pick can land anywhere.",
                        spare=2,
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "When that request lands, is it a lookup for your team or a search?",
                "Who on your side gets that request?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "There are two kinds of lease questions: the ones you can answer from the "
                        "schedule, and the ones that send somebody back to the contract. The second "
                        "kind tends to come from the auditors.",
                        "Some lease questions can be answered from the schedule. The others tend to "
                        "come from the auditors.",
                    ),
                ),
                (
                    line(
                        "With {auditor} signing {company}'s audit, I'd guess you get your share of "
                        "those."
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "How much of your team's time do they take?",
                "Which kind do you get more of?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "An audit question about one lease can take a minute or an afternoon, and "
                        "it's hard to tell beforehand which.",
                        "A single lease can hold up an audit request for an afternoon, and it's "
                        "seldom the big one.",
                    ),
                ),
                (
                    line(
                        "{auditor} signs {company}'s audit, so you'll know how that goes.",
                        "{company}'s auditor is {auditor}, so I'd guess that's no news to you.",
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "Which leases tend to be the slow ones?",
                "When one takes long, where does the time go?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "When {auditor} comes in for {company}'s audit, the lease schedule is the "
                        "easy thing to hand over. The contract behind a single line is harder.",
                        "I'd guess {auditor} gets {company}'s lease schedule for the audit within "
                        "the hour. The contract behind one line of it may take longer.",
                    ),
                ),
                (OFFER,),
            ),
            questions=(
                "How long does that second request take on your side?",
                "Is the contract one click away from the line, or somewhere else?",
            ),
        ),
    ),
)

TIMING_FIRST = (YEAR_END, AUDIT)
