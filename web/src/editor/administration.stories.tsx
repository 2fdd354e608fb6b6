import type { Meta, StoryObj } from "@storybook/react-vite";
import { expect, userEvent, within } from "storybook/test";
import { memoryTransport } from "../api/memory/transport.ts";
import { Refusal } from "../api/refusal.ts";
import type { ApplicationSummary } from "../api/wire_administration.ts";
import { Administration } from "./administration.tsx";

const meta: Meta<typeof Administration> = {
  title: "Editor/Administration",
  component: Administration,
  parameters: { layout: "fullscreen" },
  beforeEach: () => {
    location.hash = "";
  },
};

export default meta;
type Story = StoryObj<typeof Administration>;

const TODO: ApplicationSummary = {
  id: "a1",
  slug: "todo_list",
  name: "TODO List",
  status: "running",
  modelId: "m1",
  modelName: "TODO List",
  modelVersion: 3,
  latestVersion: 4,
  path: "/app/todo_list",
  createdAt: "2024-07-10T09:15:00Z",
};

export const Applications: Story = {
  args: {
    transport: memoryTransport({
      answers: {
        listApplications: {
          applications: [
            TODO,
            { ...TODO, id: "a2", slug: "crm", name: "Customers", status: "stopped" },
          ],
        },
        getApplication: {
          ...TODO,
          entities: 9,
          entityTypes: [{ entityType: "todo", label: "Todo", entities: 9 }],
        },
      },
    }),
  },
  play: async ({ canvasElement }) => {
    const page = within(canvasElement);
    await page.findByRole("link", { name: "Open TODO List" });
    await userEvent.click(page.getByRole("button", { name: "Delete TODO List" }));
    const dialog = await within(document.body).findByRole("dialog");
    await within(dialog).findByText(/It holds 9 entities: 9 × Todo/);
    await userEvent.keyboard("{Escape}");
  },
};

export const Nothing: Story = {
  args: { transport: memoryTransport() },
  play: async ({ canvasElement }) => {
    await userEvent.click(
      await within(canvasElement).findByRole("button", { name: /Customers and orders/ }),
    );
    const dialog = await within(document.body).findByRole("dialog", { name: "New application" });
    await expect(within(dialog).getByLabelText(/Name/)).toHaveValue("Customers and orders");
    await userEvent.keyboard("{Escape}");
  },
};

export const Health: Story = {
  args: {
    transport: memoryTransport({
      answers: {
        checkHealth: {
          ok: false,
          findings: [
            { area: "database", ok: true, what: "every index is valid", mend: "" },
            { area: "database", ok: false, what: "fsync is off", mend: "set both to on" },
          ],
        },
      },
    }),
  },
  beforeEach: () => {
    location.hash = "#/health";
  },
  play: async ({ canvasElement }) => {
    await within(canvasElement).findByText("One thing should be mended.");
    await within(canvasElement).findByText("set both to on");
  },
};

export const Model: Story = {
  args: {
    transport: memoryTransport({
      answers: {
        listApplications: { applications: [TODO] },
        getModel: {
          id: "m1",
          name: "TODO List",
          version: 4,
          revision: 9,
          applications: 1,
          createdAt: "2024-07-10T09:15:00Z",
          updatedAt: "2024-07-11T09:15:00Z",
          document: {},
          versions: [{ version: 4, createdBy: "ada", createdAt: "2024-07-11T09:15:00Z" }],
        },
        validateModel: {
          valid: false,
          problems: [{ path: "time_zone", code: "unknown", message: "no such time zone" }],
        },
      },
    }),
  },
  beforeEach: () => {
    location.hash = "#/models/m1";
  },
  play: async ({ canvasElement }) => {
    const page = within(canvasElement);
    await userEvent.click(await page.findByRole("button", { name: "Publish the draft" }));
    await page.findByText("time_zone");
  },
};

export const SignedOut: Story = {
  args: {
    transport: memoryTransport({
      answers: { whoami: { name: "anonymous", kind: "anonymous", permission: "none" } },
    }),
  },
};

export const NotAdministrator: Story = {
  args: {
    transport: memoryTransport({
      answers: { whoami: { name: "grace", kind: "user", permission: "write" } },
    }),
  },
};

export const Unreachable: Story = {
  args: {
    transport: memoryTransport({ refused: { whoami: new Refusal("forbidden", "Not from here.") } }),
  },
};

export const Data: Story = {
  args: {
    transport: memoryTransport({
      answers: {
        listApplications: { applications: [TODO] },
        getApplication: {
          ...TODO,
          entities: 12,
          entityTypes: [{ entityType: "todo", label: "Todo", entities: 12 }],
        },
        getEntityHistory: {
          changes: [
            {
              pos: 2,
              at: "2024-07-11T09:15:00Z",
              op: "update",
              version: 2,
              data: { label: "Buy groceries", status: "closed" },
              old: { status: "open" },
              caller: "ada",
              origin: "jsonrpc",
              cause: null,
            },
            {
              pos: 1,
              at: "2024-07-10T09:15:00Z",
              op: "create",
              version: 1,
              data: { label: "Buy groceries", status: "open" },
              old: null,
              caller: null,
              origin: "sql",
              cause: null,
            },
          ],
          nextBefore: null,
        },
      },
    }),
  },
  play: async ({ canvasElement }) => {
    const page = within(canvasElement);
    location.hash = "#/data";
    const link = await page.findByRole("link", { name: "History of “Buy groceries”" });
    location.hash = link.getAttribute("href") ?? "";
    await page.findByText("by ada · jsonrpc");
    await page.findByRole("button", { name: "Restore version 1" });
  },
};

