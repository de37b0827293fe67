"""How fast printed numbers are judged, apart from opening a package and from making frames.

    python benchmarks/audit.py [PACKAGES]

Every package has this one's relations and numbers of its own: the digits of each count and amount are drawn anew (by a
fixed seed), so that nothing can be remembered from one to the next. Printed forms go in, verdicts come out. The ratio
to one `jiaokou.audit()` of an opened package, measured in the same run, is what can be compared between machines.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import jiaokou
from jiaokou.analysis.audit import Row, audit_of, relations, roles_of
from jiaokou.analysis.verdicts import Relation, judge
from jiaokou.data.package import open_package
from jiaokou.numbers.printed import forms_of, parse


def main(packages: int) -> None:
    """Print packages a second, how long ten thousand take, and the ratio to one `jiaokou.audit()`."""
    frames = open_package().frames
    known = frames["observations"].set_index("observation").to_dict("index")
    written = [*relations(open_package(), frames["relations"], roles_of(frames["relation_terms"]))]
    forms = forms_of(frames["forms"][["form", "unit", "factor"]].itertuples(index=False))
    chance = random.Random(141130)
    prints = [{code: _redrawn(row["printed"], chance) for code, row in known.items()} for _ in range(packages)]
    judged = _seconds(lambda: [_judge_all(texts, known, forms, written) for texts in prints]) / packages
    whole = min(_seconds(_audit_anew) for _ in range(5))
    sys.stdout.write(
        f"{len(written)} relations, {len(known)} numbers, {packages} packages\n"
        f"{1 / judged:.0f} packages a second of processor time; 10,000 in {judged * 10_000:.0f} s\n"
        f"one jiaokou.audit() takes {whole / judged:.1f} times as long, the first time for a package\n"
    )


def _audit_anew() -> None:
    audit_of.cache_clear()
    jiaokou.audit()


def _redrawn(text: str, chance: random.Random) -> str:
    """The printed form with other digits, as many as there were."""
    return re.sub(r"[1-9]", lambda _: str(chance.randint(1, 9)), text)


def _judge_all(
    texts: Mapping[str, str], known: Mapping[str, Row], forms: Mapping[str, Mapping], written: Sequence[Relation]
) -> list[str]:
    units = {code: row["unit"] for code, row in known.items()}
    said = {code: parse(text, units[code], forms.get(units[code], {})) for code, text in texts.items()}
    verdicts = []
    for relation in written:
        drawn = iter([said[code] for code in relation.observations])
        own = tuple(None if number is None else next(drawn) for number in relation.numbers)
        verdicts.append(judge(replace(relation, numbers=own)).verdict)
    return verdicts


def _seconds(call: Callable[[], object]) -> float:
    """Processor time of this process alone, which other work on the machine disturbs least."""
    started = time.process_time()
    call()
    return time.process_time() - started


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
