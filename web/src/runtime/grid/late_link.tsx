// The dialog that links comes after the first paint.

import { type ComponentProps, lazy, Suspense } from "react";
import type { LinkDialog } from "./link_dialog.tsx";

const Asked = lazy(async () => ({ default: (await import("../late_parts.ts")).LinkDialog }));

export function LateLinkDialog(props: ComponentProps<typeof LinkDialog>) {
  return (
    <Suspense fallback={null}>
      <Asked {...props} />
    </Suspense>
  );
}
