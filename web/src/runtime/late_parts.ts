// What comes after the first paint, in one piece: parts that are fetched one by one
// cut what they share with the first paint into small files, which costs kilobytes.

// biome-ignore-all lint/performance/noBarrelFile: one file for the browser is what it is for
export { ReferenceSelect } from "./form/reference_select.tsx";
export { TorqueForm } from "./form/torque_form.tsx";
export { CellEditor } from "./grid/cell_editor.tsx";
export { ColumnChooser } from "./grid/column_chooser.tsx";
export { LinkDialog } from "./grid/link_dialog.tsx";
export { SelectionBar } from "./grid/selection_bar.tsx";
export { ViewMenu } from "./grid/view_menu.tsx";
