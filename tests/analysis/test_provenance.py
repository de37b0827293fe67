"""The text is compared with the data character by character, and nothing in it is left unaccounted for."""

from __future__ import annotations

import re
import shutil

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jiaokou
from jiaokou.analysis import provenance
from jiaokou.errors import JiaokouError
from jiaokou.numbers import printed as precision


def test_the_data_agrees_with_the_release(source_text):
    assert provenance.is_release(source_text)
    findings = jiaokou.verify(source_text)
    assert findings.empty, findings["message"].tolist()


def test_every_numeral_of_the_text_is_accounted_for_once(source_text):
    package = jiaokou.open_package()
    places = pd.concat([package.frames[name][["char_start", "char_end"]] for name in ("observations", "numerals")])
    places = places.sort_values("char_start").to_numpy()
    assert (places[:-1, 1] <= places[1:, 0]).all(), "no two places overlap"
    for start, end in places:
        assert precision.NUMERAL.search(source_text[start:end])


def test_a_changed_character_of_every_observation_is_reported_with_its_paragraph(source_text):
    for number, row in enumerate(jiaokou.load().itertuples()):
        position = row.char_start + number % len(row.printed)  # now the first, now the last, now one between
        other = "7" if source_text[position] != "7" else "3"
        findings = jiaokou.verify(source_text[:position] + other + source_text[position + 1 :])
        hit = findings[(findings["subject"] == row.observation) & (findings["kind"] == "printed")]
        assert list(hit["paragraph"]) == [row.paragraph]


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_numeral_put_anywhere_is_reported(source_text, data):
    position = data.draw(st.integers(0, len(source_text)))
    findings = jiaokou.verify(source_text[:position] + "八" + source_text[position:])
    assert not findings.empty


def test_a_numeral_nobody_accounted_for_is_reported_where_it_stands(source_text):
    position = source_text.index("路灯")
    findings = jiaokou.verify(source_text[:position] + "九" + source_text[position + 1 :])
    (finding,) = findings[findings["kind"] == "numeral"].to_dict("records")
    assert (finding["found"], finding["char_start"], finding["paragraph"]) == ("九", position, 17)


def test_an_observation_at_the_wrong_place_is_reported(source_text, tmp_path):
    package = _moved(
        tmp_path, "146个,exact,146,county_seat_scope,10,457,461", "146个,exact,146,county_seat_scope,10,456,460"
    )
    findings = jiaokou.verify(source_text, package=package)
    assert ("projects_planned", "printed") in set(zip(findings["subject"], findings["kind"], strict=True))


def test_an_observation_in_the_wrong_paragraph_is_reported(source_text, tmp_path):
    package = _moved(tmp_path, "county_seat_scope,10,457,461", "county_seat_scope,11,457,461")
    (finding,) = jiaokou.verify(source_text, package=package).to_dict("records")
    assert (finding["subject"], finding["kind"], finding["expected"], finding["found"]) == (
        "projects_planned", "paragraph", 11, 10,
    )  # fmt: skip


def test_a_sentence_left_out_is_reported(source_text, tmp_path):
    package = _moved(tmp_path, re.compile(r"p46s1,framing,.*\n"), "", "sentences.csv")
    findings = jiaokou.verify(source_text, package=package)
    assert list(findings["kind"]) == ["sentence"]


def test_another_text_is_still_compared(source_text):
    findings = jiaokou.verify(source_text + "另有一段。")
    assert not provenance.is_release(source_text + "另有一段。")
    assert {"length", "numeral", "sentence"} <= set(findings["kind"])
    assert not (jiaokou.verify("").empty)


def test_a_file_given_for_its_text_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "summary.txt").write_text("某县综述", "utf-8")
    for named in ("summary.txt", tmp_path / "summary.txt"):
        with pytest.raises(JiaokouError, match=r"takes the text itself, not its file; pass pathlib\.Path\("):
            jiaokou.verify(named)
    assert not jiaokou.verify("x" * 10_000).empty


@pytest.mark.parametrize(("content", "named"), [(b"\xff\xfe", "not UTF-8"), (None, "cannot be read")])
def test_a_text_that_cannot_be_read_is_named(tmp_path, content, named):
    file = tmp_path / "text.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(JiaokouError, match=named):
        provenance.read_text(file)


def _moved(tmp_path, old, new, file="observations/economy.csv"):
    package = shutil.copytree(jiaokou.data.package.default_package(), tmp_path / "package")
    text = (package / file).read_text("utf-8")
    changed = old.sub(new, text) if isinstance(old, re.Pattern) else text.replace(old, new)
    assert changed != text
    (package / file).write_text(changed, "utf-8")
    return package


# Sentences for an analyst's own copy


def test_each_number_is_shown_in_its_sentence(source_path, source_text):
    frame = provenance.quotations(source_path)
    assert list(frame["observation"]) == list(jiaokou.load()["observation"])
    for row in frame.to_dict("records"):
        assert f"{row['before']}{row['printed']}{row['after']}" in source_text


def test_the_text_is_kept_out_of_editions_unless_asked_for(source_path, monkeypatch):
    monkeypatch.setenv("JIAOKOU_PUBLISHING", "1")
    with pytest.raises(JiaokouError, match="not put into editions"):
        provenance.quotations(source_path)
    assert len(provenance.quotations(source_path, publish=True))


def test_another_text_is_not_quoted(tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("别的文字", "utf-8")
    with pytest.raises(JiaokouError, match="another text than the release"):
        provenance.quotations(other)
