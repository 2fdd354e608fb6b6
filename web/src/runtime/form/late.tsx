// Forms, and what else nobody needs before seeing the page, come after the first paint.
//
// They are fetched as soon as the browser is idle, so that opening one waits for
// nothing; together with their inputs they are a quarter of the runtime.

import { type ComponentProps, lazy, Suspense } from "react";
import type { ReferenceSelect } from "./reference_select.tsx";
import type { TorqueForm } from "./torque_form.tsx";

const load = () => import("../late_parts.ts");

const Form = lazy(async () => ({ default: (await load()).TorqueForm }));
const Reference = lazy(async () => ({ default: (await load()).ReferenceSelect }));

const LATEST_MS = 2_000;

export function fetchLatePartsWhenIdle(): void {
  const fetch = () => void load().catch(() => undefined);
  if ("requestIdleCallback" in globalThis) requestIdleCallback(fetch, { timeout: LATEST_MS });
  else setTimeout(fetch, LATEST_MS);
}

export function LateForm(props: ComponentProps<typeof TorqueForm>) {
  return (
    <Suspense fallback={null}>
      <Form {...props} />
    </Suspense>
  );
}

export function LateReferenceSelect(props: ComponentProps<typeof ReferenceSelect>) {
  return (
    <Suspense fallback={null}>
      <Reference {...props} />
    </Suspense>
  );
}
