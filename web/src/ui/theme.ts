// The look of Torque: one theme for the runtime and the editor.

import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const ink: MantineColorsTuple = [
  "#f3f5f8",
  "#e5e9ef",
  "#cbd3de",
  "#a9b6c7",
  "#8495ac",
  "#65788f",
  "#4b5d74",
  "#37475c",
  "#243143",
  "#141d2b",
];

export const theme = createTheme({
  primaryColor: "blue",
  // Mantine's default shade fails AA against white.
  primaryShade: 8,
  colors: { ink },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily:
    'Inter, "Segoe UI Variable Text", "Segoe UI", system-ui, -apple-system, "Helvetica Neue", "Noto Sans", sans-serif',
  headings: { fontWeight: "650" },
  components: {
    Modal: {
      defaultProps: {
        centered: true,
        radius: "lg",
        // Its <header> would count as a second banner of the page.
        attributes: { header: { role: "presentation" } },
      },
      styles: { title: { fontSize: "1.125rem", fontWeight: 650 } },
    },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
    ActionIcon: { defaultProps: { variant: "subtle" } },
  },
});

/** Mantine's own quiet and error colours fail AA at the sizes they are used in. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#55657a",
    "--mantine-color-placeholder": "#6b7a8f",
    "--mantine-color-error": "#c92a2a",
    "--mantine-color-blue-light-color": "var(--mantine-color-blue-9)",
    "--mantine-color-blue-light-hover": "#c4e4fd",
  },
  dark: {
    "--mantine-color-body": "#1a1f28",
    "--mantine-color-dimmed": "#a9b6c7",
    "--mantine-color-placeholder": "#8495ac",
    "--mantine-color-error": "#ff8787",
  },
});
