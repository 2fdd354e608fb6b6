import type { Meta, StoryObj } from "@storybook/react-vite";
import { expect, userEvent, waitFor, within } from "storybook/test";
import { Refusal } from "../../api/refusal.ts";
import { DataGrid } from "./data_grid.tsx";

const meta: Meta<typeof DataGrid> = {
  title: "TorqueApp/DataGrid",
  component: DataGrid,
  argTypes: {
    entityType: { control: "select", options: ["todo", "user", "product", "order"] },
    pagination: { control: "boolean" },
    sorting: { control: "boolean" },
    filtering: { control: "boolean" },
  },
};

export default meta;
type Story = StoryObj<typeof DataGrid>;

const TODO_COLUMNS = [
  { field: "label", title: "Task", sortable: true, filterable: true, width: 300 },
  { field: "status", title: "Status", sortable: true, filterable: true, width: 120 },
  { field: "created_at", title: "Created", sortable: true, filterable: false, width: 160 },
];

const PLAIN_COLUMNS = [
  { field: "label", title: "Task", sortable: false, filterable: false },
  { field: "status", title: "Status", sortable: false, filterable: false },
];

/** A TODO list with everything switched on. */
export const TodoList: Story = {
  args: {
    entityType: "todo",
    columns: TODO_COLUMNS,
    pagination: true,
    sorting: true,
    filtering: true,
  },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await canvas.findByText("Buy groceries");
    await userEvent.click(canvas.getByRole("button", { name: "Task" }));
    await waitFor(() =>
      expect(canvas.getByRole("columnheader", { name: "Task" })).toHaveAttribute(
        "aria-sort",
        "ascending",
      ),
    );
    await waitFor(() =>
      expect(canvas.getAllByRole("row")[2]).toHaveTextContent("Answer the landlord"),
    );
  },
};

/** Without paging, sorting and filtering. */
export const SimpleList: Story = {
  args: {
    entityType: "todo",
    columns: PLAIN_COLUMNS,
    pagination: false,
    sorting: false,
    filtering: false,
  },
};

export const UserDirectory: Story = {
  args: {
    entityType: "user",
    columns: [
      { field: "name", title: "Name", sortable: true, filterable: true, width: 200 },
      { field: "email", title: "Email", sortable: true, filterable: true, width: 250 },
      { field: "role", title: "Role", sortable: true, filterable: true, width: 120 },
      { field: "last_login", title: "Last Login", sortable: true, filterable: false, width: 160 },
    ],
    pagination: true,
    sorting: true,
    filtering: true,
  },
};

/** Every type of value, with the filter that fits it; columns from the entity type. */
export const EveryType: Story = {
  args: {
    entityType: "user",
    title: "People",
    columns: [
      { field: "name", title: "Name", filterable: true },
      { field: "is_active", title: "Active", filterable: true },
      { field: "birthday", title: "Birthday", filterable: true },
      { field: "last_login", title: "Last login", filterable: true },
      { field: "manager", title: "Manager", filterable: true },
    ],
    pagination: true,
    filtering: true,
  },
};

export const Numbers: Story = {
  args: {
    entityType: "product",
    title: "Products",
    columns: [
      { field: "name", title: "Name", filterable: true },
      { field: "price", title: "Price", filterable: true },
      { field: "stock", title: "In stock", filterable: true },
      { field: "tags", title: "Tags", filterable: true },
    ],
    filtering: true,
  },
};

/** Typing keeps the focus and the rows; the answer comes after a short pause. */
export const Filtered: Story = {
  args: { ...TodoList.args },
  parameters: { memory: { todoCount: 120 } },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await canvas.findByText("Buy groceries");
    const filter = canvas.getByRole("textbox", { name: "Filter Task" });
    await userEvent.type(filter, "dentist");
    await expect(filter).toHaveFocus();
    await waitFor(() => expect(canvas.getByText("1–10 of 10")).toBeVisible());
  },
};

