// Values as people read and write them: by the property's type and the reader's language.
//
// What is stored stays what it is: a Decimal never passes through a float, a Date is
// never moved by a time zone, and what a person types is read back to the stored form.

import type { Option, PropertyDescription } from "./entity.ts";
import type { Json } from "./json.ts";

export interface Reader {
  readonly locale: string;
  /** An IANA zone; the browser's own when left out. */
  readonly timeZone?: string;
  readonly yes: string;
  readonly no: string;
}

export function formatValue(
  value: Json | undefined,
  property: Pick<PropertyDescription, "type" | "options" | "scale"> | undefined,
  reader: Reader,
): string {
  if (value === null || value === undefined) return "";
  switch (property?.type) {
    case "Boolean":
      return value === true ? reader.yes : reader.no;
    case "Integer":
      return typeof value === "number" ? number(reader.locale).format(value) : String(value);
    case "Decimal":
      return decimal(value, property.scale, reader);
    case "Enum":
      return optionLabel(value, property.options);
    case "MultiEnum":
      return Array.isArray(value)
        ? value.map((one: Json) => optionLabel(one, property.options)).join(", ")
        : optionLabel(value, property.options);
    case "Date":
      return date(value, reader);
    case "DateTime":
      return dateTime(value, reader);
    case "Json":
      return shortJson(value);
    default:
      return typeof value === "object" ? JSON.stringify(value) : String(value);
  }
}

/** A Json value on one line, and not all of it when it is long. */
export const SHORT_JSON = 120;

function shortJson(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= SHORT_JSON ? text : `${text.slice(0, SHORT_JSON - 1)}…`;
}

/** The exact value behind what is shown, for a hint: an instant as it is stored, a choice's own value. */
export function exactText(value: Json | undefined): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The marks between a number's digits in a language. */
export interface NumberMarks {
  readonly decimal: string;
  readonly group: string;
}

export function numberMarks(locale: string): NumberMarks {
  const parts = number(locale, 1).formatToParts(-1_234_567.5);
  const of = (type: Intl.NumberFormatPartTypes, otherwise: string) =>
    parts.find((part) => part.type === type)?.value ?? otherwise;
  return { decimal: of("decimal", "."), group: of("group", "") };
}

/** A stored number as it is typed in a language: without groups, every digit kept. */
export function typedNumber(value: Json | undefined, locale: string): string {
  if (value === null || value === undefined) return "";
  return String(value).replace(".", numberMarks(locale).decimal);
}

const SPACES = /[\s\u00a0\u202f']/g;

/**
 * The stored form of a number as somebody typed it, `-1234.50`; nothing when it is none.
 *
 * Groups may be typed or left out. The plain form with a point is read in every
 * language, unless the point can only mean groups there: `1.234` in German.
 */
export function readNumber(typed: string, locale: string): string | undefined {
  const { decimal, group } = numberMarks(locale);
  let text = typed
    .trim()
    .replace(/^\u2212/, "-")
    .replace(SPACES, "");
  const isGrouped = (mark: string) =>
    new RegExp(`^[-+]?\\d{1,3}(\\${mark}\\d{3})+(\\${decimal}\\d*)?$`).test(text);
  if (group.trim() !== "" && isGrouped(group)) text = text.replaceAll(group, "");
  if (decimal !== "." && text.includes(decimal)) {
    if (text.includes(".")) return undefined;
    text = text.replace(decimal, ".");
  }
  const [, sign = "", whole = "", fraction = ""] = /^([-+]?)(\d*)\.?(\d*)$/.exec(text) ?? [];
  if (whole === "" && fraction === "") return undefined;
  const digits = whole.replace(/^0+(?=\d)/, "") || "0";
  return `${sign === "-" ? "-" : ""}${digits}${fraction === "" ? "" : `.${fraction}`}`;
}

export function optionLabel(value: Json, options: readonly Option[] | undefined): string {
  return options?.find((option) => option.value === value)?.label ?? String(value);
}

/** An Intl formatter costs far more to make than to use. */
const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function kept<F extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => F): F {
  const known = formats.get(key);
  if (known) return known as F;
  const made = make();
  formats.set(key, made);
  return made;
}

function number(locale: string, scale = 0): Intl.NumberFormat {
  return kept(
    `number ${locale} ${scale}`,
    () =>
      new Intl.NumberFormat(locale, { minimumFractionDigits: scale, maximumFractionDigits: scale }),
  );
}

/** Intl takes decimal strings as they are: no digit is lost on the way. */
function decimal(value: Json, scale: number | undefined, reader: Reader): string {
  const text = String(value);
  const digits = scale ?? text.split(".")[1]?.length ?? 0;
  return number(reader.locale, digits).format(text as `${number}`);
}

/** A Date is a day of the calendar, not an instant: it is shown as the same day everywhere. */
function date(value: Json, reader: Reader): string {
  const day = new Date(`${String(value)}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return String(value);
  return kept(
    `date ${reader.locale}`,
    () => new Intl.DateTimeFormat(reader.locale, { dateStyle: "medium", timeZone: "UTC" }),
  ).format(day);
}

function dateTime(value: Json, reader: Reader): string {
  const instant = new Date(String(value));
  if (Number.isNaN(instant.getTime())) return String(value);
  return kept(
    `time ${reader.locale} ${reader.timeZone ?? ""}`,
    () =>
      new Intl.DateTimeFormat(reader.locale, {
        dateStyle: "medium",
        timeStyle: "short",
        ...(reader.timeZone ? { timeZone: reader.timeZone } : {}),
      }),
  ).format(instant);
}

/** The value of an `<input type="datetime-local">` for an instant, in the browser's zone. */
export function toLocalInput(instant: string): string {
  const time = new Date(instant);
  if (Number.isNaN(time.getTime())) return "";
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  // As much as the instant says: who changes its day keeps its seconds.
  return local.toISOString().replace(/(:00)?\.000Z$|Z$/, "");
}

/** The instant that an `<input type="datetime-local">` says, or nothing. */
export function fromLocalInput(text: string): string | undefined {
  const time = new Date(text);
  return text === "" || Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
