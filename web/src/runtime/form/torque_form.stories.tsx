import type { Meta, StoryObj } from "@storybook/react-vite";
import { expect, fn, userEvent, waitFor, within } from "storybook/test";
import { todos, users } from "../../api/memory/entities.ts";
import { Refusal } from "../../api/refusal.ts";
import { TorqueForm } from "./torque_form.tsx";

const meta: Meta<typeof TorqueForm> = {
  title: "TorqueApp/TorqueForm",
  component: TorqueForm,
  argTypes: { modal: { control: "boolean" } },
  args: { onClose: fn(), onSubmit: fn() },
  decorators: [
    (Story) => (
      <div style={{ maxWidth: 560 }}>
        <Story />
      </div>
    ),
  ],
};

export default meta;
type Story = StoryObj<typeof TorqueForm>;

/** Creates a task; an empty one is refused in the model's own words. */
export const TodoForm: Story = {
  args: { formId: "todo_form", modal: false },
  play: async ({ canvasElement, args }) => {
    const canvas = within(canvasElement);
    await userEvent.click(await canvas.findByRole("button", { name: "Save" }));
    await canvas.findByText("Task description is required");
    const label = canvas.getByRole("textbox", { name: /Task Description/ });
    await waitFor(() => expect(label).toHaveFocus());
    await userEvent.type(label, "Learn Rust programming{Enter}");
    await waitFor(() => expect(args.onSubmit).toHaveBeenCalledOnce());
    await expect(args.onSubmit).toHaveBeenCalledWith(
      expect.objectContaining({ label: "Learn Rust programming", status: "open", version: 1 }),
    );
  },
};

/** Leaving with something entered is asked about. */
export const ModalForm: Story = {
  args: { formId: "todo_form", modal: true },
  play: async ({ args }) => {
    const page = within(document.body);
    const dialog = within(await page.findByRole("dialog", { name: "Todo Form" }));
    await userEvent.type(dialog.getByRole("textbox", { name: /Task Description/ }), "Half a");
    await userEvent.click(dialog.getByRole("button", { name: "Cancel" }));
    await page.findByRole("dialog", { name: "Discard your changes?" });
    await userEvent.click(page.getByRole("button", { name: "Keep editing" }));
    await expect(args.onClose).not.toHaveBeenCalled();
  },
};

/** Sections, side by side, with a field that shows only when it applies. */
export const UserRegistrationForm: Story = {
  args: { formId: "user_registration_form", modal: false },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await canvas.findByRole("combobox", { name: /Manager/ });
    await userEvent.click(canvas.getByRole("radio", { name: "Guest" }));
    await waitFor(() => expect(canvas.queryByRole("combobox", { name: /Manager/ })).toBeNull());
    await userEvent.type(canvas.getByRole("textbox", { name: /Full name/ }), "Ada");
    await userEvent.type(canvas.getByRole("textbox", { name: /E-mail/ }), "nowhere");
    await userEvent.click(canvas.getByRole("button", { name: "Save and add another" }));
    await canvas.findByText("This is no e-mail address");
  },
};

/** Every input: numbers, tags, long text, JSON, times. */
export const ProductForm: Story = {
  args: { formId: "product_form", modal: false },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await userEvent.type(await canvas.findByRole("textbox", { name: /Name/ }), "K");
    await userEvent.type(canvas.getByRole("textbox", { name: "Price" }), "-3");
    await userEvent.type(canvas.getByRole("textbox", { name: "Specification" }), "no json");
    await userEvent.click(canvas.getByRole("button", { name: "Save" }));
    await canvas.findByText("At least 2 characters");
    await canvas.findByText("At least 0.00");
    await canvas.findByText("Line 1, column 1: a value is expected here");
  },
};

const [task] = todos(1);
const [ada] = users();

export const Edit: Story = {
  args: { formId: "todo_form", modal: false, ...(task ? { entity: task } : {}) },
};

/** A form made from the entity type, where the model has none. */
export const Generated: Story = {
  args: { formId: "user_form", fallbackType: "user", ...(ada ? { entity: ada } : {}) },
  play: async ({ canvasElement }) => {
    await within(canvasElement).findByDisplayValue("ada@example.org");
  },
};

