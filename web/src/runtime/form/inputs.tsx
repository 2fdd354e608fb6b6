// The inputs that a browser does not have as Torque needs them: numbers of any
// length in the reader's language, dates that may be half typed, JSON.

import { ActionIcon, Textarea, TextInput, type TextInputProps, Tooltip } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { stepped } from "../../model/decimal.ts";
import { fromLocalInput, readNumber, toLocalInput, typedNumber } from "../../model/format.ts";
import { type JsonFault, jsonFault } from "../../model/json_text.ts";
import { BracesIcon } from "../../ui/icons.tsx";
import { useReader } from "../format/reader.ts";

export interface InputProps extends Omit<TextInputProps, "value" | "onChange" | "type"> {
  /** As it is stored; while it cannot be read, as it was typed. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A number is kept as text from the key to the database: no float ever holds it. */
export function ExactNumberInput({
  value,
  isWhole,
  onChange,
  ...props
}: InputProps & { readonly isWhole: boolean }) {
  const { locale } = useReader();
  // What was typed, and what it was taken for: anything else came from outside.
  const [typed, setTyped] = useState({ text: "", value: "" });
  const text = typed.value === value ? typed.text : typedNumber(value, locale);
  const enter = (next: string) => {
    const read = next.trim() === "" ? "" : (readNumber(next, locale) ?? next);
    setTyped({ text: next, value: read });
    onChange(read);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (!isWhole || props.readOnly || (event.key !== "ArrowUp" && event.key !== "ArrowDown"))
      return;
    event.preventDefault();
    enter(
      typedNumber(stepped(value === "" ? "0" : value, event.key === "ArrowUp" ? 1 : -1), locale),
    );
  };
  return (
    <TextInput
      {...props}
      inputMode={isWhole ? "numeric" : "decimal"}
      autoComplete="off"
      value={text}
      onChange={(event) => enter(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      // Read and written again as it is stored, so that one sees what was understood.
      onBlur={() => setTyped({ text: "", value: "" })}
    />
  );
}

/** Stands in the form for a date of which only a part was typed. */
const HALF = "…";
/** Until what is typed is judged. */
const PAUSE_MS = 500;
/** What an input without seconds holds. */
const MINUTE = "0000-00-00T00:00";
const LAST_DAY = "9999-12-31";

/** The browser's own date input, which shows and reads dates as the reader's system writes them. */
export function DateInput({
  value,
  hasTime,
  onChange,
  ...props
}: InputProps & { readonly hasTime: boolean }) {
  const { t } = useTranslation();
  const shown = value === HALF ? "" : hasTime ? toLocalInput(value) : value;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const take = (input: HTMLInputElement) => {
    const text = input.value;
    if (text === "") onChange(input.validity.badInput ? HALF : "");
    else onChange(hasTime ? (fromLocalInput(text) ?? HALF) : text);
  };
  return (
    <TextInput
      {...props}
      type={hasTime ? "datetime-local" : "date"}
      {...(shown.length > MINUTE.length ? { step: shown.includes(".") ? 0.001 : 1 } : {})}
      max={hasTime ? `${LAST_DAY}T23:59` : LAST_DAY}
      {...(hasTime ? { title: t("form.timeZone", { zone }) } : {})}
      value={shown}
      onChange={(event) => take(event.currentTarget)}
      onBlur={(event) => {
        if (event.currentTarget.validity.badInput) onChange(HALF);
      }}
    />
  );
}

export function JsonInput({ value, onChange, error, ...props }: InputProps) {
  const { t } = useTranslation();
  const [fault, setFault] = useState<JsonFault>();
  const tidied = tidy(value);
  const check = useDebouncedCallback(
    (text: string) => setFault(text.trim() === "" ? undefined : jsonFault(text)),
    PAUSE_MS,
  );
  return (
    <Textarea
      {...(props as object)}
      value={value}
      error={error ?? (fault && t(`field.json.${fault.expected}`, { ...fault }))}
      // Whoever has gone on to a button must not have it pushed away by a line that appears.
      onBlur={check.cancel}
      autosize
      minRows={4}
      maxRows={16}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      spellCheck={false}
      autoComplete="off"
      rightSection={
        tidied !== undefined &&
        tidied !== value &&
        !props.readOnly && (
          <Tooltip label={t("form.jsonFormat")}>
            <ActionIcon
              size="sm"
              color="gray"
              aria-label={t("form.jsonFormat")}
              onClick={() => onChange(tidied)}
            >
              <BracesIcon size={14} />
            </ActionIcon>
          </Tooltip>
        )
      }
      rightSectionProps={{ style: { alignItems: "flex-start", paddingTop: 6 } }}
      onChange={(event) => {
        setFault(undefined);
        check(event.currentTarget.value);
        onChange(event.currentTarget.value);
      }}
    />
  );
}

function tidy(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return undefined;
  }
}
