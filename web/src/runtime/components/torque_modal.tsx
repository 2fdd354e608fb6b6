// A modal of a model: components over the page.

import type { ModalProps } from "../../model/page.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { ComponentGrid } from "../component_grid.tsx";

export interface TorqueModalProps extends ModalProps {
  readonly onClose: () => void;
}

const SIZES = { small: "sm", medium: "lg", large: "72rem" } as const;

export function TorqueModal({
  title,
  size = "medium",
  components = [],
  onClose,
}: TorqueModalProps) {
  return (
    <Dialog onClose={onClose} title={title} size={SIZES[size]} fillsPhone>
      <ComponentGrid layout="Grid" components={components} />
    </Dialog>
  );
}
