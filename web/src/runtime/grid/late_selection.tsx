// What is done with chosen rows comes when some are chosen: most pages never ask for it.

import { type ComponentProps, lazy, Suspense } from "react";
import type { SelectionBar } from "./selection_bar.tsx";

const Bar = lazy(async () => ({ default: (await import("./selection_bar.tsx")).SelectionBar }));

export function LateSelectionBar(props: ComponentProps<typeof SelectionBar>) {
  return (
    <Suspense fallback={null}>
      <Bar {...props} />
    </Suspense>
  );
}
