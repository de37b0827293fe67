"""How long a reader waits until a page's charts are drawn, beside a page that Plotly itself makes of the same figures.

    python benchmarks/drawing.py editions/latest/zh/01_economy.html [--times 5]
    python benchmarks/drawing.py editions/latest        # every page with charts

Chromium opens each page anew, with no developer tools attached (they read the whole of plotly.js several times over);
a line of script, let in by leaving out the content policy, reports the time to a server on this machine.
"""

from __future__ import annotations

import argparse
import json
import queue
import re
import shutil
import statistics
import subprocess
import tempfile
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import plotly.graph_objects as go

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "google-chrome"
REPORT = """<script>(() => {
    const look = () => document.querySelectorAll('.main-svg').length >= %d
        ? fetch('http://127.0.0.1:%d/' + Math.round(performance.now()), {mode: 'no-cors'})
        : requestAnimationFrame(look);
    look();
})()</script></body>"""


@contextmanager
def reports():
    """A port on this machine, and the numbers that are reported to it."""
    heard: queue.Queue[int] = queue.Queue()

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self):
            heard.put(int(self.path[1:]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, heard
    server.shutdown()


def milliseconds(html: str, charts: int) -> int:
    """From the start of opening a page until its charts are drawn."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, reports() as (port, heard):
        html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
        page = Path(folder, "page.html")
        # Plotly draws three layers to a chart.
        page.write_text(html.replace("</body>", REPORT % (3 * charts, port)), encoding="utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--window-size=1280,900"]
        command = [CHROMIUM, *options, f"--user-data-dir={folder}/profile", page.as_uri()]
        browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            return heard.get(timeout=60)
        finally:
            browser.terminate()
            browser.wait()


def stock(figures: dict) -> str:
    """The same figures on a page by Plotly's own means."""
    parts = [
        go.Figure(figure["data"], figure["layout"]).to_html(full_html=False, include_plotlyjs=n == 0)
        for n, figure in enumerate(figures.values())
    ]
    return f"<!DOCTYPE html><html><body>{''.join(parts)}</body></html>"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    for path in [page for given in options.pages for page in (sorted(given.glob("*/*.html")) or [given])]:
        html = path.read_text(encoding="utf-8")
        charts = re.search(r'id="charts">(.*?)</script>', html)
        if not charts:
            continue
        figures = json.loads(charts[1])["figures"]
        pair = {"briefing": html, "Plotly's own page": stock(figures)}
        taken: dict[str, list[int]] = {name: [] for name in pair}
        for _ in range(options.times):
            for name, content in pair.items():
                taken[name].append(milliseconds(content, len(figures)))
        ours, theirs = (statistics.median(times) for times in taken.values())
        sizes = [len(content.encode()) / 1e6 for content in pair.values()]
        print(
            f"{path.parent.name}/{path.stem}: {len(figures)} charts drawn in {ours / 1000:.2f} s "
            f"({min(taken['briefing']) / 1000:.2f} to {max(taken['briefing']) / 1000:.2f}), "
            f"{ours / theirs:.2f} of the time and {sizes[0] / sizes[1]:.2f} of the size of Plotly's own page"
        )


if __name__ == "__main__":
    main()
