"""Each mailing drawn by Chromium, on a phone and on a desk, in light and in dark.

Skipped where no Chromium is installed.  KALLELSE_PICTURES names a folder in
which to keep the pictures.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from service.adapters.templates import Letterhead
from tests.sample_facts import CASES

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
TEMPLATES = Path(__file__).parent.parent / "templates"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]

# Looks into every letter: does it scroll sideways, and what contrast has each text against what it
# stands on (WCAG 2.1, 1.4.3)?
LOOK = """
function rgb(text) { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n }
function light(c) {
  const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function behind(e, view) {
  for (; e; e = e.parentElement) {
    const c = rgb(view.getComputedStyle(e).backgroundColor)
    if (c[3] > 0) return c
  }
  return [255, 255, 255, 1]
}
function look(frame) {
  const doc = frame.contentDocument, view = frame.contentWindow, weak = []
  const walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT)
  let seen = 0
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement
    if (!walker.currentNode.data.trim() || !e.offsetParent) continue
    const a = light(rgb(view.getComputedStyle(e).color)), b = light(behind(e, view))
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    seen += 1
    if (ratio < 4.5) weak.push(walker.currentNode.data.trim().slice(0, 40) + ' ' + ratio.toFixed(2))
  }
  return {
    name: frame.title, wide: doc.documentElement.scrollWidth, weak, seen,
    page: light(behind(doc.body, view)) < 0.2 ? 'dark' : 'light',
    small: [...doc.querySelectorAll('a.button-text')].filter(e => e.offsetHeight < 40).length,
  }
}
addEventListener('load', () => {
  document.getElementById('out').textContent =
    JSON.stringify([...document.querySelectorAll('iframe')].map(look))
})
"""


def chromium(page: Path, width: int, dark: bool, *more: str) -> str:
    """Open a page and give back what it became."""
    assert CHROMIUM
    scheme = "0" if dark else "1"
    done = subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            f"--blink-settings=preferredColorScheme={scheme}", f"--window-size={width},1400",
            f"--user-data-dir={page.parent / 'profile'}", *more, page.as_uri(),
        ],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    return done.stdout.decode("utf-8")


def a_page(folder: Path, width: int, dark: bool) -> Path:
    """All letters beside each other, each in a frame as wide as the screen it stands for."""
    letterhead = Letterhead(TEMPLATES)
    scheme = "dark" if dark else "light"
    frames = []
    for mailing, name, facts in CASES:
        letter = letterhead.render(mailing, facts).html
        frames.append(
            f'<iframe title="{html.escape(f"{mailing}: {name}")}" srcdoc="{html.escape(letter)}" '
            f'style="width:{width}px;height:1400px;border:0;color-scheme:{scheme}"></iframe>'
        )
    page = folder / f"letters-{width}-{scheme}.html"
    page.write_text(
        f'<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="{scheme}">'
        "</head>"
        f'<body style="margin:0">{"".join(frames)}<pre id="out"></pre><script>{LOOK}</script></body></html>',
        "utf-8",
    )
    return page


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 720])
def test_every_letter_fits_and_can_be_read(tmp_path: Path, width: int, dark: bool) -> None:
    """No sideways scrolling, contrast of at least 4.5:1 for all text, and buttons that a thumb can hit."""
    page = a_page(tmp_path, width, dark)
    out = re.search(r'<pre id="out">(.*?)</pre>', chromium(page, 1600, dark, "--dump-dom"), re.DOTALL)
    assert out
    seen = json.loads(html.unescape(out[1]))
    assert [s["name"] for s in seen] == [f"{mailing}: {name}" for mailing, name, _ in CASES]
    assert {s["page"] for s in seen} == {"dark" if dark else "light"}
    assert all(s["seen"] > 5 for s in seen)
    assert [(s["name"], s["wide"]) for s in seen if s["wide"] > width] == []
    assert [(s["name"], s["weak"]) for s in seen if s["weak"]] == []
    assert [s["name"] for s in seen if s["small"]] == []


@pytest.mark.skipif("KALLELSE_PICTURES" not in os.environ, reason="KALLELSE_PICTURES names no folder")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 720])
def test_pictures_are_kept(tmp_path: Path, width: int, dark: bool) -> None:
    """One picture of each letter at each width, for whoever wants to look."""
    folder = Path(os.environ["KALLELSE_PICTURES"]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    picture = folder / f"letters-{width}-{'dark' if dark else 'light'}.png"
    chromium(a_page(tmp_path, width, dark), 4 * width + 20, dark, f"--screenshot={picture}")
    assert picture.stat().st_size > 10_000
