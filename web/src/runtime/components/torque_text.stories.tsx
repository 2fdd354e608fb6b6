import type { Meta, StoryObj } from "@storybook/react-vite";
import { TorqueText } from "./torque_text.tsx";

const meta: Meta<typeof TorqueText> = { title: "TorqueApp/TorqueText", component: TorqueText };

export default meta;
type Story = StoryObj<typeof TorqueText>;

export const H1: Story = { args: { content: "TODO Dashboard", variant: "h1" } };
export const H2: Story = { args: { content: "Open tasks", variant: "h2" } };
export const H3: Story = { args: { content: "This week", variant: "h3" } };
export const H4: Story = { args: { content: "Monday", variant: "h4" } };
export const Body: Story = {
  args: { content: "Tasks that nobody has finished yet, the newest first.", variant: "body" },
};
export const Caption: Story = { args: { content: "Updated every minute", variant: "caption" } };
/** Markup in a text stays text. */
export const NoMarkup: Story = { args: { content: "<b>not bold</b> <script>alert(1)</script>" } };
