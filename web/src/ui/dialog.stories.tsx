import { Button } from "@mantine/core";
import type { Meta, StoryObj } from "@storybook/react-vite";
import { useState } from "react";
import { expect, userEvent, waitFor, within } from "storybook/test";
import { Dialog } from "./dialog.tsx";

function Nested() {
  const [depth, setDepth] = useState(0);
  return (
    <>
      <Button onClick={() => setDepth(1)}>Open</Button>
      <Dialog opened={depth > 0} title="Below" onClose={() => setDepth(0)}>
        <Button onClick={() => setDepth(2)}>Open another</Button>
        <Dialog opened={depth > 1} title="Above" onClose={() => setDepth(1)}>
          <Button>Do nothing</Button>
        </Dialog>
      </Dialog>
    </>
  );
}

const meta: Meta<typeof Nested> = { title: "Ui/Dialog", component: Nested };

export default meta;
type Story = StoryObj<typeof Nested>;

/** Escape closes the topmost alone, and the focus goes back to what opened it. */
export const OneOverAnother: Story = {
  play: async ({ canvasElement }) => {
    const page = within(document.body);
    await userEvent.click(within(canvasElement).getByRole("button", { name: "Open" }));
    const inner = await page.findByRole("button", { name: "Open another" });
    await userEvent.click(inner);
    await page.findByRole("dialog", { name: "Above" });
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(page.queryByRole("dialog", { name: "Above" })).toBeNull());
    await expect(page.getByRole("dialog", { name: "Below" })).toBeVisible();
    await waitFor(() => expect(inner).toHaveFocus());
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(page.queryByRole("dialog", { name: "Below" })).toBeNull());
  },
};
