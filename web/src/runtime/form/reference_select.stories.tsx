import type { Meta, StoryObj } from "@storybook/react-vite";
import { expect, fn, userEvent, waitFor, within } from "storybook/test";
import { users } from "../../api/memory/entities.ts";
import { Refusal } from "../../api/refusal.ts";
import { ReferenceSelect } from "./reference_select.tsx";

const [ada] = users();

const meta: Meta<typeof ReferenceSelect> = {
  title: "TorqueApp/ReferenceSelect",
  component: ReferenceSelect,
  args: { target: "user", value: "", label: "Manager", onChange: fn() },
  decorators: [
    (Story) => (
      <div style={{ maxWidth: 360, minHeight: 340 }}>
        <Story />
      </div>
    ),
  ],
};

export default meta;
type Story = StoryObj<typeof ReferenceSelect>;

/** What is typed is looked for on the server; the keyboard chooses. */
export const Search: Story = {
  play: async ({ canvasElement, args }) => {
    const input = await within(canvasElement).findByRole("combobox", { name: "Manager" });
    await userEvent.type(input, "ho");
    const page = within(document.body);
    await page.findByRole("option", { name: "Grace Hopper" });
    await waitFor(() => expect(page.queryByRole("option", { name: "Ada Lovelace" })).toBeNull());
    await expect(input).toHaveAttribute("aria-expanded", "true");
    await userEvent.keyboard("{ArrowDown}{Enter}");
    await waitFor(() => expect(args.onChange).toHaveBeenCalledOnce());
    await expect(args.onChange).toHaveBeenCalledWith(
      users()[1]?.id,
      expect.objectContaining({ name: "Grace Hopper" }),
    );
  },
};

export const Chosen: Story = {
  args: { value: ada?.id ?? "" },
  play: async ({ canvasElement, args }) => {
    const canvas = within(canvasElement);
    await canvas.findByDisplayValue("Ada Lovelace");
    await userEvent.click(canvas.getByRole("button", { name: "Clear" }));
    await expect(args.onChange).toHaveBeenCalledWith("", undefined);
  },
};

export const NothingFound: Story = {
  play: async ({ canvasElement }) => {
    await userEvent.type(await within(canvasElement).findByRole("combobox"), "nobody at all");
    await within(document.body).findByText("Nothing found");
  },
};

/** The last entry makes a new one, starting from what was typed. */
export const CreateNew: Story = {
  args: { onCreate: fn() },
  play: async ({ canvasElement, args }) => {
    await userEvent.type(await within(canvasElement).findByRole("combobox"), "Emmy Noether");
    await userEvent.click(
      await within(document.body).findByRole("option", { name: "New: “Emmy Noether”…" }),
    );
    await expect(args.onCreate).toHaveBeenCalledWith("Emmy Noether");
  },
};

/** What was chosen has been deleted meanwhile. */
export const Gone: Story = {
  args: { value: "018f3e4a-0000-7000-8000-000000000099" },
  play: async ({ canvasElement }) => {
    await within(canvasElement).findByText("What was chosen here has been deleted.");
  },
};

export const ReadOnly: Story = {
  args: { value: ada?.id ?? "", isReadOnly: true },
  play: async ({ canvasElement }) => {
    const input = await within(canvasElement).findByDisplayValue("Ada Lovelace");
    await userEvent.click(input);
    await expect(within(document.body).queryByRole("listbox")).toBeNull();
  },
};

export const Unreachable: Story = {
  parameters: { memory: { refused: { queryEntities: new Refusal("forbidden", "not for you") } } },
  play: async ({ canvasElement }) => {
    await userEvent.click(await within(canvasElement).findByRole("combobox"));
    await within(document.body).findByText("not for you");
  },
};

export const WithFault: Story = { args: { error: "Manager is required", isRequired: true } };
