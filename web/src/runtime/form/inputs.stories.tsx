import { Stack } from "@mantine/core";
import type { Meta, StoryObj } from "@storybook/react-vite";
import { useState } from "react";
import { expect, userEvent, within } from "storybook/test";
import "../../ui/form_styles.css";
import { DateInput, ExactNumberInput, JsonInput } from "./inputs.tsx";

interface Start {
  readonly amount: string;
  readonly pieces: string;
  readonly day: string;
  readonly instant: string;
  readonly json: string;
  readonly isReadOnly: boolean;
}

function Inputs(start: Start) {
  const [value, setValue] = useState(start);
  const set = (name: keyof Start) => (next: string) => setValue({ ...value, [name]: next });
  const { isReadOnly: readOnly } = start;
  return (
    <Stack maw={420}>
      <ExactNumberInput
        label="Amount"
        isWhole={false}
        value={value.amount}
        onChange={set("amount")}
        readOnly={readOnly}
      />
      <ExactNumberInput
        label="Pieces"
        isWhole
        value={value.pieces}
        onChange={set("pieces")}
        readOnly={readOnly}
      />
      <DateInput
        label="Day"
        hasTime={false}
        value={value.day}
        onChange={set("day")}
        readOnly={readOnly}
      />
      <DateInput
        label="Instant"
        hasTime
        value={value.instant}
        onChange={set("instant")}
        readOnly={readOnly}
      />
      <JsonInput label="Json" value={value.json} onChange={set("json")} readOnly={readOnly} />
      <output aria-label="Stored">{JSON.stringify(value)}</output>
    </Stack>
  );
}

const meta: Meta<typeof Inputs> = {
  title: "TorqueApp/Inputs",
  component: Inputs,
  args: { amount: "", pieces: "", day: "", instant: "", json: "", isReadOnly: false },
};

export default meta;
type Story = StoryObj<typeof Inputs>;

export const Empty: Story = {};

/** More digits than a float holds, counted in whole numbers by the arrows, JSON tidied up. */
export const Exact: Story = {
  args: { pieces: "9007199254740990", json: '{"a":[1,2]}' },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await userEvent.type(canvas.getByRole("textbox", { name: "Amount" }), "90071992547409931.10");
    await userEvent.type(canvas.getByRole("textbox", { name: "Pieces" }), "{Backspace}{ArrowUp}");
    await userEvent.click(canvas.getByRole("button", { name: "Tidy up" }));
    const stored = JSON.parse(canvas.getByRole("status", { name: "Stored" }).textContent ?? "");
    await expect(stored).toMatchObject({
      amount: "90071992547409931.10",
      pieces: "900719925474100",
      json: '{\n  "a": [\n    1,\n    2\n  ]\n}',
    });
  },
};

export const ReadOnly: Story = {
  args: {
    amount: "1234.50",
    pieces: "7",
    day: "2026-11-26",
    instant: "2026-07-01T07:30:00.000000Z",
    json: "{}",
    isReadOnly: true,
  },
  play: async ({ canvasElement }) => {
    const pieces = within(canvasElement).getByRole("textbox", { name: "Pieces" });
    await userEvent.type(pieces, "{ArrowUp}");
    await expect(pieces).toHaveValue("7");
  },
};
