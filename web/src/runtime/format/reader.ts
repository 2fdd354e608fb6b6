// How values are written for the person in front of the browser.

import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Reader } from "../../model/format.ts";

export function useReader(): Reader {
  const { t } = useTranslation();
  return useMemo(
    () => ({ locale: navigator.language || "en", yes: t("value.yes"), no: t("value.no") }),
    [t],
  );
}
