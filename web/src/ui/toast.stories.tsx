import { Button, Group } from "@mantine/core";
import type { Meta, StoryObj } from "@storybook/react-vite";
import { expect, fn, userEvent, waitFor, within } from "storybook/test";
import { showToast } from "./toast.tsx";

function Toasts({ onUndo }: { onUndo: () => void }) {
  const undo = { label: "Undo", perform: onUndo };
  return (
    <Group>
      <Button onClick={() => showToast({ kind: "success", title: "Saved" })}>Save</Button>
      <Button
        onClick={() => showToast({ kind: "success", title: "“Milk” was deleted", action: undo })}
      >
        Delete
      </Button>
      <Button
        onClick={() =>
          showToast({ kind: "failure", title: "That did not work", detail: "No xflows yet." })
        }
      >
        Fail
      </Button>
    </Group>
  );
}

const meta: Meta<typeof Toasts> = { title: "Ui/Toast", component: Toasts, args: { onUndo: fn() } };

export default meta;
type Story = StoryObj<typeof Toasts>;

export const Every: Story = {
  play: async ({ canvasElement, args }) => {
    const canvas = within(canvasElement);
    for (const name of ["Save", "Fail", "Delete"]) {
      await userEvent.click(canvas.getByRole("button", { name }));
    }
    const page = within(document.body);
    await page.findByText("No xflows yet.");
    await userEvent.click(await page.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(args.onUndo).toHaveBeenCalledOnce());
  },
};
