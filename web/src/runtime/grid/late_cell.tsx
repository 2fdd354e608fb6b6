// Editing a cell comes with the forms: after the first paint, before anybody asks for it.

import { type ComponentProps, lazy, type ReactNode, Suspense } from "react";
import type { CellEditor } from "./cell_editor.tsx";

const Editor = lazy(async () => ({ default: (await import("../late_parts.ts")).CellEditor }));

export function LateCellEditor({
  children,
  ...props
}: ComponentProps<typeof CellEditor> & { readonly children: ReactNode }) {
  return (
    <Suspense fallback={children}>
      <Editor {...props} />
    </Suspense>
  );
}
