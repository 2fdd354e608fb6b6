import type { Meta, StoryObj } from "@storybook/react-vite";
import { ConnectionState } from "./connection_badge.tsx";

const meta: Meta<typeof ConnectionState> = {
  title: "TorqueApp/Connection",
  component: ConnectionState,
};

export default meta;
type Story = StoryObj<typeof ConnectionState>;

export const Live: Story = { args: { connection: "live" } };
export const Connecting: Story = { args: { connection: "connecting" } };
export const Waiting: Story = { args: { connection: "waiting" } };
export const Offline: Story = { args: { connection: "offline" } };
