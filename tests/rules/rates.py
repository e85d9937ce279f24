"""`python -m tests.rules.rates`: how many names and posts are put into the genitive rightly, and whether a person is asked where not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rules import declension
from rules.declension import Declined

HERE = Path(__file__).parent


@dataclass
class Rate:
    """`silent`: wrong and nobody is asked; `needless`: right and somebody is asked."""

    count: int = 0
    wrong: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    needless: list[str] = field(default_factory=list)

    @property
    def right(self) -> float:
        return 100 * (self.count - len(self.wrong)) / self.count

    def add(self, given: str, made: Declined, genitive: str) -> None:
        self.count += 1
        if made.text != genitive:
            self.wrong.append(f"{given}: {made.text} ({genitive})")
            if made.certain:
                self.silent.append(given)
        elif not made.certain:
            self.needless.append(given)


def names() -> Rate:
    rate = Rate()
    for fio, sex, genitive in _lines("genitive_names.txt"):
        rate.add(fio, declension.name_genitive(fio, sex), genitive)
    return rate


def sexes() -> list[str]:
    """Names whose sex is taken for the other one; that nothing says it is no mistake, the card is asked then."""
    return [fio for fio, sex, _ in _lines("genitive_names.txt") if declension.sex(fio) not in (sex, None)]


def posts() -> Rate:
    rate = Rate()
    for post, genitive in _lines("genitive_posts.txt"):
        rate.add(post, declension.post_genitive(post), genitive)
    return rate


def _lines(name: str) -> Iterator[list[str]]:
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("; ")


def main() -> None:
    kinds: dict[str, Callable[[], Rate]] = {"names": names, "posts": posts}
    for kind, measure in kinds.items():
        rate = measure()
        print(
            f"{kind}: {rate.count - len(rate.wrong)} of {rate.count} right ({rate.right:.1f}%), asked needlessly {len(rate.needless)}, wrong unasked {len(rate.silent)}"
        )
        for wrong in rate.wrong:
            print(f"  {wrong}{' — nobody is asked' if wrong.partition(':')[0] in rate.silent else ' — asked'}")
    print(f"sex taken for the other: {', '.join(sexes()) or 'none'}")


if __name__ == "__main__":
    main()
