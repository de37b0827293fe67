"""How much of a text the drafting gets right, on texts annotated by hand (benchmarks/drafting/*.csv).

The texts are no part of the project: JIAOKOU_TEXTS names the folder that holds them as <text>.txt, and JIAOKOU_SOURCE
Jiaokou's own, which is compared with its package. A quantity is found if a row begins within it; it is fully right if
its characters, value, unit and qualifier are. Where `texts.csv` lists paragraphs, these alone were annotated: whole
ones, drawn at random, and read without a draft. A row of kind `either` may be counted or not. Where `blind` is empty
the annotations were made by reading a draft against the text and correcting it. `blind` is what was fully right, in per
cent, before any rule was written with the text in sight; a review adds to it: `jiaokou draft --accuracy`.

Names are a reader's, written down before the drafted ones were seen; “|” stands between several that would do alike. A
name is right if it is the same to the character, or, leniently, but for what SAME lists: particles, 全省, a light verb
before it, 数, 排名 or 增速 after it. `names_blind` is the lenient share at first sight (exactly, of xinjiang_2025).
"""

import csv
import hashlib
import os
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd

import jiaokou
from jiaokou.drafting.draft import drafted

HERE = Path(__file__).parent / "drafting"
SAME = re.compile(
    r"[的了等“”‘’《》（）()·、和与及\s]|^全[国省市县区州疆]+|^(?:完成|实现|累计|共|开展|实施|推进)|"
    r"(?:建设|总数|数量|[数量额]|全国排名|排名|排位|位次|(?:同比|累计|自然|年均)*(?:增速|增幅|涨幅))$"
)
FULLY = ("start", "end", "value", "lower", "upper", "unit", "qualifier")


def rows(text, start, end):
    frame = drafted(text, date.fromisoformat(start), date.fromisoformat(end))
    frame = frame[frame["kind"] != "name"].copy()
    exact = frame["value"] != ""  # the annotations have bounds for ranges alone
    frame.loc[exact, ["lower", "upper"]] = ""
    return frame


def plain(name):
    """A name without what a lenient comparison leaves out."""
    while (less := SAME.sub("", name)) != name:
        name = less
    return name


def compare(name, kind, gold, found):
    """One line: recall, precision, fully right, kinds, periods and names, and which columns missed."""
    places = {int(row["start"]): row for row in found.to_dict("records")}
    missed = Counter()
    right = kinds = periods = names = alike = seen = 0
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
        periods += each.get("period_end", "") in ("", row["period_end"])
        meant = each.get("name", "").split("|")
        names += row["name"] in meant
        alike += plain(row["name"]) in map(plain, meant)
    wanted = sum(each.get("kind") != "either" for each in gold)
    share = [100 * part / wanted for part in (seen, right, kinds, periods)]
    precision = 100 * seen / (seen + len(places))
    named = ""
    if "name" in gold[0]:
        named = f", names {100 * names / wanted:.1f} %, leniently {100 * alike / wanted:.1f} %"
    said = ", ".join(f"{what} {count}" for what, count in missed.most_common())
    judged = f", kinds {share[2]:.1f} %, periods {share[3]:.1f} %" if "period_end" in gold[0] else ""
    print(
        f"{name:16} {kind:26} {wanted:4} quantities: recall {share[0]:.1f} %, precision {precision:.1f} %, "
        f"fully right {share[1]:.1f} %{judged}{named}  {said}"
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
        file = Path(folder, f"{each['text']}.txt")
        content = file.read_bytes() if file.is_file() else b""
        if hashlib.sha256(content).hexdigest() != each["sha256"]:
            print(f"{each['text']}: not there, or another text than the one annotated")
            continue
        with (HERE / f"{each['text']}.csv").open(encoding="utf-8", newline="") as annotated:
            gold = list(csv.DictReader(annotated))
        held = " (held back)" if each["held_back"] == "yes" else ""
        found = rows(content.decode(), *each["period"].split("/"))
        if each["paragraphs"]:
            found = found[found["paragraph"].isin(each["paragraphs"].split())]
        compare(each["text"], each["kind"] + held, gold, found)
    if source := os.environ.get("JIAOKOU_SOURCE"):
        own(Path(source))


if __name__ == "__main__":
    main()
