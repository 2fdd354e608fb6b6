// A refusal in words: the server's own where it knows more, ours where it cannot speak.

import type { TFunction } from "i18next";
import { asRefusal } from "./refusal.ts";

export function explain(cause: unknown, t: TFunction): string {
  const refusal = asRefusal(cause);
  switch (refusal.code) {
    case "unreachable":
    case "unauthenticated":
    case "rate_limited":
    case "malformed":
      return t(`refusal.${refusal.code}`);
    case "bug":
      return t("refusal.bug", { id: String(refusal.data["id"] ?? "?") });
    default: {
      const fields = refusal.fields.map(({ message }) => message).filter(Boolean);
      return [refusal.message, ...fields].join(" – ");
    }
  }
}
