// The modals that are open over a page: those of its model, and forms shown as modals.

import { everyComponent } from "../model/page.ts";
import { TorqueModal } from "./components/torque_modal.tsx";
import { LateForm } from "./form/late.tsx";
import { useHost } from "./host.tsx";

export function Modals() {
  const host = useHost();
  return host.modals.map(({ key, modalId, entity, data, fallbackType }) => {
    const close = () => host.closeModal(key);
    const component = host.find(modalId);
    if (component?.type === "Modal") {
      return <TorqueModal key={key} {...component.props} onClose={close} />;
    }
    const form =
      component?.type === "Form"
        ? component
        : everyComponent(host.page?.components ?? []).find(
            (one) => one.type === "Form" && one.props.formId === modalId,
          );
    return (
      <LateForm
        key={key}
        formId={component?.type === "Form" ? component.props.formId : modalId}
        modal
        onClose={close}
        events={form?.events ?? []}
        {...(entity ? { entity } : {})}
        {...(data ? { data } : {})}
        {...(fallbackType ? { fallbackType } : {})}
      />
    );
  });
}
