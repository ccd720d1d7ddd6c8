"""Block Kit, checked before Slack does: the documented limits and one that is not documented.

In: blocks of a message, or a modal. Out: what is wrong, in words; nothing when it will be taken.
Never: a change of the blocks, a call of Slack.

Lengths are counted in UTF-16 code units, which is never less than Slack counts.
Source: https://docs.slack.dev/reference/block-kit (limits of each block and element). The limit on
a whole message is not documented; senders report `msg_blocks_too_long` from about 13,200 characters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

MOST_BLOCKS = 50
MOST_BLOCKS_OF_A_VIEW = 100
MOST_CHARACTERS = 13_200
"""Of all blocks of a message together, as JSON."""
LONGEST_SECTION = 3_000
LONGEST_HEADER = 150
LONGEST_CONTEXT = 3_000
LONGEST_ID = 255
LONGEST_BUTTON = 75
LONGEST_VALUE = 2_000
LONGEST_URL = 3_000
LONGEST_TITLE = 24
LONGEST_LABEL = 2_000
LONGEST_PLACEHOLDER = 150
LONGEST_INPUT = 3_000
LONGEST_PRIVATE = 3_000
MOST_ELEMENTS = 25
MOST_CONTEXT_ELEMENTS = 10
MOST_FIELDS = 10
LONGEST_FIELD = 2_000
LONGEST_OPTION = 75
LONGEST_OPTION_VALUE = 150
MOST_OVERFLOW_OPTIONS = 5
MOST_OPTIONS = 100

Problems = Iterator[str]


def units(text: str) -> int:
    """The length of a text in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def weight(blocks: Sequence[Mapping[str, Any]]) -> int:
    """What blocks weigh against the limit on a whole message."""
    return units(json.dumps(list(blocks), ensure_ascii=False, separators=(",", ":")))