const WAITING = "0192d3a0-0000-7000-8000-000000000001";

export const Workflows: Story = {
  args: {
    transport: memoryTransport({
      answers: {
        listApplications: { applications: [TODO] },
        listXFlows: {
          xflows: [
            {
              xflowId: "approve",
              name: "Approval of large orders",
              enabled: true,
              triggers: [
                { type: "OnCreate", entityType: "Order", enabled: true, fault: null },
                { type: "webhook", entityType: null, path: "orders", enabled: true, fault: null },
              ],
              unfinished: 1,
            },
          ],
        },
        listExecutions: {
          executions: [
            {
              executionId: WAITING,
              xflowId: "approve",
              status: "waiting",
              trigger: "OnCreate",
              createdAt: "2024-07-11T09:15:00Z",
              attempts: 0,
            },
          ],
        },
        getExecution: {
          executionId: WAITING,
          xflowId: "approve",
          name: "Approval of large orders",
          status: "waiting",
          trigger: "OnCreate",
          caller: "ada",
          root: "12",
          depth: 1,
          createdAt: "2024-07-11T09:15:00Z",
          dueAt: "2124-07-11T09:15:00Z",
          attempts: 0,
          waitsFor: ["approved"],
          triggerData: { entity_id: "0192d3a0-0000-7000-8000-000000000009" },
          input: { entity: { total: "5200.00" } },
          nodes: [
            {
              node: "remind",
              iteration: "",
              kind: "EntityWrite",
              status: "succeeded",
              port: "out",
              attempt: 1,
              output: { id: "1" },
              error: null,
              startedAt: "2024-07-11T09:15:00.010Z",
              milliseconds: 14,
              log: [{ level: "info", message: "asked for 5200.00" }],
            },
            {
              node: "approval",
              iteration: "",
              kind: "Wait",
              status: "started",
              port: null,
              attempt: 1,
              output: { until: 4_000_000_000_000, waits_for: "approved" },
              error: null,
              startedAt: "2024-07-11T09:15:00.024Z",
              milliseconds: 0,
            },
          ],
        },
        signalExecution: { signalId: WAITING, isNew: true },
        listDeliveries: {
          deliveries: [
            {
              deliveryId: "d1",
              trigger: "approve.orders",
              executionId: null,
              status: 401,
              size: 120,
              times: 1,
              error: "the request is not signed: the header webhook-signature is missing",
              canReplay: false,
              at: "2024-07-11T09:14:00Z",
            },
          ],
        },
      },
    }),
  },
  beforeEach: () => {
    location.hash = "#/xflows";
  },
  play: async ({ canvasElement }) => {
    const page = within(canvasElement);
    await page.findByText("OnCreate Order");
    await page.findByText("/hooks/todo_list/orders");
    await page.findByText(/the request is not signed/);
    const executions = within(await page.findByRole("table", { name: "Executions" }));
    location.hash = executions.getByRole("link", { name: /Approval/ }).getAttribute("href") ?? "";
    await page.findByText("waits for “approved”");
    await userEvent.click(page.getByText("remind"));
    await expect(page.getByText("asked for 5200.00")).toBeVisible();
    await userEvent.click(page.getByRole("button", { name: "Send “approved”" }));
    const dialog = within(await within(document.body).findByRole("dialog"));
    await userEvent.type(dialog.getByRole("textbox"), "no json");
    await userEvent.click(dialog.getByRole("button", { name: "Send" }));
    await dialog.findByText("This is no JSON");
    await userEvent.clear(dialog.getByRole("textbox"));
    await userEvent.click(dialog.getByRole("button", { name: "Send" }));
    await within(document.body).findByText("“approved” was sent");
  },
};

export const Secrets: Story = {
  args: {
    transport: memoryTransport({
      answers: {
        listApplications: { applications: [TODO] },
        listSecrets: {
          secrets: [
            {
              name: "stripe",
              updatedAt: "2024-07-11T09:15:00Z",
              updatedBy: "ada",
              readable: false,
            },
          ],
        },
      },
      refused: {
        setSecret: new Refusal("bad_request", "params.value must have 8 to 16,384 bytes", {
          path: "params.value",
        }),
      },
    }),
  },
  beforeEach: () => {
    location.hash = "#/secrets";
  },
  play: async ({ canvasElement }) => {
    const page = within(canvasElement);
    await page.findByText("{{ secrets.stripe }}");
    await userEvent.click(page.getByRole("button", { name: "Replace stripe" }));
    const dialog = within(await within(document.body).findByRole("dialog"));
    await userEvent.type(dialog.getByLabelText(/Value/), "short");
    await userEvent.click(dialog.getByRole("button", { name: "Keep" }));
    await dialog.findByText("It must have 8 to 16,384 bytes");
    await userEvent.click(dialog.getByRole("button", { name: "Cancel" }));
  },
};
