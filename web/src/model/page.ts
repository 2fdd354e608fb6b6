// Pages: the JSON layout that a runtime draws, and the actions in it.

import type { Json, JsonObject } from "./json.ts";

export type LayoutType = "Single" | "TwoColumn" | "ThreeColumn" | "Grid";

export interface Position {
  readonly row: number;
  readonly col: number;
  readonly width?: number;
  readonly height?: number;
}

export interface Confirmation {
  readonly title?: string;
  readonly message?: string;
  readonly label?: string;
}

/** Any action may ask first. */
interface Confirmable {
  readonly confirm?: boolean | string | Confirmation;
}

export type Action = Confirmable &
  (
    | {
        readonly type: "openModal";
        readonly modal_id: string;
        readonly entity_id?: string;
        readonly data?: JsonObject;
      }
    | { readonly type: "closeModal"; readonly modal_id?: string }
    | { readonly type: "navigateTo"; readonly page_id: string }
    | { readonly type: "executeXFlow"; readonly xflow_id: string; readonly input?: JsonObject }
    | { readonly type: "refreshComponent"; readonly component_id: string }
    | { readonly type: "createEntity"; readonly entity_type: string; readonly data?: JsonObject }
    | {
        readonly type: "updateEntity";
        readonly entity_type: string;
        readonly entity_id?: string;
        readonly data?: JsonObject;
      }
    | { readonly type: "deleteEntity"; readonly entity_type: string; readonly entity_id?: string }
    | { readonly type: "custom"; readonly action: string; readonly parameters?: Json }
  );

export type ComponentEvent = "click" | "rowClick" | "change" | "submit" | "load";

export interface EventHandler {
  readonly event: ComponentEvent;
  readonly action: Action;
}

export type ButtonVariant = "primary" | "secondary" | "danger" | "success" | "warning";

export interface ButtonProps {
  readonly label: string;
  readonly variant?: ButtonVariant;
  readonly onClick?: Action;
  readonly disabled?: boolean;
}

export interface GridColumn {
  readonly field: string;
  readonly title?: string;
  readonly sortable?: boolean;
  readonly filterable?: boolean;
  readonly width?: number;
}

export interface DataGridProps {
  readonly entityType: string;
  readonly title?: string;
  readonly columns?: readonly GridColumn[];
  readonly filters?: JsonObject;
  readonly pagination?: boolean;
  readonly sorting?: boolean;
  readonly filtering?: boolean;
  readonly search?: boolean;
  readonly pageSize?: number;
  readonly sortBy?: string;
  readonly sortOrder?: "asc" | "desc";
  /** The form that edits a row; without one, `{entityType}_form` or a form made from the type. */
  readonly formId?: string;
  /** Which row actions to offer; by default both, when the caller may write. */
  readonly rowActions?: boolean | readonly ("edit" | "delete")[];
}

export interface FormProps {
  readonly formId: string;
  readonly entityId?: string;
  readonly modal?: boolean;
  readonly title?: string;
  readonly data?: JsonObject;
}

export type TextVariant = "h1" | "h2" | "h3" | "h4" | "body" | "caption";

export interface TextProps {
  readonly content: string;
  readonly variant?: TextVariant;
}

export interface ContainerProps {
  readonly title?: string;
  readonly variant?: "plain" | "card";
  readonly layout?: LayoutType;
  readonly components?: readonly Component[];
}

export interface ModalProps {
  readonly title?: string;
  readonly size?: "small" | "medium" | "large";
  readonly open?: boolean;
  readonly components?: readonly Component[];
}

interface ComponentOf<Type extends string, Props> {
  readonly type: Type;
  readonly id: string;
  readonly position?: Position;
  readonly props: Props;
  readonly style?: JsonObject;
  readonly events?: readonly EventHandler[];
  /** Children may stand beside the props as well as inside them. */
  readonly components?: readonly Component[];
}

export type Component =
  | ComponentOf<"Button", ButtonProps>
  | ComponentOf<"DataGrid", DataGridProps>
  | ComponentOf<"Form", FormProps>
  | ComponentOf<"Text", TextProps>
  | ComponentOf<"Container", ContainerProps>
  | ComponentOf<"Modal", ModalProps>;

export interface Page {
  readonly id: string;
  readonly title: string;
  readonly name?: string;
  readonly layout: { readonly type: LayoutType; readonly rows?: number; readonly columns?: number };
  readonly components: readonly Component[];
  readonly meta?: JsonObject;
}

export interface PageLink {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly menu?: boolean;
  readonly icon?: string | null;
}

export type Permission = "none" | "read" | "write" | "admin";

export interface ApplicationInfo {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly title?: string;
  readonly startPage: string | null;
  readonly access?: "private" | "public_read" | "public";
  readonly timeZone?: string;
  readonly permission?: Permission;
}

export function mayWrite(permission: Permission | undefined): boolean {
  return permission === "write" || permission === "admin";
}

export function childrenOf(component: Component): readonly Component[] {
  if (component.components) return component.components;
  return component.type === "Container" || component.type === "Modal"
    ? (component.props.components ?? [])
    : [];
}

/** Every component of a page, children included. */
export function everyComponent(components: readonly Component[]): readonly Component[] {
  return components.flatMap((component) => [component, ...everyComponent(childrenOf(component))]);
}

/** The actions a component has for an event, `onClick` of a button included. */
export function actionsFor(component: Component, event: ComponentEvent): readonly Action[] {
  const listed = (component.events ?? [])
    .filter((handler) => handler.event === event)
    .map((handler) => handler.action);
  return component.type === "Button" && event === "click" && component.props.onClick
    ? [component.props.onClick, ...listed]
    : listed;
}
