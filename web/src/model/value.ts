// Values as people read them: by the property's type and the reader's language.

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
      return JSON.stringify(value);
    default:
      return typeof value === "object" ? JSON.stringify(value) : String(value);
  }
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
  return local.toISOString().slice(0, 16);
}

/** The instant that an `<input type="datetime-local">` says, or nothing. */
export function fromLocalInput(text: string): string | undefined {
  const time = new Date(text);
  return text === "" || Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
