import type { Meta, StoryObj } from "@storybook/react-vite";
import { expect, waitFor, within } from "storybook/test";
import { Refusal } from "../api/refusal.ts";
import { PageView } from "./page_view.tsx";

const meta: Meta<typeof PageView> = {
  title: "TorqueApp/Page",
  component: PageView,
  args: { applicationTitle: "TODO List" },
};

export default meta;
type Story = StoryObj<typeof PageView>;

export const Start: Story = {
  args: { pageId: "start_page" },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await canvas.findByRole("heading", { level: 1, name: "TODO List" });
    await canvas.findByText("Buy groceries");
  },
};

/** Two grids, each with a filter of its own. */
export const Dashboard: Story = {
  args: { pageId: "dashboard_page" },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    const open = within(await canvas.findByRole("region", { name: "Open Tasks" }));
    const closed = within(canvas.getByRole("region", { name: "Completed Tasks" }));
    await open.findByText("Buy groceries");
    await closed.findByText("Finish project documentation");
    await expect(open.queryByText("Finish project documentation")).toBeNull();
  },
};

export const Settings: Story = { args: { pageId: "settings_page" } };

export const NotFound: Story = {
  args: { pageId: "no_such_page" },
  play: async ({ canvasElement }) => {
    await within(canvasElement).findByRole("heading", { name: "There is no such page" });
    await waitFor(() => expect(document.title).toContain("There is no such page"));
  },
};

export const SignInNeeded: Story = {
  args: { pageId: "start_page" },
  parameters: {
    memory: { refused: { loadPage: new Refusal("unauthenticated", "sign in first") } },
  },
};

export const Stopped: Story = {
  args: { pageId: "start_page" },
  parameters: {
    memory: {
      refused: { loadPage: new Refusal("forbidden", "The application is for its members only.") },
    },
  },
};

export const Loading: Story = {
  args: { pageId: "start_page" },
  parameters: { memory: { pending: ["loadPage"] } },
};
