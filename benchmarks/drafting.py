"""How much of a text the drafting gets right, on texts annotated by hand (benchmarks/drafting/*.csv).

The texts are no part of the project: JIAOKOU_TEXTS names the folder that holds them as <text>.txt, and JIAOKOU_SOURCE
Jiaokou's own, which is compared with its package. A quantity is found if a row begins within it; it is fully right if
its characters, value, unit and qualifier are. Where `texts.csv` lists paragraphs, these alone were annotated: whole
ones, drawn at random, and read without a draft. A row of kind `either` may be counted or not. Where `blind` is empty
the annotations were made by reading a draft against the text and correcting it. Names were annotated of one text, the
last, in the words of a reviewer who had seen no rule: a name is right only if it is the same to the character. `blind`
is what was fully right, in per cent, before any rule was written with the text in sight; a review adds to it: `jiaokou
draft --accuracy`.
"""

import csv
import hashlib
import os
from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd

import jiaokou
from jiaokou.drafting.draft import drafted

HERE = Path(__file__).parent / "drafting"
FULLY = ("start", "end", "value", "lower", "upper", "unit", "qualifier")


def rows(text, start, end):
    frame = drafted(text, date.fromisoformat(start), date.fromisoformat(end))
    frame = frame[frame["kind"] != "name"].copy()
    exact = frame["value"] != ""  # the annotations have bounds for ranges alone
    frame.loc[exact, ["lower", "upper"]] = ""
    return frame


def compare(name, kind, gold, found):
    """One line: recall, precision, fully right, kinds and periods, and which columns missed."""
    places = {int(row["start"]): row for row in found.to_dict("records")}
    missed = Counter()
    right = kinds = periods = names = seen = 0
    for each in gold:
        at = next((at for at in range(int(each["start"]), int(each["end"])) if at in places), None)
        row = places.pop(at, None)
        if each.get("kind") == "either":
            continue
        if row is None:
            missed["not found"] += 1
            continue
        seen += 1
        wrong = [column for column in FULLY if column in each and each[column] != row[column]]
        missed.update(wrong[:1])
        right += not wrong
        kinds += each.get("kind", row["kind"]) == row["kind"]
        periods += each["period_end"] in ("", row["period_end"])
        names += each.get("name") == row["name"]
    wanted = sum(each.get("kind") != "either" for each in gold)
    share = [100 * part / wanted for part in (seen, right, kinds, periods)]
    precision = 100 * seen / (seen + len(places))
    named = f", names {100 * names / wanted:.1f} %" if "name" in gold[0] else ""
    said = ", ".join(f"{what} {count}" for what, count in missed.most_common())
    print(
        f"{name:16} {kind:26} {wanted:4} quantities: recall {share[0]:.1f} %, precision {precision:.1f} %, "
        f"fully right {share[1]:.1f} %, kinds {share[2]:.1f} %, periods {share[3]:.1f} %{named}  {said}"
    )


def own(file):
    """Jiaokou's own text against its package; units and kinds are the package's own words, and are left out."""
    text = file.read_bytes().decode()
    observed = jiaokou.load()
    gold = [
        {
            "start": str(row.char_start),
            "end": str(row.char_end),
            "qualifier": row.qualifier,
            "period_end": str(row.period_end)[:10],
        }
        for row in observed.itertuples()
    ]
    release = observed["period_end"].dropna()
    compare("jiaokou", "county summary", gold, rows(text, "2021-01-01", f"{release.min().year}-12-31"))


def main():
    folder = os.environ.get("JIAOKOU_TEXTS")
    texts = pd.read_csv(HERE / "texts.csv", dtype=str, keep_default_na=False).to_dict("records") if folder else []
    for each in texts:
        content = Path(folder, f"{each['text']}.txt").read_bytes()
        if hashlib.sha256(content).hexdigest() != each["sha256"]:
            print(f"{each['text']}: another text than the one annotated")
            continue
        with (HERE / f"{each['text']}.csv").open(encoding="utf-8", newline="") as file:
            gold = list(csv.DictReader(file))
        held = " (held back)" if each["held_back"] == "yes" else ""
        found = rows(content.decode(), *each["period"].split("/"))
        if each["paragraphs"]:
            found = found[found["paragraph"].isin(each["paragraphs"].split())]
        compare(each["text"], each["kind"] + held, gold, found)
    if source := os.environ.get("JIAOKOU_SOURCE"):
        own(Path(source))


if __name__ == "__main__":
    main()
