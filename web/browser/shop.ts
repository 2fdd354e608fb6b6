// A shop for the tests of pages and forms: customers with orders, products with tags.

import { expect, test as story } from "./story.ts";
import type { Torque } from "./torque.ts";

export interface Shop {
  /** Its address. */
  readonly url: string;
  /** An administrator's call to it. */
  readonly call: <T>(method: string, params: object) => Promise<T>;
  readonly create: (entityType: string, data: object) => Promise<string>;
}

const text = { type: "String", max_length: 200 };
const property = (name: string, property_type: object, more: object = {}) => ({
  name,
  property_type,
  ...more,
});
const field = (name: string, field_type: string, label: string, more: object = {}) => ({
  name,
  field_type,
  label,
  ...more,
});
const at = (row: number, col = 0, width = 12, height = 6) => ({ row, col, width, height });

const DOCUMENT = {
  name: "Shop",
  access: "public",
  start_page: "customers",
  entities: [
    {
      id: "customer",
      name: "Customer",
      plural: "Customers",
      display_property: "name",
      properties: [
        property("name", text, { required: true, indexed: true, searchable: true, label: "Name" }),
        property("email", { type: "String", max_length: 100, format: "email" }),
        property(
          "kind",
          { type: "Enum", values: ["person", "company"] },
          { default_value: "person" },
        ),
        property("vat", { type: "String", max_length: 20 }),
      ],
    },
    {
      id: "order",
      name: "Order",
      plural: "Orders",
      display_property: "number",
      properties: [
        property("number", text, { required: true, indexed: true, searchable: true }),
        property("customer", { type: "Reference", target_entity: "customer" }, { indexed: true }),
        property("total", { type: "Decimal", scale: 2, min: "0" }),
        property("pieces", { type: "Integer", min: 1, max: 999 }, { default_value: 1 }),
        property("day", { type: "Date" }),
        property("due", { type: "DateTime" }),
        property("flags", { type: "MultiEnum", values: ["urgent", "gift", "fragile"] }),
        property("note", { type: "Text" }),
        property("extra", { type: "Json" }),
        property("paid", { type: "Boolean" }),
        property("tracking", { type: "Uuid" }),
        property("link", { type: "String", max_length: 200, format: "url" }),
      ],
    },
    {
      id: "product",
      name: "Product",
      plural: "Products",
      display_property: "name",
      properties: [property("name", text, { required: true, indexed: true, searchable: true })],
    },
  ],
  relationships: [
    {
      id: "favourites",
      name: "Favourites",
      kind: "many_to_many",
      source_entity: "customer",
      target_entity: "product",
    },
  ],
  forms: [
    {
      id: "customer_form",
      name: "New customer",
      entity_type: "customer",
      sections: [
        { id: "who", title: "Who" },
        { id: "tax", title: "Tax", description: "Only companies pay it themselves." },
      ],
      fields: [
        field("name", "TextInput", "Name", { section: "who", required: true }),
        field("email", "TextInput", "E-mail", { section: "who", placeholder: "ada@example.org" }),
        field("kind", "Radio", "Kind", { section: "who" }),
        field("vat", "TextInput", "VAT number", {
          section: "tax",
          help: "Two letters and digits.",
          visible_if: { kind: "company" },
        }),
      ],
    },
    {
      id: "order_form",
      name: "New order",
      entity_type: "order",
      fields: [
        field("number", "TextInput", "Number"),
        field("customer", "Select", "Customer"),
        field("total", "NumberInput", "Total"),
        field("pieces", "NumberInput", "Pieces"),
        field("day", "DatePicker", "Day"),
        field("due", "DatePicker", "Due"),
        field("flags", "Select", "Flags"),
        field("note", "TextArea", "Note"),
        field("extra", "TextArea", "Extra"),
        field("paid", "Checkbox", "Paid"),
        field("tracking", "TextInput", "Tracking"),
        field("link", "TextInput", "Link"),
      ],
    },
    {
      id: "product_form",
      name: "New product",
      entity_type: "product",
      fields: [field("name", "TextInput", "Name")],
      submit_action: "SaveAndNew",
    },
  ],
  pages: [
    {
      id: "customers",
      name: "Customers",
      title: "Customers",
      icon: "users",
      components: [
        {
          type: "DataGrid",
          id: "customers_grid",
          position: at(0),
          props: {
            entityType: "customer",
            adding: true,
            editing: false,
            columns: [
              { field: "name", title: "Name", filterable: true },
              { field: "kind", title: "Kind" },
            ],
            sort: [{ field: "name" }],
          },
          events: [
            {
              event: "rowClick",
              action: { type: "navigateTo", page_id: "customer", params: { id: "{{ row.id }}" } },
            },
          ],
        },
      ],
    },
    {
      id: "customer",
      path: "customers/{id}",
      parameters: [{ name: "id", entity_type: "customer" }],
      name: "Customer",
      title: "{{ params.id.name }}",
      layout: "Grid",
      components: [
        {
          type: "Form",
          id: "customer_detail",
          position: at(0, 0, 12, 3),
          props: {
            formId: "customer_form",
            entityId: "{{ params.id }}",
            mode: "view",
            title: "Details",
          },
        },
        {
          type: "DataGrid",
          id: "orders_grid",
          position: at(3, 0, 6),
          props: {
            entityType: "order",
            title: "Orders",
            filters: { customer: "{{ params.id }}" },
            adding: true,
            columns: [
              { field: "number", title: "Number" },
              { field: "total", title: "Total" },
            ],
          },
        },
        {
          type: "DataGrid",
          id: "favourites_grid",
          position: at(3, 6, 6),
          props: {
            entityType: "product",
            title: "Favourites",
            linked: { relationship: "favourites", entityId: "{{ params.id }}" },
            adding: true,
            columns: [{ field: "name", title: "Name" }],
          },
        },
      ],
    },
    {
      id: "orders",
      name: "Orders",
      title: "Orders",
      icon: "list",
      components: [
        {
          type: "Button",
          id: "new_order",
          position: at(0, 0, 3, 1),
          props: { label: "New order", onClick: { type: "openModal", modal_id: "order_form" } },
        },
        {
          type: "DataGrid",
          id: "all_orders",
          position: at(1),
          props: { entityType: "order", sort: [{ field: "number" }] },
        },
        {
          type: "Button",
          id: "about",
          position: at(0, 3, 3, 1),
          props: { label: "About", onClick: { type: "openModal", modal_id: "about_modal" } },
        },
        {
          type: "Modal",
          id: "about_modal",
          props: {
            title: "About orders",
            components: [
              {
                type: "Button",
                id: "inner",
                position: at(0, 0, 6, 1),
                props: {
                  label: "Order now",
                  onClick: { type: "openModal", modal_id: "order_form" },
                },
              },
            ],
          },
        },
      ],
    },
    {
      id: "edit_order",
      path: "orders/{order}",
      parameters: [{ name: "order", entity_type: "order" }],
      name: "Order",
      title: "Order {{ params.order.number }}",
      components: [
        {
          type: "Form",
          id: "order_detail",
          position: at(0),
          props: { formId: "order_form", entityId: "{{ params.order }}", title: "Order" },
        },
      ],
    },
    {
      id: "product_entry",
      name: "New products",
      title: "New products",
      components: [
        { type: "Form", id: "entry", position: at(0), props: { formId: "product_form" } },
      ],
    },
  ],
};

async function openShop(torque: Torque): Promise<Shop> {
  const { id: modelId } = await torque.admin<{ id: string }>("importModel", {
    document: DOCUMENT,
  });
  await torque.admin("publishModel", { modelId });
  await torque.admin("createApplication", { modelId, slug: "shop" });
  await torque.admin("deployApplication", { applicationId: "shop" });
  const call: Shop["call"] = (method, params) =>
    torque.admin(method, { applicationId: "shop", ...params });
  return {
    url: `${torque.url}/app/shop`,
    call,
    create: async (entityType, data) =>
      (await call<{ id: string }>("createEntity", { entityType, data })).id,
  };
}

export const test = story.extend<object, { readonly shop: Shop }>({
  shop: [
    async ({ torque }, use) => {
      await use(await openShop(torque));
    },
    { scope: "worker", timeout: 60_000 },
  ],
});

export { expect };
