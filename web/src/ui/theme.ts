// The look of Torque: one theme for the runtime and the editor.

import { createTheme, type MantineColorsTuple } from "@mantine/core";

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
    Modal: { defaultProps: { centered: true, radius: "lg" } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
    ActionIcon: { defaultProps: { variant: "subtle" } },
  },
});