/** Someone else saved meanwhile: both versions, and a choice. */
export const Conflict: Story = {
  args: { formId: "todo_form", ...(task ? { entity: task } : {}) },
  parameters: {
    memory: {
      refused: {
        updateEntity: new Refusal("conflict", "the entity has moved on", {
          current: { ...task, version: 2, label: "Buy groceries and flowers" },
        }),
      },
    },
  },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    const label = await canvas.findByRole("textbox", { name: /Task Description/ });
    await userEvent.clear(label);
    await userEvent.type(label, "Buy vegetables");
    await userEvent.click(canvas.getByRole("button", { name: "Save" }));
    const page = within(document.body);
    const dialog = within(
      await page.findByRole("dialog", { name: "Changed by someone else meanwhile" }),
    );
    await waitFor(() => expect(dialog.getByText("Buy groceries and flowers")).toBeVisible());
    const save = dialog.getByRole("button", { name: "Save" });
    await expect(save).toBeDisabled();
    await userEvent.click(dialog.getByRole("radio", { name: "Task Description: take theirs" }));
    await userEvent.click(save);
    await waitFor(() => expect(label).toHaveValue("Buy groceries and flowers"));
  },
};

/** Several fields are disputed: each has a choice of its own, or one for all. */
export const ConflictOfFields: Story = {
  args: { formId: "user_registration_form", ...(ada ? { entity: ada } : {}) },
  parameters: {
    memory: {
      refused: {
        updateEntity: new Refusal("conflict", "the entity has moved on", {
          current: { ...ada, version: 2, name: "Ada King", role: "guest" },
        }),
      },
    },
  },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    const name = await canvas.findByRole("textbox", { name: /Full name/ });
    await userEvent.type(name, ", Countess");
    await userEvent.click(canvas.getByRole("radio", { name: "Member" }));
    await userEvent.click(canvas.getByRole("button", { name: "Save and add another" }));
    const dialog = within(
      await within(document.body).findByRole("dialog", {
        name: "Changed by someone else meanwhile",
      }),
    );
    await userEvent.click(dialog.getByRole("button", { name: "All theirs" }));
    await userEvent.click(dialog.getByRole("radio", { name: "Full name: keep mine" }));
    await expect(dialog.getByRole("radio", { name: "Role: take theirs" })).toBeChecked();
    await expect(dialog.getByRole("button", { name: "Save" })).toBeEnabled();
  },
};

/** Shown first; editing begins with a button, its first field focused. */
export const View: Story = {
  args: {
    formId: "todo_form",
    mode: "view",
    title: "Details",
    ...(task ? { entity: task } : {}),
  },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await userEvent.click(await canvas.findByRole("button", { name: "Edit" }));
    const label = canvas.getByRole("textbox", { name: /Task Description/ });
    await waitFor(() => expect(label).toHaveFocus());
    await userEvent.type(label, "!");
    await userEvent.click(canvas.getByRole("button", { name: "Save" }));
    await canvas.findByText("Buy groceries!");
    await waitFor(() => expect(canvas.getByRole("button", { name: "Edit" })).toHaveFocus());
  },
};

/** The reference's own form opens over this one, and what it makes is chosen. */
export const CreateInPlace: Story = {
  args: { formId: "user_registration_form", modal: false },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    const manager = await canvas.findByRole("combobox", { name: /Manager/ });
    await userEvent.type(manager, "Emmy Noether");
    const page = within(document.body);
    await userEvent.click(await page.findByRole("option", { name: "New: “Emmy Noether”…" }));
    const name = await page.findByRole("textbox", { name: "Name" });
    await expect(name).toHaveValue("Emmy Noether");
    const inner = within(name.closest("form") ?? document.body);
    await userEvent.type(inner.getByRole("textbox", { name: "E-mail" }), "emmy@example.org");
    await userEvent.click(inner.getByRole("combobox", { name: "Role" }));
    await userEvent.click(await page.findByRole("option", { name: "Member" }));
    await userEvent.click(inner.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(manager).toHaveValue("Emmy Noether"));
  },
};

export const Loading: Story = {
  args: { formId: "todo_form" },
  parameters: { memory: { pending: ["getFormDefinition"] } },
};

export const Missing: Story = {
  args: { formId: "no_such_form" },
};
