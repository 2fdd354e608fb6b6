// A small application in memory: the TODO list of the specification, people,
// products and orders, so that every type of value, field and component occurs.

import type { EntityTypeDescription, PropertyDescription } from "../../model/entity.ts";
import type { FormDefinition, FormField } from "../../model/form.ts";
import type { ApplicationInfo, Page } from "../../model/page.ts";
import { PERSON_PAGE } from "./person_page.ts";

type Given = Pick<PropertyDescription, "name" | "label" | "type"> & Partial<PropertyDescription>;

const property = (given: Given): PropertyDescription => ({
  required: false,
  readOnly: false,
  sortable: true,
  filterable: true,
  ...given,
});

const SYSTEM: readonly PropertyDescription[] = [
  property({ name: "id", label: "Id", type: "Uuid", readOnly: true }),
  property({ name: "version", label: "Version", type: "Integer", readOnly: true }),
  property({ name: "created_at", label: "Created", type: "DateTime", readOnly: true }),
  property({ name: "updated_at", label: "Updated", type: "DateTime", readOnly: true }),
];

const entityType = (
  name: string,
  label: string,
  plural: string,
  displayProperty: string,
  properties: readonly Given[],
  relationships: EntityTypeDescription["relationships"] = [],
): EntityTypeDescription => ({
  entityType: name,
  name: label,
  plural,
  displayProperty,
  properties: [...properties.map(property), ...SYSTEM],
  relationships,
});

const STATUS = [
  { value: "open", label: "Open", color: "blue" },
  { value: "closed", label: "Closed", color: "green" },
];
const ROLES = [
  { value: "admin", label: "Administrator", color: "violet" },
  { value: "member", label: "Member", color: "blue" },
  { value: "guest", label: "Guest", color: "gray" },
];
const TAGS = [
  { value: "new", label: "New", color: "green" },
  { value: "sale", label: "Sale", color: "red" },
  { value: "refurbished", label: "Refurbished", color: "gray" },
];

export const ENTITY_TYPES: readonly EntityTypeDescription[] = [
  entityType("todo", "Todo", "Todos", "label", [
    { name: "label", label: "Task", type: "String", required: true, searchable: true },
    { name: "status", label: "Status", type: "Enum", required: true, options: STATUS },
  ]),
  entityType("user", "User", "Users", "name", [
    { name: "name", label: "Name", type: "String", required: true },
    { name: "email", label: "E-mail", type: "String", required: true },
    { name: "role", label: "Role", type: "Enum", options: ROLES, required: true },
    { name: "is_active", label: "Active", type: "Boolean" },
    { name: "birthday", label: "Birthday", type: "Date" },
    { name: "last_login", label: "Last login", type: "DateTime" },
    { name: "manager", label: "Manager", type: "Reference", target: "user" },
  ]),
  entityType(
    "product",
    "Product",
    "Products",
    "name",
    [
      { name: "name", label: "Name", type: "String", required: true },
      { name: "price", label: "Price", type: "Decimal", scale: 2 },
      { name: "stock", label: "In stock", type: "Integer" },
      { name: "tags", label: "Tags", type: "MultiEnum", options: TAGS },
      { name: "notes", label: "Notes", type: "Text" },
      { name: "specification", label: "Specification", type: "Json" },
    ],
    [{ name: "favourites", kind: "many_to_many", direction: "incoming", entityType: "user" }],
  ),
  entityType("order", "Order", "Orders", "number", [
    { name: "number", label: "Number", type: "String", required: true },
    { name: "customer", label: "Customer", type: "Reference", target: "user" },
    { name: "total", label: "Total", type: "Decimal", scale: 2 },
    { name: "ordered_at", label: "Ordered", type: "DateTime" },
  ]),
];

const field = (
  name: string,
  field_type: FormField["field_type"],
  label: string,
  more: Partial<FormField> = {},
): FormField => ({ name, field_type, label, required: false, ...more });

