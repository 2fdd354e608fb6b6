import type { Meta, StoryObj } from "@storybook/react-vite";
import { TorqueContainer } from "./torque_container.tsx";

const meta: Meta<typeof TorqueContainer> = {
  title: "TorqueApp/TorqueContainer",
  component: TorqueContainer,
};

export default meta;
type Story = StoryObj<typeof TorqueContainer>;

export const Titled: Story = {
  args: {
    title: "Your data",
    components: [
      {
        type: "Text",
        id: "text",
        position: { row: 0, col: 0, width: 12, height: 1 },
        props: { content: "An export gives you every task as a file." },
      },
      {
        type: "Button",
        id: "export",
        position: { row: 1, col: 0, width: 3, height: 1 },
        props: { label: "Export", variant: "secondary" },
        style: { marginTop: "8px" },
      },
    ],
  },
};

export const Plain: Story = { args: { components: Titled.args?.components ?? [] } };

/** What fails or is unknown inside fails alone. */
export const WithSomethingUnknown: Story = {
  args: {
    title: "From a newer version",
    components: [
      // @ts-expect-error a component that this version does not know
      { type: "Gantt", id: "gantt", props: {} },
      ...(Titled.args?.components ?? []),
    ],
  },
};