def message_problems(blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """What Slack would refuse about the blocks of a message."""
    found = list(_blocks(blocks, MOST_BLOCKS, is_view=False))
    heavy = weight(blocks)
    if heavy > MOST_CHARACTERS:
        found.append(f"all blocks together have {heavy:,} characters, over {MOST_CHARACTERS:,}")
    return found


def view_problems(view: Mapping[str, Any]) -> list[str]:
    """What Slack would refuse about a modal."""
    found = list(_blocks(view.get("blocks") or [], MOST_BLOCKS_OF_A_VIEW, is_view=True))
    if view.get("type") != "modal":
        found.append(f"view: type {view.get('type')!r} is not modal")
    found += _text(view.get("title"), "view.title", LONGEST_TITLE, plain=True)
    for name in ("submit", "close"):
        if name in view:
            found += _text(view[name], f"view.{name}", LONGEST_TITLE, plain=True)
    if "submit" not in view and any(b.get("type") == "input" for b in view.get("blocks") or []):
        found.append("view: input blocks need a submit text")
    found += _id(view, "callback_id", "view")
    if units(str(view.get("private_metadata", ""))) > LONGEST_PRIVATE:
        found.append(f"view: private_metadata is over {LONGEST_PRIVATE:,} characters")
    return found


def _blocks(blocks: Sequence[Mapping[str, Any]], most: int, *, is_view: bool) -> Problems:
    if not 1 <= len(blocks) <= most:
        yield f"{len(blocks)} blocks, where 1 to {most} are possible"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(set(ids)) != len(ids):
        yield "two blocks have the same block_id"
    actions: list[str] = []
    for number, block in enumerate(blocks):
        at = f"blocks[{number}]"
        yield from _id(block, "block_id", at)
        check = _KINDS.get(str(block.get("type")))
        if check is None or (block.get("type") == "input" and not is_view):
            yield f"{at}: a block of type {block.get('type')!r} cannot stand here"
            continue
        yield from check(block, at)
        actions += [e["action_id"] for e in block.get("elements", ()) if "action_id" in e]
    if len(set(actions)) != len(actions):
        yield "two elements have the same action_id"


def _header(block: Mapping[str, Any], at: str) -> Problems:
    yield from _text(block.get("text"), f"{at}.text", LONGEST_HEADER, plain=True)


def _section(block: Mapping[str, Any], at: str) -> Problems:
    fields = block.get("fields")
    if "text" not in block and not fields:
        yield f"{at}: a section needs text or fields"
    if "text" in block:
        yield from _text(block["text"], f"{at}.text", LONGEST_SECTION)
    if fields is not None and not 1 <= len(fields) <= MOST_FIELDS:
        yield f"{at}: {len(fields)} fields, where 1 to {MOST_FIELDS} are possible"
    for number, field in enumerate(fields or ()):
        yield from _text(field, f"{at}.fields[{number}]", LONGEST_FIELD)


def _context(block: Mapping[str, Any], at: str) -> Problems:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= MOST_CONTEXT_ELEMENTS:
        yield f"{at}: {len(elements)} elements, where 1 to {MOST_CONTEXT_ELEMENTS} are possible"
    for number, element in enumerate(elements):
        yield from _text(element, f"{at}.elements[{number}]", LONGEST_CONTEXT)


def _actions(block: Mapping[str, Any], at: str) -> Problems:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= MOST_ELEMENTS:
        yield f"{at}: {len(elements)} elements, where 1 to {MOST_ELEMENTS} are possible"
    for number, element in enumerate(elements):
        yield from _action(element, f"{at}.elements[{number}]")


def _action(element: Mapping[str, Any], at: str) -> Problems:
    check = {"button": _button, "overflow": _overflow}.get(str(element.get("type")))
    if check is None:
        yield f"{at}: an element of type {element.get('type')!r} cannot stand here"
        return
    yield from _id(element, "action_id", at)
    yield from check(element, at)


def _button(element: Mapping[str, Any], at: str) -> Problems:
    yield from _text(element.get("text"), f"{at}.text", LONGEST_BUTTON, plain=True)
    if units(str(element.get("value", ""))) > LONGEST_VALUE:
        yield f"{at}: value is over {LONGEST_VALUE:,} characters"
    if units(str(element.get("url", ""))) > LONGEST_URL:
        yield f"{at}: url is over {LONGEST_URL:,} characters"
    if element.get("style", "primary") not in ("primary", "danger"):
        yield f"{at}: style {element['style']!r} is neither primary nor danger"


def _overflow(element: Mapping[str, Any], at: str) -> Problems:
    yield from _options(element, at, MOST_OVERFLOW_OPTIONS)


def _options(element: Mapping[str, Any], at: str, most: int) -> Problems:
    """https://docs.slack.dev/reference/block-kit/composition-objects/option-object."""
    options = element.get("options") or []
    if not 1 <= len(options) <= most:
        yield f"{at}: {len(options)} options, where 1 to {most} are possible"
    for number, option in enumerate(options):
        yield from _text(
            option.get("text"), f"{at}.options[{number}].text", LONGEST_OPTION, plain=True
        )
        if not 1 <= units(str(option.get("value", ""))) <= LONGEST_OPTION_VALUE:
            yield f"{at}.options[{number}]: value is not 1 to {LONGEST_OPTION_VALUE} characters"


def _input(block: Mapping[str, Any], at: str) -> Problems:
    yield from _text(block.get("label"), f"{at}.label", LONGEST_LABEL, plain=True)
    element = block.get("element") or {}
    check = {"plain_text_input": _field, "static_select": _select}.get(str(element.get("type")))
    if check is None:
        yield f"{at}: an element of type {element.get('type')!r} cannot stand here"
        return
    yield from _id(element, "action_id", f"{at}.element")
    if "placeholder" in element:
        yield from _text(
            element["placeholder"], f"{at}.element.placeholder", LONGEST_PLACEHOLDER, plain=True
        )
    yield from check(element, f"{at}.element")


def _field(element: Mapping[str, Any], at: str) -> Problems:
    longest = element.get("max_length", LONGEST_INPUT)
    if not 1 <= longest <= LONGEST_INPUT:
        yield f"{at}: max_length {longest} is not 1 to {LONGEST_INPUT:,}"
    if units(str(element.get("initial_value", ""))) > longest:
        yield f"{at}: initial_value is over {longest:,} characters"


def _select(element: Mapping[str, Any], at: str) -> Problems:
    yield from _options(element, at, MOST_OPTIONS)


def _divider(block: Mapping[str, Any], at: str) -> Problems:
    if set(block) - {"type", "block_id"}:
        yield f"{at}: a divider has no content"


def _text(given: Any, at: str, longest: int, *, plain: bool = False) -> Problems:
    """A text object: https://docs.slack.dev/reference/block-kit/composition-objects/text-object."""
    kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
    if not isinstance(given, Mapping) or given.get("type") not in kinds:
        yield f"{at}: a text object of type {' or '.join(kinds)} is needed"
        return
    words = given.get("text")
    if not isinstance(words, str) or not words.strip():
        yield f"{at}: the text is empty"
    elif units(words) > longest:
        yield f"{at}: {units(words):,} characters, over {longest:,}"
    allowed = {"type", "text", "emoji" if given["type"] == "plain_text" else "verbatim"}
    if set(given) - allowed:
        yield f"{at}: {', '.join(sorted(set(given) - allowed))} cannot stand in a text object"


def _id(thing: Mapping[str, Any], name: str, at: str) -> Problems:
    if name in thing and not 1 <= units(str(thing[name])) <= LONGEST_ID:
        yield f"{at}: {name} is not 1 to {LONGEST_ID} characters"


_KINDS: Mapping[str, Callable[[Mapping[str, Any], str], Problems]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "divider": _divider,
}