export const NothingMatches: Story = {
  args: { ...TodoList.args },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await canvas.findByText("Buy groceries");
    await userEvent.type(canvas.getByRole("textbox", { name: "Filter Task" }), "zzz");
    await userEvent.click(await canvas.findByRole("button", { name: "Clear filters" }));
    await canvas.findByText("Buy groceries");
  },
};

/** A hundred thousand rows, of which only those in view are in the page. */
export const Long: Story = {
  args: { entityType: "todo", columns: TODO_COLUMNS, pagination: false },
  parameters: { memory: { todoCount: 100_000 } },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await canvas.findByText("Buy groceries");
    await expect(canvas.getAllByRole("row").length).toBeLessThan(60);
    const first = canvas.getAllByRole("row")[2];
    first?.focus();
    await userEvent.keyboard("{End}");
    await waitFor(() =>
      expect(document.activeElement?.getAttribute("aria-rowindex")).toBe("100002"),
    );
  },
};

export const Narrow: Story = {
  args: { ...TodoList.args, title: "Tasks" },
  decorators: [
    (Story) => (
      <div style={{ width: 320 }}>
        <Story />
      </div>
    ),
  ],
};

export const RowActions: Story = {
  args: {
    entityType: "todo",
    columns: PLAIN_COLUMNS,
    rowActions: [
      {
        label: "Close",
        action: { type: "updateEntity", entity_type: "todo", data: { status: "closed" } },
      },
    ],
  },
};

/** A caller who may only read sees no actions. */
export const ReadOnly: Story = {
  args: { ...TodoList.args },
  parameters: { memory: { permission: "read" } },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await canvas.findByText("Buy groceries");
    await expect(canvas.queryByRole("button", { name: /^Delete/ })).toBeNull();
  },
};

/** Gone at once, and back by Undo. */
export const DeleteAndUndo: Story = {
  args: { ...TodoList.args },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await userEvent.click(await canvas.findByRole("button", { name: "Delete Buy groceries" }));
    await waitFor(() => expect(canvas.queryByText("Buy groceries")).toBeNull());
    const page = within(document.body);
    await userEvent.click(await page.findByRole("button", { name: "Undo" }));
    await canvas.findByText("Buy groceries");
  },
};

export const Loading: Story = {
  args: { ...TodoList.args },
  parameters: { memory: { pending: ["loadEntityData"] } },
};

export const Empty: Story = {
  args: { ...TodoList.args, emptyText: "No tasks yet: enjoy your day." },
  parameters: { memory: { todoCount: 0 } },
};

export const Failed: Story = {
  args: { ...TodoList.args },
  parameters: {
    memory: {
      refused: { loadEntityData: new Refusal("forbidden", "You may not see these entities.") },
    },
  },
  play: async ({ canvasElement }) => {
    await within(canvasElement).findByText(/You may not see these entities/);
  },
};

/** Several rows chosen: what can be done with all of them at once. */
export const Chosen: Story = {
  args: { entityType: "todo", columns: TODO_COLUMNS, pagination: true, title: "Tasks" },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await userEvent.click(await canvas.findByRole("checkbox", { name: "Choose Buy groceries" }));
    await userEvent.click(canvas.getByRole("checkbox", { name: "Choose Book the dentist" }));
    await canvas.findByText("2 rows chosen");
    await userEvent.click(await canvas.findByRole("button", { name: "Change" }));
    const body = within(document.body);
    const dialog = within(await body.findByRole("dialog", { name: "Change 2 rows" }));
    await userEvent.type(await dialog.findByRole("textbox", { name: /Task/ }), "Done together");
    await userEvent.click(dialog.getByRole("button", { name: "Change 2 rows" }));
    await waitFor(() => expect(canvas.getAllByText("Done together")).toHaveLength(2));
    await userEvent.click(canvas.getByRole("checkbox", { name: "Choose Call Grandma" }));
    await canvas.findByText("1 row chosen");
  },
};

