"""The plain HTML that all local pages share."""

import html

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1a2733 }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
td { padding: .3rem 1rem .3rem 0; border-bottom: 1px solid #dde3e8; vertical-align: top }
iframe { width: 100%; height: 44rem; border: 1px solid #dde3e8 }
"""


def page(title: str, body: str) -> str:
    """`body` is HTML, `title` plain text. Links that are followed from the page send no Referer."""
    title = html.escape(title)
    return (
        f"<!doctype html><html lang='sv'><meta charset='utf-8'><title>{title}</title>"
        "<meta name='viewport' content='width=device-width'><meta name='referrer' content='no-referrer'>"
        f"<style>{_STYLE}</style><h1>{title}</h1>{body}</html>"
    )
