"""How long opening a package, and publishing a page of it, take by its number of observations: in proportion to it.

    python benchmarks/loading.py [--seed 1] [--repeat 3]

Packages of 1,000 and of 10,000 observations are generated from the seed, one sentence and one milestone for each four
observations. Printed are the times of `jiaokou.load()`, nothing remembered, of publishing a page about all of them, and
the ratios. The goals at 10,000 observations are 2 s and 8 s, on a machine with two cores that does nothing else.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jiaokou
from jiaokou.data import scaffold
from jiaokou.data.descriptor import default_package, opened, schema
from jiaokou.drafting.observations import known_units
from jiaokou.publishing.publish import publish

SENTENCE = 40  # characters, of which each observation takes up eight


def generate(folder: Path, observations: int, seed: int = 1) -> None:
    """Write a sound package with so many observations."""
    chosen = random.Random(seed)
    sentences = -(-observations // 4)
    scaffold.start(folder, rows=known_units())
    descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
    texts = dict.fromkeys(("title_zh", "title_en", "publisher_zh", "publisher_en"), "generated")
    days = {"period_start": "2021-01-01", "period_end": "2025-12-31"}
    size = {"sha256": "0" * 64, "characters": sentences * SENTENCE, "paragraphs": sentences}
    descriptor |= {"name": "generated", "licenses": [{"name": "CC0-1.0"}]}
    descriptor["release"] |= texts | days | size | {"entity": "county"}
    for resource in descriptor["resources"]:
        if "/section.csv" in resource["path"]:
            resource["path"] = [f"{resource['name']}/works.csv"]
    (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")

    _table(folder, "sections", [{"section": "works"}])
    _table(folder, "topics", [{"topic": "roads", "section": "works"}])
    _table(folder, "entities", [{"entity": "county", "kind": "jurisdiction"}])
    counted = {"topic": "roads", "measure": "count", "stock_flow": "flow", "unit": "count", "counter_zh": "条"}
    _table(folder, "indicators", [counted | {"indicator": f"i{n}"} for n in range(observations // 10 + 1)])
    rows = []
    for number in range(observations):
        value, sentence = chosen.randrange(1000, 10_000_000), number // 4
        printed, start = f"{value}条", sentence * SENTENCE + number % 4 * 8
        place = {"paragraph": sentence + 1, "char_start": start, "char_end": start + len(printed)}
        measured = {"indicator": f"i{chosen.randrange(observations // 10 + 1)}", "entity": "county"}
        said = {"printed": printed, "value": value, "qualifier": "exact", "basis": "actual"}
        rows.append({"observation": f"o{number}", "period_implied": "true"} | days | measured | said | place)
    _table(folder, "observations", rows)
    places = [
        {"paragraph": number + 1, "char_start": number * SENTENCE, "char_end": (number + 1) * SENTENCE}
        for number in range(sentences)
    ]
    _table(folder, "sentences", [p | {"sentence": f"s{n}", "account": "observed"} for n, p in enumerate(places)])
    kind = {"topic": "roads", "claim": "project", "stage": "completed"}
    _table(folder, "milestones", [p | kind | {"milestone": f"m{n}"} for n, p in enumerate(places)])


def _table(folder: Path, name: str, rows: Iterable[dict[str, Any]]) -> None:
    """Write a table; of what must be filled in and is not given, the row's number or some text."""
    (resource,) = (each for each in opened(folder)["resources"] if each["name"] == name)
    file = folder / (resource["path"] if isinstance(resource["path"], str) else resource["path"][0])
    fields = schema(default_package(), resource)["fields"]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, [field["name"] for field in fields], lineterminator="\n")
        writer.writeheader()
        for number, row in enumerate(rows, start=1):
            blanks = {
                field["name"]: number if field["type"] == "integer" else "text"
                for field in fields
                if field.get("constraints", {}).get("required")
            }
            writer.writerow(blanks | row)


def measure(folder: Path) -> float:
    """Seconds that `load()` takes where the package has just changed."""
    descriptor = folder / "datapackage.json"
    descriptor.write_bytes(descriptor.read_bytes())
    began = time.perf_counter()
    jiaokou.load(package=folder)
    return time.perf_counter() - began


def publish_page(folder: Path) -> float:
    """Seconds that an edition of one page takes, which shows all observations of the package."""
    began = time.perf_counter()
    publish(["works"], languages=["en"], package=folder, out=folder.parent / "editions", force=True)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    loaded, published = {}, {}
    with tempfile.TemporaryDirectory() as name:
        for rows in (1_000, 10_000):
            generate(Path(name) / str(rows), rows, asked.seed)
            folder = Path(name) / str(rows)
            loaded[rows] = min(measure(folder) for _ in range(asked.repeat))
            published[rows] = min(publish_page(folder) for _ in range(asked.repeat))
            print(f"{rows:>6,} observations: loaded in {loaded[rows]:.2f} s, published in {published[rows]:.1f} s")
    for what, times in (("loaded", loaded), ("published", published)):
        print(f"{what}, 10,000 : 1,000 = {times[10_000] / times[1_000]:.1f}")


if __name__ == "__main__":
    main()
