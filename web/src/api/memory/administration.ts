// What a server that was just set up answers to an administrator.

import type { AdministrationMethods } from "../wire_administration.ts";

type Answers = {
  readonly [M in keyof AdministrationMethods]?: () => AdministrationMethods[M]["result"];
};

export const administration: Answers = {
  listApplications: () => ({ applications: [] }),
  listModels: () => ({ models: [] }),
  listApiKeys: () => ({ keys: [] }),
  listSecrets: () => ({ secrets: [] }),
  listTemplates: () => ({
    templates: [
      {
        template: "todo_list",
        name: "TODO List",
        description: "Tasks to do, and tasks that are done.",
        entityTypes: ["Todo"],
        pages: 3,
        sampleEntities: 9,
      },
      {
        template: "customers_orders",
        name: "Customers and orders",
        description: "Customers, products and what was ordered.",
        entityTypes: ["Customer", "Product", "Order", "Order line"],
        pages: 6,
        sampleEntities: 540,
      },
    ],
  }),
  listRecordedMetrics: () => ({ series: [] }),
};
