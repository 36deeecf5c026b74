"""Names and summaries of users' files, made safe to show: nothing invisible, nothing that turns the text round."""

import textwrap
import unicodedata

# Control, format (bidi marks among them), lone surrogates, private use, line and paragraph ends.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
ELLIPSIS = "…"


def show_plainly(text: str) -> str:
    """Return a text with what cannot be seen written out.

    Examples
    --------
    >>> show_plainly("evil" + chr(0x202E) + "name")
    'evil\\\\u202ename'
    """
    return "".join(f"\\u{ord(sign):04x}" if unicodedata.category(sign) in _HIDDEN else sign for sign in text)


def fold_name(name: str, width: int, n_lines: int = 2) -> str:
    """Return a plain name on a few lines, folded after underscores and blanks; what is too long ends in an ellipsis.

    Examples
    --------
    >>> fold_name("loud_and_copied", 9)
    'loud_and_\\ncopied'
    """
    pieces = show_plainly(name).replace("_", "_\x00").split("\x00")
    lines = [""]
    for piece in (part for whole in pieces for part in textwrap.wrap(whole, width, drop_whitespace=False)):
        if len(lines[-1]) + len(piece) > width and lines[-1]:
            lines.append("")
        lines[-1] += piece
    if len(lines) > n_lines:
        lines = [*lines[: n_lines - 1], lines[n_lines - 1][: width - 1] + ELLIPSIS]
    return "\n".join(line.strip() for line in lines)
