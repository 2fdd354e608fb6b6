// What both programs stand in: theme, texts, toasts and questions.

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { AskProvider } from "./ask.tsx";
import "./styles.css";
import { cssVariables, theme } from "./theme.ts";
import "./texts.ts";

declare global {
  /** Read by the library that locks scrolling behind a modal, for its own style element. */
  var __webpack_nonce__: string | undefined;
}

/** The nonce of the page's Content Security Policy, for styles that are made while it runs. */
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
globalThis.__webpack_nonce__ = nonce;

export function Frame({ children }: { readonly children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <Notifications position="bottom-right" limit={4} autoClose={6000} />
      <AskProvider>{children}</AskProvider>
    </MantineProvider>
  );
}
