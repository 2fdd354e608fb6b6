// A group of components with a heading of its own, on twelve columns of its own.

import { Paper, Title } from "@mantine/core";
import { useId } from "@mantine/hooks";
import type { ContainerProps } from "../../model/page.ts";
import { ComponentGrid } from "../component_grid.tsx";

export interface TorqueContainerProps extends ContainerProps {
  readonly id?: string;
}

export function TorqueContainer({ id, title, components = [] }: TorqueContainerProps) {
  const titleId = useId();
  return (
    <Paper
      component="section"
      {...(id ? { id } : {})}
      {...(title ? { "aria-labelledby": titleId } : {})}
      p="md"
      withBorder
      h="100%"
    >
      {title && (
        <Title order={2} size="h4" id={titleId} mb="md">
          {title}
        </Title>
      )}
      <ComponentGrid layout="Grid" components={components} />
    </Paper>
  );
}
