"""Tab completion of codes in IPython and JupyterLab: `jiaokou.load("<TAB>` offers the sections.

Codes belong to the data, so that no type hint can list them; IPython asks this matcher, which asks the data.
"""

import re
from contextlib import suppress
from typing import Any

from IPython.core.completer import SimpleCompletion, context_matcher
from IPython.core.getipython import get_ipython
from IPython.core.guarded_eval import EvaluationContext, GuardRejection, guarded_eval

import jiaokou
from jiaokou.errors import JiaokouError

# What has codes for its arguments, and what lists them in its first column. All but the first two take one code.
_SERVE = {
    "Narrator": "load derived",
    "pick": "load derived audit milestones",
    "indicator": "load derived indicators",
    **dict.fromkeys(("load", "milestones", "derived"), "sections"),
}
_TEXTS = re.compile(r""""[^"\n]*"|'[^'\n]*'|\#.*""")
_BRACKETS = re.compile(r"\([^()]*\)")
_OPEN_CALL = re.compile(r"""(?<![\w.])([A-Za-z_][\w.]*)\(([^()]*)["']([^"'\n]*)$""")
_UNQUOTED = re.compile(r"[(,=]\s*(\w*)$")
_OPEN_BRACE = re.compile(r"\{(\w*)$")


def register() -> None:
    """Let a running IPython complete codes: once only, and nothing where none runs."""
    completer = getattr(get_ipython(), "Completer", None)  # a kernel that is starting has none yet
    if completer is not None and _matcher not in completer.custom_matchers:
        completer.custom_matchers.append(_matcher)


def offered(called: object, written: str, first: bool = True) -> tuple[list[str], str]:
    """The codes that a text in a call of a function of the library may go on with, and how much of it they replace.

    `written` is the text so far, and `first` whether it is the call's first argument.
    """
    name, package = getattr(called, "__name__", type(called).__name__), getattr(called, "package", "")
    is_ours = str(getattr(called, "__module__", "")).startswith("jiaokou.")
    serve = _SERVE.get(name, "").split() if is_ours and (first or name in ("Narrator", "pick")) else []
    if name == "Narrator":
        serve, written = (serve, brace[1]) if (brace := _OPEN_BRACE.search(written)) else ([], "")
    with suppress(JiaokouError):  # a package with a fault in it says so when it is loaded
        frames = [getattr(jiaokou, each)(package=getattr(package, "path", package)) for each in serve]
        codes = dict.fromkeys(str(code) for frame in frames for code in frame.iloc[:, 0])
        return [code for code in codes if code.startswith(written)], written
    return [], ""


@context_matcher(identifier="jiaokou.codes")  # type: ignore[untyped-decorator]
def _matcher(context: Any) -> Any:
    """What is offered at the end of a cell's code so far: within a call, in a text or where one is to begin."""
    before = context.full_text.split("\n")[: context.cursor_line]
    code, closed = _TEXTS.sub("_", "\n".join([*before, context.text_until_cursor])), 1
    while closed:
        code, closed = _BRACKETS.subn("_", code)
    form = "{}"
    if not (call := _OPEN_CALL.search(code)) and (begun := _UNQUOTED.search(code)):
        form, brace = ('"{{{}}}"', "{") if begun[0][0] == "=" else ('"{}"', "")  # a sentence's argument has a name
        call = _OPEN_CALL.search(f'{code[: begun.start(1)]}"{brace}{begun[1]}')
    codes, fragment = offered(_named(call[1]), call[3], not call[2].strip()) if call else ([], "")
    return {
        "completions": [SimpleCompletion(text=form.format(code), type="code") for code in codes],
        "matched_fragment": fragment,
        "ordered": True,  # as the package has them
        # The names of files, which IPython offers in any quotes, and all names where nothing is typed yet.
        "suppress": bool(codes) and (form == "{}" or not fragment),
    }


def _named(dotted: str) -> object:
    """What a dotted name stands for at the prompt, where to find it runs nothing of the user's."""
    names = getattr(get_ipython(), "user_ns", {})
    with suppress(AttributeError, GuardRejection, NameError, SyntaxError):
        return guarded_eval(dotted, EvaluationContext(globals=names, locals=names, evaluation="limited"))
    return None
