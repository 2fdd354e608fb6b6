// A page about one person of the application in memory: details, and two lists beside each other.

import type { Page } from "../../model/page.ts";

export const PERSON_PAGE: Page = {
  id: "person_page",
  name: "Person",
  title: "{{ params.id.name }}",
  parameters: [{ name: "id", entity_type: "user" }],
  layout: { type: "Grid", rows: 12, columns: 12 },
  components: [
    {
      type: "Form",
      id: "person_details",
      position: { row: 0, col: 0, width: 12, height: 3 },
      props: {
        formId: "user_registration_form",
        entityId: "{{ params.id }}",
        mode: "view",
        title: "Details",
      },
    },
    {
      type: "DataGrid",
      id: "person_orders",
      position: { row: 3, col: 0, width: 6, height: 5 },
      props: {
        entityType: "order",
        title: "Orders",
        filters: { customer: "{{ params.id }}" },
        adding: true,
        columns: [
          { field: "number", title: "Number", sortable: true },
          { field: "total", title: "Total", sortable: true },
        ],
      },
    },
    {
      type: "DataGrid",
      id: "person_favourites",
      position: { row: 3, col: 6, width: 6, height: 5 },
      props: {
        entityType: "product",
        title: "Favourites",
        linked: { relationship: "favourites", entityId: "{{ params.id }}" },
        adding: true,
        columns: [{ field: "name", title: "Product", sortable: true }],
      },
    },
  ],
};
