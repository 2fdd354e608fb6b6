import type { Meta, StoryObj } from "@storybook/react-vite";
import { fn } from "storybook/test";
import { Notice } from "./notice.tsx";

const meta: Meta<typeof Notice> = { title: "Ui/Notice", component: Notice };

export default meta;
type Story = StoryObj<typeof Notice>;

export const Empty: Story = { args: { kind: "empty", title: "Nothing here yet" } };
export const Search: Story = {
  args: { kind: "search", title: "There is no such page", detail: "The address may be mistyped." },
};
export const Failure: Story = {
  args: {
    kind: "failure",
    title: "The rows could not be loaded",
    detail: "The server cannot be reached at the moment.",
    action: { label: "Try again", perform: fn() },
  },
};
export const Lock: Story = {
  args: { kind: "lock", order: 1, title: "Sign in", command: "torque token create --link" },
};