export const FORMS: readonly FormDefinition[] = [
  {
    id: "todo_form",
    name: "Todo Form",
    entity_type: "todo",
    fields: [
      field("label", "TextInput", "Task Description", {
        required: true,
        placeholder: "Enter your task...",
        validation: { maxLength: 255, required: true },
      }),
      field("status", "Select", "Status", {
        required: true,
        options: [
          { value: "open", label: "Open" },
          { value: "closed", label: "Closed" },
        ],
        defaultValue: "open",
      }),
    ],
    validation: [
      { rule_type: "Required", field: "label", message: "Task description is required" },
    ],
    submit_action: "SaveEntity",
    layout: { type: "vertical", spacing: "medium" },
  },
  {
    id: "user_registration_form",
    name: "Register a user",
    entity_type: "user",
    sections: [
      { id: "person", title: "Person" },
      { id: "access", title: "Access", description: "What this person may do." },
    ],
    fields: [
      field("name", "TextInput", "Full name", { required: true, section: "person" }),
      field("email", "TextInput", "E-mail", {
        required: true,
        section: "person",
        placeholder: "name@example.org",
        validation: { format: "email" },
      }),
      field("birthday", "DatePicker", "Birthday", { section: "person", property_type: "Date" }),
      field("role", "Radio", "Role", {
        required: true,
        section: "access",
        options: ROLES,
        defaultValue: "member",
      }),
      field("manager", "Select", "Manager", {
        section: "access",
        property_type: "Reference",
        reference: { entityType: "user", displayProperty: "name" },
        help: "Guests have none.",
        visible_if: { role: { ne: "guest" } },
      }),
      field("is_active", "Checkbox", "May sign in at once", {
        section: "access",
        property_type: "Boolean",
        defaultValue: true,
      }),
    ],
    validation: [],
    submit_action: "SaveAndNew",
    layout: { type: "horizontal", spacing: "medium" },
  },
  {
    id: "product_form",
    name: "Product",
    entity_type: "product",
    fields: [
      field("name", "TextInput", "Name", { required: true, validation: { minLength: 2 } }),
      field("price", "NumberInput", "Price", {
        property_type: "Decimal",
        validation: { min: "0.00", scale: 2 },
      }),
      field("stock", "NumberInput", "In stock", {
        property_type: "Integer",
        validation: { min: 0, max: 100000 },
      }),
      field("tags", "Select", "Tags", {
        property_type: "MultiEnum",
        multiple: true,
        options: TAGS,
      }),
      field("notes", "TextArea", "Notes", { property_type: "Text" }),
      field("specification", "TextArea", "Specification", { property_type: "Json" }),
      field("updated_at", "DatePicker", "Last changed", {
        property_type: "DateTime",
        read_only: true,
      }),
    ],
    validation: [],
    submit_action: "SaveAndClose",
    layout: { type: "vertical", spacing: "small" },
  },
];

export const APPLICATION: ApplicationInfo = {
  id: "550e8400-e29b-41d4-a716-446655440000",
  slug: "todo_list",
  name: "TODO List",
  title: "TODO List",
  startPage: "start_page",
  access: "public",
  timeZone: "UTC",
  permission: "write",
};

const NEW_TODO = {
  label: "New Todo",
  variant: "primary",
  onClick: { type: "openModal", modal_id: "todo_form" },
} as const;

export const PAGES: readonly Page[] = [
  {
    id: "start_page",
    name: "Start",
    title: "TODO List",
    layout: { type: "Single", rows: 12, columns: 12 },
    components: [
      {
        type: "Button",
        id: "new_todo_button",
        position: { row: 0, col: 0, width: 3, height: 1 },
        props: NEW_TODO,
      },
      {
        type: "DataGrid",
        id: "todo_grid",
        position: { row: 1, col: 0, width: 12, height: 8 },
        props: {
          entityType: "todo",
          columns: [
            { field: "label", title: "Task", sortable: true, filterable: true, width: 300 },
            { field: "status", title: "Status", sortable: true, filterable: true, width: 100 },
            {
              field: "created_at",
              title: "Created",
              sortable: true,
              filterable: false,
              width: 150,
            },
          ],
          pagination: true,
          sorting: true,
          filtering: true,
        },
      },
    ],
  },
  {
    id: "dashboard_page",
    name: "Dashboard",
    title: "Dashboard",
    layout: { type: "Grid", rows: 12, columns: 12 },
    components: [
      {
        type: "Text",
        id: "page_title",
        position: { row: 0, col: 0, width: 12, height: 1 },
        props: { content: "TODO Dashboard", variant: "h1" },
      },
      {
        type: "Button",
        id: "new_todo_btn",
        position: { row: 1, col: 0, width: 3, height: 1 },
        props: NEW_TODO,
      },
      {
        type: "Button",
        id: "export_btn",
        position: { row: 1, col: 3, width: 3, height: 1 },
        props: {
          label: "Export",
          variant: "secondary",
          onClick: { type: "executeXFlow", xflow_id: "export_todos" },
        },
      },
      ...(["open", "closed"] as const).map((status, place) => ({
        type: "DataGrid" as const,
        id: `${status}_todos_grid`,
        position: { row: 2, col: place * 6, width: 6, height: 5 },
        props: {
          entityType: "todo",
          title: status === "open" ? "Open Tasks" : "Completed Tasks",
          columns: [
            { field: "label", title: "Task", sortable: true },
            status === "open"
              ? { field: "created_at", title: "Created", sortable: true }
              : { field: "updated_at", title: "Completed", sortable: true },
          ],
          filters: { status },
          pagination: false,
          sorting: true,
        },
      })),
    ],
  },
  {
    id: "settings_page",
    name: "Settings",
    title: "Settings",
    layout: { type: "TwoColumn", rows: 12, columns: 12 },
    components: [
      {
        type: "Container",
        id: "about",
        position: { row: 0, col: 0, width: 6, height: 2 },
        props: {
          title: "About",
          components: [
            {
              type: "Text",
              id: "about_text",
              position: { row: 0, col: 0, width: 12, height: 1 },
              props: { content: "Everything here lives in the memory of this browser." },
            },
          ],
        },
      },
      {
        type: "Form",
        id: "register",
        position: { row: 0, col: 6, width: 6, height: 6 },
        props: { formId: "user_registration_form" },
      },
    ],
  },
  PERSON_PAGE,
];
