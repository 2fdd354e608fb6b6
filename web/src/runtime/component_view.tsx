// One component of a page, whatever its kind; what fails inside it fails alone.

import { Alert, Skeleton } from "@mantine/core";
import { Component as ReactComponent, type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { COLUMNS } from "../model/arrange.ts";
import { bindMembers, bindText } from "../model/binding.ts";
import { actionsFor, type Component } from "../model/page.ts";
import { safeStyle } from "../model/style.ts";
import { useActions } from "./actions.ts";
import classes from "./component_grid.module.css";
import { TorqueButton } from "./components/torque_button.tsx";
import { TorqueContainer } from "./components/torque_container.tsx";
import { TorqueText } from "./components/torque_text.tsx";
import { LateForm } from "./form/late.tsx";
import { DataGrid } from "./grid/data_grid.tsx";
import { usePageScope } from "./page_scope.ts";

export function ComponentView({ component }: { readonly component: Component }) {
  const { t } = useTranslation();
  const run = useActions();
  const hasLoaded = useRef(false);
  useEffect(() => {
    if (hasLoaded.current) return;
    hasLoaded.current = true;
    const actions = actionsFor(component, "load");
    if (actions.length > 0) void run(actions, { componentId: component.id });
  });
  const clicks = component.type === "Button" ? [] : actionsFor(component, "click");
  const style = safeStyle(component.style);
  return (
    <Boundary
      key={`${component.type} ${component.id}`}
      broken={(reason) => (
        <Alert color="red" variant="light" title={t("page.brokenComponent")}>
          {reason}
        </Alert>
      )}
    >
      {clicks.length > 0 ? (
        // biome-ignore lint/a11y/useSemanticElements: what stands inside may hold buttons of its own
        <div
          role="button"
          tabIndex={0}
          style={{ ...style, cursor: "pointer" }}
          onClick={() => void run(clicks, { componentId: component.id })}
          onKeyDown={(event) => {
            if (event.target === event.currentTarget && event.key === "Enter") {
              void run(clicks, { componentId: component.id });
            }
          }}
        >
          <Drawn component={component} />
        </div>
      ) : (
        <div className={classes["own"]} style={style}>
          <Drawn component={component} />
        </div>
      )}
    </Boundary>
  );
}

function Drawn({ component }: { readonly component: Component }) {
  const { t } = useTranslation();
  const scope = usePageScope();
  const { id, events = [] } = component;
  switch (component.type) {
    case "Button":
      return <TorqueButton id={id} events={events} {...component.props} />;
    case "DataGrid": {
      const { filters, linked, ...props } = component.props;
      const [bound, linkedTo] = [
        bindMembers(filters ?? {}, scope),
        linked && bindText(linked.entityId, scope),
      ];
      // A filter over what the page is about waits until that is loaded.
      if (bound === undefined || linkedTo === "") return <Skeleton height={240} radius="md" />;
      return (
        <DataGrid
          id={id}
          events={events}
          height={component.position?.height ?? 8}
          isWide={(component.position?.width ?? COLUMNS) === COLUMNS}
          {...props}
          {...(filters ? { filters: bound } : {})}
          {...(linked && linkedTo ? { linked: { ...linked, entityId: linkedTo } } : {})}
        />
      );
    }
    case "Form": {
      const { entityId, ...props } = component.props;
      const id = entityId && bindText(entityId, scope);
      return id === "" ? (
        <Skeleton height={240} radius="md" />
      ) : (
        <LateForm events={events} {...props} {...(id ? { entityId: id } : {})} modal={false} />
      );
    }
    case "Text":
      return (
        <TorqueText
          id={id}
          {...component.props}
          content={bindText(component.props.content, scope)}
        />
      );
    case "Container":
      return <TorqueContainer id={id} {...component.props} />;
    case "Modal":
      return null;
    default: {
      const unknown: { readonly type?: unknown } = component;
      return (
        <Alert color="yellow" variant="light">
          {t("page.unknownComponent", { type: String(unknown.type) })}
        </Alert>
      );
    }
  }
}

interface BoundaryProps {
  readonly broken: (reason: string) => ReactNode;
  readonly children: ReactNode;
}

class Boundary extends ReactComponent<BoundaryProps, { readonly reason: string | undefined }> {
  override state = { reason: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { reason } = this.state;
    return reason === undefined ? this.props.children : this.props.broken(reason);
  }
}
