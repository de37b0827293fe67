"""Relations as a line of arithmetic, and what they say of a number."""

import pandas as pd

from jiaokou.wording.labels import code
from jiaokou.wording.languages import Row, Vocabulary, check_language, pick
from jiaokou.wording.numbers import quantity

_SIGNS = {"*": "×", "/": "÷", "-": "−", "<=": "≤", ">=": "≥"}
_BROKEN = {"=": "≠", "<=": ">", ">=": "<"}
_WORDS = {"whole_number": ("整数", "a whole number"), "?": ("？", "?")}
# Words that follow a number which was counted rather than printed.
_COUNTED = {"listed": ("所列{}项", "{} listed"), "years": ("{}年", "{} years"), "percent": ("{}%", "{}%")}


def arithmetic(row: Row, lang: str, package: Vocabulary) -> str:
    """The formula of a row of `audit()` in printed numbers: `85.71% × 35个 = 整数` / `85.71% × 35 = a whole number`."""
    check_language(lang)
    signs = _SIGNS | (_BROKEN if row["verdict"] == "cannot_hold" else {})
    observed = {str(each["observation"]): each for _, each in package.frames["observations"].iterrows()}
    written: list[str] = []
    for token in str(row["formula"]).split():
        if token in _COUNTED:
            written[-1] = pick(_COUNTED[token], lang).format(written[-1])
        elif token in _WORDS:
            written.append(pick(_WORDS[token], lang))
        elif token in observed:
            written.append(quantity(observed[token], lang, package))
        else:
            written.append(signs.get(token, token))
    return " ".join(written)


def spoken_of(relations: pd.DataFrame, observation: str, lang: str, package: Vocabulary) -> list[str]:
    """The verdicts of rows of `audit()` on one observation, each once, worded: `不能成立` / `cannot hold`."""
    about = relations[[observation in str(codes).split() for codes in relations["observations"]]]
    found = [verdict for verdict in package.codes["verdict"].index if verdict in set(about["verdict"])]
    return [code(package, "verdict", str(verdict), lang) for verdict in found]
