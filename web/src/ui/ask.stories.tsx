import { Button } from "@mantine/core";
import type { Meta, StoryObj } from "@storybook/react-vite";
import { expect, fn, userEvent, waitFor, within } from "storybook/test";
import { type Question, useAsk } from "./ask.tsx";

function Asking({ question, onAnswer }: { question: Question; onAnswer: (yes: boolean) => void }) {
  const ask = useAsk();
  return <Button onClick={() => void ask(question).then(onAnswer)}>Ask</Button>;
}

const meta: Meta<typeof Asking> = {
  title: "Ui/Ask",
  component: Asking,
  args: { onAnswer: fn() },
};

export default meta;
type Story = StoryObj<typeof Asking>;

export const Plain: Story = {
  args: { question: { title: "Are you sure?", message: "The report is sent to everybody." } },
  play: async ({ canvasElement, args }) => {
    await userEvent.click(within(canvasElement).getByRole("button", { name: "Ask" }));
    const page = within(document.body);
    await userEvent.click(await page.findByRole("button", { name: "Continue" }));
    await waitFor(() => expect(args.onAnswer).toHaveBeenCalledWith(true));
  },
};

export const Dangerous: Story = {
  args: { question: { title: "Delete everything?", confirm: "Delete", isDangerous: true } },
  play: async ({ canvasElement, args }) => {
    await userEvent.click(within(canvasElement).getByRole("button", { name: "Ask" }));
    await within(document.body).findByRole("dialog");
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(args.onAnswer).toHaveBeenCalledWith(false));
  },
};
