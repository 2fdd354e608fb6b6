// Pages: the JSON layout that a runtime draws, and the actions in it.

import type { JsonObject } from "./json.ts";

export type LayoutType = "Single" | "TwoColumn" | "ThreeColumn" | "Grid";

export interface Position {
  readonly row: number;
  readonly col: number;
  readonly width?: number;
  readonly height?: number;
}

/** What happens when a person clicks, submits or opens something. */
export type Action =
  | { readonly type: "openModal"; readonly modal_id: string; readonly data?: JsonObject }
  | { readonly type: "closeModal" }
  | { readonly type: "navigateTo"; readonly page_id: string; readonly params?: JsonObject }
  | {
      readonly type: "executeXFlow";
      readonly xflow_id: string;
      readonly input?: JsonObject;
      readonly confirm?: string;
    }
  | { readonly type: "refreshComponent"; readonly component_id: string }
  | {
      readonly type: "createEntity" | "updateEntity";
      readonly entity_type: string;
      readonly data?: JsonObject;
      readonly confirm?: string;
    }
  | { readonly type: "deleteEntity"; readonly entity_type: string; readonly confirm?: string }
  | { readonly type: "custom"; readonly action: string; readonly params?: JsonObject };

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
}

export interface GridColumn {
  readonly field: string;
  readonly title: string;
  readonly sortable?: boolean;
  readonly filterable?: boolean;
  readonly width?: number;
}

export interface RowAction {
  readonly label: string;
  readonly variant?: ButtonVariant;
  readonly action: Action;
}

export interface DataGridProps {
  readonly entityType: string;
  readonly title?: string;
  /** Without any, the type's own properties. */
  readonly columns?: readonly GridColumn[];
  readonly filters?: JsonObject;
  readonly sort?: readonly { readonly field: string; readonly order?: "asc" | "desc" }[];
  /** Whether it shows pages; without them it scrolls through everything. */
  readonly pagination?: boolean;
  readonly pageSize?: number;
  readonly sorting?: boolean;
  readonly filtering?: boolean;
  /** Lists what an entity is linked with by a many-to-many relationship. */
  readonly linked?: LinkedBy;
  /** Whether the grid has a button that adds an entity. */
  readonly adding?: boolean;
  /** The form a row is edited with; without it, the form of the type. */
  readonly formId?: string;
  readonly editing?: boolean;
  readonly deleting?: boolean;
  /** Whether cells can be edited in place, where rows can be edited. */
  readonly inlineEditing?: boolean;
  /** Whether rows can be chosen, to change or delete several at once. */
  readonly selecting?: boolean;
  /** Whether people can choose columns and keep views of their own. */
  readonly views?: boolean;
  /** Whether people can download what is filtered. */
  readonly download?: boolean;
  readonly emptyText?: string;
  readonly rowActions?: readonly RowAction[];
}

/** An alias and no interface, since a query that holds it is plain JSON. */
export type LinkedBy = {
  readonly relationship: string;
  readonly entityId: string;
  readonly direction?: "outgoing" | "incoming";
};

export interface FormProps {
  readonly formId: string;
  /** The entity it shows; without it, the form makes a new one. */
  readonly entityId?: string;
  readonly mode?: "edit" | "view";
  readonly modal?: boolean;
  readonly title?: string;
}

export type TextVariant = "h1" | "h2" | "h3" | "h4" | "body" | "caption";

export interface TextProps {
  readonly content: string;
  readonly variant?: TextVariant;
}

export interface ContainerProps {
  readonly title?: string;
  readonly components?: readonly Component[];
}

export interface ModalProps {
  readonly title: string;
  readonly size?: "small" | "medium" | "large";
  readonly components?: readonly Component[];
}

interface ComponentOf<Type extends string, Props> {
  readonly type: Type;
  readonly id: string;
  readonly position?: Position;
  readonly props: Props;
  readonly style?: JsonObject;
  readonly events?: readonly EventHandler[];
}

export type Component =
  | ComponentOf<"Button", ButtonProps>
  | ComponentOf<"DataGrid", DataGridProps>
  | ComponentOf<"Form", FormProps>
  | ComponentOf<"Text", TextProps>
  | ComponentOf<"Container", ContainerProps>
  | ComponentOf<"Modal", ModalProps>;

/** Something that a page's address carries. */
export interface PageParameter {
  readonly name: string;
  /** The entity type of whose entities it is the id; without it, it is a text. */
  readonly entity_type?: string | null;
}

export interface Page {
  readonly id: string;
  readonly title: string;
  readonly name?: string;
  readonly parameters?: readonly PageParameter[];
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
  /** Its address below the application's, such as `customers/{id}`. */
  readonly path: string;
  readonly parameters?: readonly PageParameter[];
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
