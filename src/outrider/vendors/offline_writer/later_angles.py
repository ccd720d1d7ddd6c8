"""Follow-ups, last notes, and mails for other themes. Data, as in `angles`.

In: nothing. Out: angles. Never: a bare reminder; each follow-up brings something that was not said.
"""

from __future__ import annotations

from outrider.vendors.offline_writer.shape import Angle, Shape, line

_OFFER = line("{offer}")
_PITCH = line("{pitch}")

PAPER_AGAIN = Angle(
    key="one_amendment",
    theme="leases",
    purpose="follow_up",
    why="makes the first question small: one amendment, start to end",
    subjects=("One lease amendment at {company}",),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "A smaller version of my question: take the last lease amendment that came "
                        "in, and follow it until it's in the schedule.",
                        "Let me make my question smaller. Take the last amendment your team got, and "
                        "count the hands it went through.",
                    ),
                    line(
                        "Behind {liability} of {liability_noun} there must be a few every month.",
                        "With {liability} of {liability_noun}, I doubt it's a rare event.",
                    ),
                ),
                (line("{show}"),),
            ),
            questions=(
                "Where would it spend most of its time?",
                "How many hands would it be at {company}?",
            ),
        ),
    ),
)

AUDIT_AGAIN = Angle(
    key="the_sample",
    theme="leases",
    purpose="follow_up",
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
                        "I should have asked it this way. When {auditor} draws a sample of leases for "
                        "the audit, how many of them would you be happy to hand over as they are?",
                    ),
                ),
                (line("{show}"),),
            ),
            questions=(
                "Would the tidy ones be most of them?",
                "How sure would you be of the first one drawn?",
            ),
        ),
    ),
)

YEAR_AGAIN = Angle(
    key="before_the_close",
    theme="leases",
    purpose="follow_up",
    why="there is a useful moment for this in their year",
    subjects=("Timing and leases",),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "A note on timing. {company} closes its books {year_end}, and lease clean-up that "
                        "starts in the last weeks rarely gets finished.",
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
                "Should I ask again at another time of the year?",
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
    why="closes the thread and names the moment when it may matter again",
    subjects=("Closing the lease question",),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "I'll stop here and leave you to it.",
                        "I won't keep asking, so this is the last one from me.",
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

ANY_WORDS = Angle(
    key="their_own_words",
    theme="any",
    purpose="first_touch",
    why="starts from a sentence that the company wrote itself",
    subjects=(
        "A line in {company}'s annual report",
        "One sentence from {company}'s report",
        "A line in your annual report",
    ),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        'One line in {company}\'s annual report made me want to ask: "{quote}"',
                        '{company}\'s annual report puts it in one line: "{quote}"',
                    ),
                ),
                (
                    line(
                        "Reports describe how it should work. People inside usually know the part "
                        "that takes the time."
                    ),
                    _OFFER,
                ),
            ),
            questions=(
                "Is that a topic for your team this year?",
                "How does that look from where you sit?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "Annual reports are good at saying what a company does, and silent on what "
                        "it costs the people who do it."
                    ),
                ),
                (line('Yours says: "{quote}"'),),
                (line("I'd guess that's the easy half to write down.", spare=1), _OFFER),
            ),
            questions=(
                "Which part of that takes more of your time than it should?",
                "Who would know how that works day to day?",
            ),
        ),
    ),
)

ANY_SIZE = Angle(
    key="size",
    theme="any",
    purpose="first_touch",
    why="the size of the company makes a small step costly",
    subjects=("A small step at {company}", "A question about {company}"),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "In a company of {employees} people, a small manual step is never small for "
                        "long. It gets copied into every team."
                    ),
                ),
                (_OFFER,),
            ),
            questions=(
                "Is there a step like that on your side that you'd like to be rid of?",
                "Who looks after that kind of thing at {company}?",
            ),
        ),
    ),
)

ANY_YEAR = Angle(
    key="planning",
    theme="any",
    purpose="first_touch",
    why="the fiscal year says when plans are made",
    subjects=("{company}'s plans for the year", "Timing at {company}"),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "{company} closes its fiscal year {year_end}, so I tried to pick a moment when "
                        "there's room for a question."
                    ),
                ),
                (_OFFER,),
            ),
            questions=(
                "Is this anywhere on your plan for the year?",
                "Is this the right time of the year to ask?",
            ),
        ),
    ),
)

ANY_DESK = Angle(
    key="your_desk",
    theme="any",
    purpose="first_touch",
    why="starts from the reader's own job and uses no filing data",
    subjects=("A question for you", "Quick question about {company}"),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "I have one question about how this works at {company}, and I'd rather ask "
                        "than assume.",
                        "I don't know how {company} handles this, so I won't pretend to.",
                    ),
                ),
                (
                    _OFFER,
                    line(
                        "Whether that's of any use to you depends on how the work gets done today."
                    ),
                ),
            ),
            questions=(
                "Who on your side would know?",
                "How is that done on your side today?",
            ),
        ),
    ),
)

LATER = (
    PAPER_AGAIN, AUDIT_AGAIN, YEAR_AGAIN, SOMEONE_ELSE, PLAIN_AGAIN, LAST_YEAR_END, LAST_NOTE,
    ANY_WORDS, ANY_SIZE, ANY_YEAR, ANY_DESK,
)  # fmt: skip
