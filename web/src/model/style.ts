// The styles a component may carry: looks and spacing, never behaviour.
//
// A model is data from someone else, so a property counts only when it is known
// here, and a value only when it cannot reach out (`url(…)`) or cover the page.

import type { JsonObject } from "./json.ts";

const ALLOWED = new Set([
  ...["margin", "padding"].flatMap((box) =>
    ["", "Top", "Right", "Bottom", "Left", "Block", "Inline"].map((side) => box + side),
  ),
  ...["width", "height"].flatMap((size) => {
    const upper = size.charAt(0).toUpperCase() + size.slice(1);
    return [size, `min${upper}`, `max${upper}`];
  }),
  "color",
  "backgroundColor",
  "background",
  "border",
  "borderColor",
  "borderRadius",
  "borderStyle",
  "borderWidth",
  "boxShadow",
  "opacity",
  "textAlign",
  "fontSize",
  "fontStyle",
  "fontWeight",
  "letterSpacing",
  "lineHeight",
  "textTransform",
  "textDecoration",
  "whiteSpace",
  "gap",
  "alignItems",
  "alignSelf",
  "justifyContent",
  "justifySelf",
]);

const REACHES_OUT = /url\s*\(|image-set|expression|@import|[\\;{}<>]/i;

export function safeStyle(style: JsonObject | undefined): Record<string, string | number> {
  const safe: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(style ?? {})) {
    if (!ALLOWED.has(name)) continue;
    if (typeof value === "number") safe[name] = value;
    else if (typeof value === "string" && !REACHES_OUT.test(value)) safe[name] = value;
  }
  return safe;
}
