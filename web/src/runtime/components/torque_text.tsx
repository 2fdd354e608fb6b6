// A text of a model: a heading, a paragraph, a caption. Never markup.

import { Text, Title } from "@mantine/core";
import type { TextProps, TextVariant } from "../../model/page.ts";

const HEADINGS: Readonly<Partial<Record<TextVariant, 1 | 2 | 3 | 4>>> = {
  h1: 1,
  h2: 2,
  h3: 3,
  h4: 4,
};

export interface TorqueTextProps extends TextProps {
  readonly id?: string;
}

export function TorqueText({ id, content, variant = "body" }: TorqueTextProps) {
  const order = HEADINGS[variant];
  const own = id ? { id } : {};
  if (order) {
    return (
      <Title {...own} order={order}>
        {content}
      </Title>
    );
  }
  return variant === "caption" ? (
    <Text {...own} size="sm" c="dimmed">
      {content}
    </Text>
  ) : (
    <Text {...own} maw="75ch">
      {content}
    </Text>
  );
}
