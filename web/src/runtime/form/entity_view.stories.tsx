import type { Meta, StoryObj } from "@storybook/react-vite";
import { expect, fn, userEvent, within } from "storybook/test";
import { ENTITY_TYPES, FORMS } from "../../api/memory/definitions.ts";
import { products, users } from "../../api/memory/entities.ts";
import type { Entity } from "../../model/entity.ts";
import type { FormDefinition } from "../../model/form.ts";
import { EntityView } from "./entity_view.tsx";

const formOf = (id: string) => FORMS.find((form) => form.id === id) as FormDefinition;
const typeOf = (name: string) => ENTITY_TYPES.find(({ entityType }) => entityType === name);
const [, , alan] = users();
const [lamp] = products();

const meta: Meta<typeof EntityView> = {
  title: "TorqueApp/EntityView",
  component: EntityView,
  args: { title: "Details", editRef: null, onEdit: fn() },
};

export default meta;
type Story = StoryObj<typeof EntityView>;

/** Sections, choices by their labels, and a reference that leads to its page. */
export const Person: Story = {
  args: {
    definition: formOf("user_registration_form"),
    type: typeOf("user"),
    entity: alan as Entity,
  },
  play: async ({ canvasElement, args }) => {
    const canvas = within(canvasElement);
    const manager = await canvas.findByRole("link", { name: "Ada Lovelace" });
    await expect(manager).toHaveAttribute("href", expect.stringContaining("/person_page/"));
    await canvas.findByText("Member");
    await userEvent.click(await canvas.findByRole("button", { name: "Edit" }));
    await expect(args.onEdit).toHaveBeenCalledOnce();
  },
};

/** Long text, tags, JSON and exact numbers. */
export const Product: Story = {
  args: { definition: formOf("product_form"), type: typeOf("product"), entity: lamp as Entity },
};

/** Who may only read sees no button. */
export const ReadOnly: Story = {
  ...Person,
  parameters: { memory: { permission: "read" } },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await canvas.findByRole("link", { name: "Ada Lovelace" });
    await expect(canvas.queryByRole("button", { name: "Edit" })).toBeNull();
  },
};