/** A cell is edited in its place: by a double click, F2, Enter or typing. */
export const CellEdited: Story = {
  args: { entityType: "product", title: "Products" },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    const cell = () => canvas.getAllByRole("row")[2]?.querySelector('[data-field="price"]');
    await waitFor(() => expect(cell()).toBeVisible());
    await userEvent.dblClick(cell() as HTMLElement);
    const input = await canvas.findByRole("textbox", { name: "Price" });
    await userEvent.clear(input);
    await userEvent.type(input, "nothing{Enter}");
    await within(document.body).findByText("Enter a number");
    await userEvent.clear(input);
    await userEvent.type(input, "1234.5{Enter}");
    await waitFor(() => expect(cell()).toHaveTextContent("1,234.50"));
  },
};

/** Someone else was quicker: both values, and which of them counts. */
export const CellConflict: Story = {
  args: { entityType: "todo", columns: PLAIN_COLUMNS },
  parameters: {
    memory: {
      refused: {
        updateEntity: new Refusal("conflict", "the entity has moved on", {
          current: { id: "x", version: 9, label: "Buy vegetables", status: "open" },
        }),
      },
    },
  },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    await userEvent.dblClick(await canvas.findByText("Buy groceries"));
    const input = await canvas.findByRole("textbox", { name: "Task" });
    await userEvent.type(input, " today{Enter}");
    const page = within(document.body);
    await page.findByText("Buy vegetables");
    await page.findByRole("button", { name: "Keep mine" });
    await userEvent.keyboard("{Escape}");
  },
};

/** Where the model says no, a double click edits nothing in place, and columns are not chosen. */
export const AsItIs: Story = {
  args: { entityType: "todo", columns: PLAIN_COLUMNS, inlineEditing: false, views: false },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    const cell = (await canvas.findByText("Buy groceries")).closest("[data-field]");
    await expect(cell).not.toHaveAttribute("data-editable");
    cell?.dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
    (cell as HTMLElement).focus();
    await userEvent.keyboard("{F2}");
    await expect(canvas.queryByRole("textbox", { name: "Task" })).toBeNull();
    await expect(canvas.queryByRole("button", { name: "Columns" })).toBeNull();
  },
};

/** Other columns, in another order; with the keyboard alone. */
export const ColumnsChosen: Story = {
  args: { entityType: "product", title: "Products" },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    const titles = () =>
      canvas.getAllByRole("columnheader").flatMap(({ textContent }) => textContent || []);
    await userEvent.click(await canvas.findByRole("button", { name: "Columns" }));
    const page = within(document.body);
    const dialog = within(await page.findByRole("dialog", { name: "Columns" }));
    await waitFor(() => expect(dialog.getByRole("checkbox", { name: "Name" })).toHaveFocus());
    await userEvent.keyboard("{Alt>}{ArrowDown}{/Alt}");
    await dialog.findByText("Name is now at place 2 of 10");
    await userEvent.keyboard("{ArrowUp} ");
    await waitFor(() => expect(titles().slice(0, 2)).toEqual(["Name", "In stock"]));
  },
};

/** A view of one's own: kept under a name, and chosen again from the menu. */
export const ViewKept: Story = {
  args: { ...TodoList.args },
  play: async ({ canvasElement }) => {
    const canvas = within(canvasElement);
    const page = within(document.body);
    await userEvent.click(await canvas.findByRole("button", { name: "Status" }));
    await userEvent.selectOptions(
      canvas.getByRole("combobox", { name: "Filter Status" }),
      "Closed",
    );
    await userEvent.click(await canvas.findByRole("button", { name: "Views" }));
    await userEvent.click(await page.findByRole("menuitem", { name: "Keep this view…" }));
    await userEvent.type(await page.findByRole("textbox", { name: "Name" }), "Done{Enter}");
    await userEvent.click(await canvas.findByRole("button", { name: "Done" }));
    await userEvent.click(await page.findByRole("menuitem", { name: "As designed" }));
    await canvas.findByText("Buy groceries");
    await userEvent.click(await canvas.findByRole("button", { name: "Views" }));
    await userEvent.click(await page.findByRole("menuitemradio", { name: "Done" }));
    await waitFor(() => expect(canvas.queryByText("Buy groceries")).toBeNull());
    await expect(canvas.getByRole("combobox", { name: "Filter Status" })).toHaveValue("closed");
  },
};
