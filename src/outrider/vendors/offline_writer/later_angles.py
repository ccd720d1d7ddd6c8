"""Follow-ups and last notes. Data, as in `angles`.

In: nothing. Out: angles. Never: a bare reminder; each follow-up brings something that was not said.
"""

from __future__ import annotations

from outrider.vendors.offline_writer.shape import Angle, Shape, line

_PITCH = line("{pitch}")

PAPER_AGAIN = Angle(
    key="one_amendment",
    theme="leases",
    purpose="follow_up",
    why="makes the first question small: one amendment, start to end",
    subjects=("One lease amendment at {company}", "One lease amendment, start to end"),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "A smaller version of my question: take the last lease amendment that came "
                        "in, and follow it until it's in the schedule.",
                        "Let me make my question smaller. Take the last amendment your team got, and "
                        "count the hands it went through.",
                        "I asked too broadly last time. One lease amendment would do: from the "
                        "landlord's mail to the line in your schedule.",
                    ),
                    line(
                        "Behind {liability} of {liability_noun} there must be a few every year.",
                        "With {liability} of {liability_noun}, I doubt it's a rare event.",
                    ),
                ),
                (line("{show}"),),
            ),
            questions=(
                "Where does it spend most of its time?",
                "How many hands does it pass through at {company}?",
            ),
        ),
    ),
)

AUDIT_AGAIN = Angle(
    key="the_sample",
    theme="leases",
    purpose="follow_up",
    for_accounting=True,
    why="the audit sample is the moment when a missing page costs most",
    subjects=("The lease sample",),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "One thing I left out: the test of lease data isn't the total, it's the "
                        "sample. {auditor} picks the leases at audit time, and you don't get to "
                        "choose the tidy ones.",
                        "I should have put it this way. When {auditor} draws a sample of leases for "
                        "the audit, it won't be the ones you'd have picked.",
                        "The total of the leases is seldom what an audit is about. It's the few that "
                        "{auditor} pulls, and what stands behind each of them.",
                    ),
                ),
                (line("{show}"),),
            ),
            questions=(
                "How sure would you be of the first one drawn?",
                "How many of them could you hand over just as they are?",
            ),
        ),
    ),
)

YEAR_AGAIN = Angle(
    key="before_the_close",
    theme="leases",
    purpose="follow_up",
    for_accounting=True,
    why="there is a useful moment for this in their year",
    subjects=("Timing and leases",),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "A note on timing. {company} closes its books {year_end}, and lease clean-up that "
                        "starts in the last weeks rarely gets finished.",
                        "I may have asked at a bad time. {company} closes its books {year_end}, and "
                        "lease work tends to wait for the close or hide from it.",
                    ),
                    line(
                        "Starting with a handful of old contracts is usually enough to see how bad "
                        "it is, or that it isn't.",
                        spare=1,
                    ),
                ),
                (_PITCH,),
            ),
            questions=(
                "Is there a month when this would be easier for you?",
                "When in the year would this be easier to look at?",
            ),
        ),
    ),
)

DATES_AGAIN = Angle(
    key="one_date",
    theme="leases",
    purpose="follow_up",
    why="makes the first question small: the next date on which an option ends",
    subjects=("The next lease date",),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "An easier one than my last question: the next date on which a lease option "
                        "runs out at {company}.",
                        "Here's a test that takes a minute. Ask for the next lease option to run out "
                        "at {company}, and see who knows.",
                    ),
                    line(
                        "With {liability} of {liability_noun} it can't be far off.",
                        "Out of {liability} of {liability_noun}, one has to be next.",
                    ),
                ),
                (line("{show}"),),
            ),
            questions=(
                "Is that a date somebody has at hand?",
                "Would the answer come from a system or from a person?",
            ),
        ),
    ),
)

