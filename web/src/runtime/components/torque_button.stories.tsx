import type { Meta, StoryObj } from "@storybook/react-vite";
import { expect, fn, userEvent, waitFor, within } from "storybook/test";
import { registerCustomAction } from "../custom_actions.ts";
import { TorqueButton } from "./torque_button.tsx";

const performed = fn();

const meta: Meta<typeof TorqueButton> = {
  title: "TorqueApp/TorqueButton",
  component: TorqueButton,
  argTypes: {
    variant: {
      control: "select",
      options: ["primary", "secondary", "danger", "success", "warning"],
    },
  },
};

export default meta;
type Story = StoryObj<typeof TorqueButton>;

export const Primary: Story = {
  args: {
    id: "primary-btn",
    label: "Primary Button",
    variant: "primary",
    onClick: { type: "custom", action: "primary-action" },
    onModalOpen: fn(),
  },
  beforeEach: () => registerCustomAction("primary-action", performed),
  play: async ({ canvasElement }) => {
    performed.mockClear();
    await userEvent.click(within(canvasElement).getByRole("button"));
    await waitFor(() => expect(performed).toHaveBeenCalledOnce());
  },
};

/** Opens a form in a modal. */
export const OpenModal: Story = {
  args: {
    id: "new-todo-btn",
    label: "New Todo",
    variant: "primary",
    onClick: { type: "openModal", modal_id: "todo_form" },
    onModalOpen: fn(),
  },
  play: async ({ canvasElement, args }) => {
    await userEvent.click(within(canvasElement).getByRole("button"));
    await expect(args.onModalOpen).toHaveBeenCalledWith("todo_form");
    await within(document.body).findByRole("dialog", { name: "Todo Form" });
  },
};

export const Navigation: Story = {
  args: {
    id: "nav-btn",
    label: "Go to Settings",
    variant: "secondary",
    onClick: { type: "navigateTo", page_id: "settings_page" },
  },
};

/** Shows the real reason when it does not work. */
export const ExecuteXFlow: Story = {
  args: {
    id: "xflow-btn",
    label: "Process Data",
    variant: "success",
    onClick: { type: "executeXFlow", xflow_id: "data_processor" },
  },
  play: async ({ canvasElement }) => {
    await userEvent.click(within(canvasElement).getByRole("button"));
    await within(document.body).findByText("xflows cannot be run yet");
  },
};

/** Asks before it acts. */
export const Danger: Story = {
  args: {
    id: "delete-btn",
    label: "Delete All",
    variant: "danger",
    onClick: {
      type: "executeXFlow",
      xflow_id: "delete_all_todos",
      confirm: "Every task is deleted for good.",
    },
  },
  play: async ({ canvasElement }) => {
    await userEvent.click(within(canvasElement).getByRole("button"));
    const question = within(await within(document.body).findByRole("dialog"));
    await userEvent.click(question.getByRole("button", { name: "Cancel" }));
  },
};

export const Warning: Story = {
  args: { label: "Archive", variant: "warning", onClick: { type: "custom", action: "archive" } },
};

/** A handler nobody registered is said, not swallowed. */
export const UnknownHandler: Story = {
  args: { label: "Do it", variant: "primary", onClick: { type: "custom", action: "no-such" } },
  play: async ({ canvasElement }) => {
    await userEvent.click(within(canvasElement).getByRole("button"));
    await within(document.body).findByText(/No handler is registered/);
  },
};
