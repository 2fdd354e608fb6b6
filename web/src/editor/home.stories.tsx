import type { Meta, StoryObj } from "@storybook/react-vite";
import { within } from "storybook/test";
import { memoryTransport } from "../api/memory/transport.ts";
import { Refusal } from "../api/refusal.ts";
import { Home } from "./home.tsx";

const meta: Meta<typeof Home> = {
  title: "Editor/Home",
  component: Home,
  parameters: { layout: "fullscreen" },
};

export default meta;
type Story = StoryObj<typeof Home>;

const MODEL = "0190a0b0-0000-7000-8000-000000000001";

export const Administrator: Story = {
  args: {
    transport: memoryTransport({
      answers: {
        listApplications: {
          applications: [
            {
              id: "a1",
              slug: "todo_list",
              name: "TODO List",
              status: "running",
              modelId: MODEL,
              modelVersion: 3,
            },
            {
              id: "a2",
              slug: "crm",
              name: "Customers",
              status: "stopped",
              modelName: "Customers",
              modelVersion: 1,
            },
          ],
        },
        listModels: {
          models: [
            {
              id: MODEL,
              name: "TODO List",
              description: "Tasks to do, and tasks that are done.",
              version: 3,
              updatedAt: "2024-07-10T09:15:00Z",
            },
            { id: "m2", name: "Customers", version: 0 },
          ],
        },
      },
    }),
  },
  play: async ({ canvasElement }) => {
    await within(canvasElement).findByRole("link", { name: "Open TODO List" });
  },
};

export const Nothing: Story = { args: { transport: memoryTransport() } };

export const NotSignedIn: Story = {
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