HANDS_AGAIN = Angle(
    key="last_to_hear",
    theme="leases",
    purpose="follow_up",
    why="in a company of that size, accounting hears of lease changes late",
    subjects=("Last to hear",),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "One more thought on leases at {company}. With {employees} people, somebody "
                        "is always the last to hear of a change, and it's often accounting.",
                        "I left out the simplest part. In a company of {employees} people, a lease "
                        "change can be weeks old before accounting hears of it.",
                    ),
                ),
                (line("{show}"),),
            ),
            questions=(
                "Does that happen on your side?",
                "How do you hear of them at the moment?",
            ),
        ),
    ),
)

SOMEONE_ELSE = Angle(
    key="somebody_else",
    theme="any",
    purpose="follow_up",
    why="asks plainly whether the reader is the right person",
    subjects=("The right person",),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "It may be that this isn't yours at all. At some companies it sits with "
                        "accounting, at others with operations or a shared team.",
                        "I may well have the wrong desk. This sits in different places at different "
                        "companies.",
                    ),
                ),
                (line("Either way I don't want to fill your inbox. {pitch}"),),
            ),
            questions=(
                "Is this yours, or should I ask somebody else?",
                "Who would you ask about it at {company}?",
            ),
        ),
    ),
)

PLAIN_AGAIN = Angle(
    key="plain_question",
    theme="any",
    purpose="follow_up",
    why="one plain question that can be answered in a line",
    subjects=("A one-line question",),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "I'll keep this to a line you can answer from your phone.",
                        "A shorter try, since the last one asked for more than a quick answer.",
                    ),
                    _PITCH,
                ),
                (
                    line(
                        "If it's a no, tell me so, and that's useful too.",
                        "A plain no is a fine answer.",
                    ),
                ),
            ),
            questions=(
                "Is this something {company} is looking at this year?",
                "Is it on anybody's list at {company} this year?",
            ),
        ),
        Shape(
            is_terse=True,
            paragraphs=(
                (
                    line(
                        "I know this may not be the week for it, so a yes or a no is plenty.",
                        "A yes or a no is plenty, and either one saves you the next mail.",
                    ),
                ),
            ),
            questions=(
                "Is this on anybody's list at {company} this year?",
                "Is it worth a talk this year, or not?",
            ),
        ),
    ),
)

LAST_NOTE = Angle(
    key="last_note",
    theme="any",
    purpose="break_up",
    why="closes the thread politely and leaves the door open",
    subjects=("Closing this one",),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "I'll leave it here, since silence is an answer too.",
                        "This is my last note on this, so your inbox is safe.",
                        "I won't write again on this, so there's nothing you need to do.",
                    ),
                    line(
                        "If it comes back to your desk at some point, a one-word reply is enough "
                        "and I'll pick it up from there.",
                        "If it becomes useful later, just reply to this mail and it'll find me.",
                    ),
                ),
            ),
            questions=(
                "Or was it simply the wrong moment?",
                "Before I go: was it the wrong person, or the wrong time?",
            ),
        ),
        Shape(
            is_terse=True,
            paragraphs=(
                (
                    line(
                        "I'll leave it here. If it's ever useful later on, a reply to this mail "
                        "still reaches me."
                    ),
                ),
            ),
            questions=("Was it the wrong person, or the wrong time?",),
        ),
    ),
)

LAST_YEAR_END = Angle(
    key="last_note_with_a_date",
    theme="leases",
    purpose="break_up",
    for_accounting=True,
    why="closes the thread and names the moment when it may matter again",
    subjects=("Closing the lease question",),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "I'll stop here and leave you to it.",
                        "I won't keep asking, so this is the last one from me.",
                        "No answer is an answer, so I'll stop here.",
                    ),
                    line(
                        "{company} closes its books {year_end}. If a lease number sends somebody "
                        "searching through contracts around then, that's the moment to reply to this "
                        "mail.",
                    ),
                ),
            ),
            questions=(
                "Shall I check in again once the next close is done, or not at all?",
                "Was it the wrong person, or just the wrong time?",
            ),
        ),
    ),
)

LATER = (
    PAPER_AGAIN, AUDIT_AGAIN, YEAR_AGAIN, DATES_AGAIN, HANDS_AGAIN, SOMEONE_ELSE, PLAIN_AGAIN,
    LAST_YEAR_END, LAST_NOTE,
)  # fmt: skip
