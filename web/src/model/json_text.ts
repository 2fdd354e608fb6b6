// JSON as people type it: where it stops being JSON, and what is expected there.
//
// `JSON.parse` says so in words of the engine's own, in some browsers without a
// place. This reads the same grammar and only looks for the first fault.

export type JsonFaultKind =
  | "value"
  | "key"
  | "colon"
  | "comma"
  | "string"
  | "escape"
  | "number"
  | "end";

export interface JsonFault {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  readonly expected: JsonFaultKind;
}

class Fault extends Error {
  constructor(
    readonly at: number,
    readonly expected: JsonFaultKind,
  ) {
    super(expected);
  }
}

/** The first fault of a text that should be JSON; nothing when it is. */
export function jsonFault(text: string): JsonFault | undefined {
  try {
    const end = skip(text, value(text, skip(text, 0)));
    if (end < text.length) throw new Fault(end, "end");
    return undefined;
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    const before = text.slice(0, cause.at).split("\n");
    return {
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
      expected: cause.expected,
    };
  }
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
// Quotes, backslashes and control characters end what stands for itself.
const PLAIN = /[ !#-[\]-\uffff]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

function end(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function skip(text: string, at: number): number {
  return end(SPACE, text, at);
}

function value(text: string, at: number): number {
  switch (text[at]) {
    case "{":
      return members(text, at);
    case "[":
      return items(text, at);
    case '"':
      return string(text, at);
  }
  const word = end(WORD, text, at);
  if (word > at) return word;
  const number = end(NUMBER, text, at);
  if (number === at) throw new Fault(at, /[-\d.+]/.test(text[at] ?? "") ? "number" : "value");
  if (/[\d.+\-eE]/.test(text[number] ?? "")) throw new Fault(number, "number");
  return number;
}

function string(text: string, from: number): number {
  let at = end(PLAIN, text, from + 1);
  while (text[at] === "\\") {
    const escaped = end(ESCAPE, text, at);
    if (escaped === at) throw new Fault(at, "escape");
    at = end(PLAIN, text, escaped);
  }
  if (text[at] !== '"') throw new Fault(at, "string");
  return at + 1;
}

function items(text: string, from: number): number {
  let at = skip(text, from + 1);
  if (text[at] === "]") return at + 1;
  for (;;) {
    at = skip(text, value(text, at));
    if (text[at] === "]") return at + 1;
    if (text[at] !== ",") throw new Fault(at, "comma");
    at = skip(text, at + 1);
  }
}

function members(text: string, from: number): number {
  let at = skip(text, from + 1);
  if (text[at] === "}") return at + 1;
  for (;;) {
    if (text[at] !== '"') throw new Fault(at, "key");
    at = skip(text, string(text, at));
    if (text[at] !== ":") throw new Fault(at, "colon");
    at = skip(text, value(text, skip(text, at + 1)));
    if (text[at] === "}") return at + 1;
    if (text[at] !== ",") throw new Fault(at, "comma");
    at = skip(text, at + 1);
  }
}
