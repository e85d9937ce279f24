"""«Возвратов»: how often which reviewer has sent a report back, a line for each: «Координатор: 2»."""

import re

LINE = re.compile(r"(.+): (\d+)")


def by_reviewer(text: str | None) -> dict[str, int]:
    """As the field says it; lines that say something else are passed over."""
    found = (LINE.fullmatch(line.strip()) for line in (text or "").splitlines())
    return {one[1]: int(one[2]) for one in found if one}


def counted(text: str | None, reviewer: str) -> str:
    """The field with one more return by that reviewer."""
    known = by_reviewer(text)
    known[reviewer] = known.get(reviewer, 0) + 1
    return "\n".join(f"{name}: {count}" for name, count in known.items())


def total(text: str | None) -> int:
    return sum(by_reviewer(text).values())
