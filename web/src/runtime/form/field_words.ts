// What is wrong with a field, in the words that stand below it.

import { useTranslation } from "react-i18next";
import type { FieldError } from "../../model/form_check.ts";
import { typedNumber } from "../../model/format.ts";
import type { JsonFaultKind } from "../../model/json_text.ts";
import { useReader } from "../format/reader.ts";

export function useFieldWords(): (error: FieldError, label: string) => string {
  const { t } = useTranslation();
  const { locale } = useReader();
  return ({ code, message, limit: bound, line = 0, column = 0 }, label) => {
    if (message) return message;
    const limit = typedNumber(bound, locale);
    switch (code) {
      case "json_value":
      case "json_key":
      case "json_colon":
      case "json_comma":
      case "json_string":
      case "json_escape":
      case "json_number":
      case "json_end":
        return t(`field.json.${code.slice(5) as JsonFaultKind}`, { line, column });
      case "required":
      case "max_length":
      case "min_length":
      case "min":
      case "max":
      case "integer":
      case "number":
      case "precision":
      case "date":
      case "datetime":
      case "uuid":
        return t(`field.${code}`, { label, limit });
      default:
        return code;
    }
  };
}
