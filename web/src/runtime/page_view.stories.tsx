import type { Meta, StoryObj } from "@storybook/react-vite";
import { expect, userEvent, waitFor, within } from "storybook/test";
import { users } from "../api/memory/entities.ts";
import { Refusal } from "../api/refusal.ts";
import { PageView } from "./page_view.tsx";

const meta: Meta<typeof PageView> = {
  title: "TorqueApp/Page",
  component: PageView,
  args: { applicationTitle: "TODO List", params: {} },
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

const [ada] = users();

/** About one entity: its details, what refers to it, and what is linked with it. */
export const Detail: Story = {
  args: { pageId: "person_page", params: { id: ada?.id ?? "" } },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await canvas.findByRole("heading", { level: 1, name: "Ada Lovelace" });
    await canvas.findByText("2024-0001");
    const favourites = within(canvas.getByRole("region", { name: "Favourites" }));
    await favourites.findByText("Nothing here yet");
    await userEvent.click(favourites.getByRole("button", { name: "Link Product" }));
    const page = within(document.body);
    const dialog = within(await page.findByRole("dialog", { name: "Link Product" }));
    await userEvent.type(await dialog.findByRole("combobox", { name: "Product" }), "kettle");
    await userEvent.click(await page.findByRole("option", { name: "Kettle" }));
    await favourites.findByText("Kettle");
    await userEvent.click(favourites.getByRole("button", { name: "Unlink Kettle" }));
    await favourites.findByText("Nothing here yet");
  },
};

/** The address names an entity that is not there. */
export const NoSuchEntity: Story = {
  args: { pageId: "person_page", params: { id: "018f3e4a-0000-7000-8000-000000000099" } },
  play: async ({ canvasElement }) => {
    await within(canvasElement).findByRole("heading", { name: "There is no such User" });
  },
};

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
