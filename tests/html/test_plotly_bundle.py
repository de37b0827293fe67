"""plotly.js as pages carry it: what draws their charts is kept, what is not called is left out."""

from __future__ import annotations

import pytest
from plotly.offline import get_plotlyjs

from jiaokou.html import plotly_bundle

HEAD = (
    '(this, () => {\n"use strict";var Plotly=(()=>{var E=(e,t)=>()=>{t(e)};var W=(e,t)=>()=>(t||e((t={}),t),t.exports);'
)
TAIL = "return last();})();\nwindow.Plotly = Plotly;\nreturn Plotly;\n}));"
BUNDLE = (
    HEAD
    + 'var paint=W((e,t)=>{t.exports="paint"});'
    + 'function stroke(e){return"stroke"}function spin(e){return"spin"}'
    + 'var plain=W(e=>{e.exports={moduleType:"trace",name:"bar",draw:()=>paint()+stroke()}});'
    + "var bar=W((e,t)=>{t.exports=plain()});"
    + 'var globe=W((e,t)=>{t.exports="globe"});'
    + 'var geo=W((e,t)=>{var n=globe(),o=spin();t.exports={moduleType:"trace",name:"scattergeo"}});'
    + 'var days=W((e,t)=>{t.exports={moduleType:"component",name:"calendars"}});'
    + "var last=W((e,t)=>{var n={};n.register([bar(),geo(),days()]);t.exports=n});"
    + TAIL
)


def test_what_the_charts_need_is_kept_and_the_rest_is_left_out() -> None:
    code = plotly_bundle.reduced(BUNDLE)
    for kept in ('"paint"', '"stroke"', '"bar"', '"calendars"', "n.register([bar(),days()])"):
        assert kept in code
    for left_out in ('"globe"', '"scattergeo"', '"spin"'):
        assert left_out not in code
    assert "var globe=W((e,t)=>{});" in code
    assert code.startswith(HEAD)
    assert code.endswith(TAIL)


@pytest.mark.parametrize(
    "tricky", ["'}'", '"\\"}"', "/[/}]\\/}/g", "`}${{a:`b`}}}`", "/*}*/1", "1/2/3+'}'", "1 //}\n", "e?/}/:/{/", "(1)/2"]
)
def test_braces_in_strings_patterns_templates_and_comments_do_not_count(tricky: str) -> None:
    bundle = BUNDLE.replace('"globe"', tricky).replace('"paint"', f'{tricky};"paint"')
    assert plotly_bundle.reduced(bundle) == plotly_bundle.reduced(BUNDLE).replace('"paint"', f'{tricky};"paint"')


@pytest.mark.parametrize(
    ("made", "otherwise"),
    [
        ("var Plotly=", "var Graphs="),
        (".register([", ".enlist(["),
        ('name:"bar"', 'name:"column"'),
        ("return last();})();", "return last()"),
        ('"globe"', '"globe"+`${{'),
    ],
)
def test_code_that_is_made_otherwise_stays_as_it_is(made: str, otherwise: str) -> None:
    bundle = BUNDLE.replace(made, otherwise)
    assert bundle != BUNDLE
    assert plotly_bundle.reduced(bundle) == bundle


def test_a_function_that_is_called_at_once_keeps_its_body() -> None:
    bundle = BUNDLE.replace('"globe"})', '"globe"});var done=e((e,t)=>{at_once()})')
    assert "at_once()" in plotly_bundle.reduced(bundle)


def test_the_installed_plotlyjs_is_reduced_to_a_third() -> None:
    """Where this fails after an upgrade, pages still work, and are three times as large."""
    whole = get_plotlyjs()
    code = plotly_bundle.reduced(whole)
    assert len(code) < len(whole) / 3
    assert 'name:"bar"' in code
    assert 'name:"scattergeo"' not in code
