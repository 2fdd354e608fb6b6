import type { Meta, StoryObj } from "@storybook/react-vite";
import { Application } from "./application.tsx";

const meta: Meta<typeof Application> = {
  title: "TorqueApp/Application",
  component: Application,
  parameters: { layout: "fullscreen" },
};

export default meta;
type Story = StoryObj<typeof Application>;

export const TodoList: Story = {};

export const ReadOnly: Story = { parameters: { memory: { permission: "read" } } };
