// The modals that are open over a page: those of its model, and forms shown as modals.

import { type ReactNode, useEffect, useRef, useState } from "react";
import { everyComponent } from "../model/page.ts";
import { TorqueModal } from "./components/torque_modal.tsx";
import { LateForm } from "./form/late.tsx";
import { type OpenedModal, useHost } from "./host.tsx";

export function Modals() {
  const host = useHost();
  return host.modals.map((modal) => (
    <FocusReturns key={modal.key}>
      <OpenModal modal={modal} />
    </FocusReturns>
  ));
}

function OpenModal({ modal }: { readonly modal: OpenedModal }) {
  const host = useHost();
  const { key, modalId, entity, data, fallbackType, closesOnSave, onSaved } = modal;
  const close = () => host.closeModal(key);
  const component = host.find(modalId);
  if (component?.type === "Modal") return <TorqueModal {...component.props} onClose={close} />;
  const form =
    component?.type === "Form"
      ? component
      : everyComponent(host.page?.components ?? []).find(
          (one) => one.type === "Form" && one.props.formId === modalId,
        );
  return (
    <LateForm
      formId={component?.type === "Form" ? component.props.formId : modalId}
      modal
      onClose={close}
      onBack={(ask) => host.onBack(key, ask)}
      events={form?.events ?? []}
      {...(entity ? { entity } : {})}
      {...(data ? { data } : {})}
      {...(fallbackType ? { fallbackType } : {})}
      {...(onSaved ? { onSubmit: onSaved } : {})}
      {...(closesOnSave ? { closesOnSave } : {})}
    />
  );
}

/** When what is inside goes away, the focus goes back to where it was before. */
function FocusReturns({ children }: { readonly children: ReactNode }) {
  const [before] = useState(() => document.activeElement);
  const isThere = useRef(false);
  useEffect(() => {
    isThere.current = true;
    return () => {
      isThere.current = false;
      setTimeout(() => {
        if (!isThere.current && before instanceof HTMLElement && before.isConnected) {
          before.focus({ preventScroll: true });
        }
      });
    };
  }, [before]);
  return children;
}
