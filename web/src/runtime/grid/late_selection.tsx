// What is done with chosen rows comes after the first paint: most pages never ask for it.

import { type ComponentProps, lazy, Suspense } from "react";
import type { SelectionBar } from "./selection_bar.tsx";

const Bar = lazy(async () => ({ default: (await import("../late_parts.ts")).SelectionBar }));

export function LateSelectionBar(props: ComponentProps<typeof SelectionBar>) {
  return (
    <Suspense fallback={null}>
      <Bar {...props} />
    </Suspense>
  );
}
