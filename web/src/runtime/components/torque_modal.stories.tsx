import type { Meta, StoryObj } from "@storybook/react-vite";
import { expect, fn, userEvent, waitFor, within } from "storybook/test";
import { TorqueModal } from "./torque_modal.tsx";

const meta: Meta<typeof TorqueModal> = {
  title: "TorqueApp/TorqueModal",
  component: TorqueModal,
  args: { onClose: fn() },
};

export default meta;
type Story = StoryObj<typeof TorqueModal>;

export const Small: Story = {
  args: {
    title: "About this list",
    size: "small",
    components: [{ type: "Text", id: "text", props: { content: "Tasks of the whole team." } }],
  },
  play: async ({ args }) => {
    const dialog = await within(document.body).findByRole("dialog", { name: "About this list" });
    await waitFor(() => expect(dialog).toBeVisible());
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(args.onClose).toHaveBeenCalledOnce());
  },
};

export const Large: Story = {
  args: {
    title: "Finished tasks",
    size: "large",
    components: [
      {
        type: "DataGrid",
        id: "closed",
        props: {
          entityType: "todo",
          filters: { status: "closed" },
          columns: [{ field: "label", title: "Task" }],
        },
      },
    ],
  },
};
