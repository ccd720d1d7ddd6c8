"""First mails for themes other than leases.

In: nothing. Out: angles, in the form of `angles`. Never: a word on leases, a promise about the sender.
"""

from __future__ import annotations

from outrider.vendors.offline_writer.angles import OFFER
from outrider.vendors.offline_writer.shape import Angle, Shape, line

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
                    OFFER,
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
                (line("I'd guess that's the easy half to write down.", spare=1), OFFER),
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
                (OFFER,),
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
                (OFFER,),
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
                    OFFER,
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

ANY_FIRST = (ANY_WORDS, ANY_SIZE, ANY_YEAR, ANY_DESK)
