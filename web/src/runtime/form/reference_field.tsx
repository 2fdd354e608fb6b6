// A Reference in a form: chosen from what there is, or made in place.

import { useQueryClient } from "@tanstack/react-query";
import type { Entity } from "../../model/entity.ts";
import { useEntityType, useMayWrite } from "../definitions.ts";
import { entityQuery } from "../entities.ts";
import { useHost } from "../host.tsx";
import { useTransport } from "../transport_context.tsx";
import type { FieldInputProps } from "./field_input.tsx";
import { ReferenceSelect } from "./reference_select.tsx";

interface ReferenceFieldProps extends FieldInputProps {
  readonly target: string;
  /** The id that is chosen, or nothing. */
  readonly text: string;
}

export function ReferenceField(props: ReferenceFieldProps) {
  const { id, field, target, text, error, isFirst, onChange } = props;
  const transport = useTransport();
  const client = useQueryClient();
  const host = useHost();
  const mayWrite = useMayWrite();
  const type = useEntityType(target).data;

  const choose = (entity: Entity) => {
    const { queryKey } = entityQuery(transport, { entityType: target, id: entity.id });
    client.setQueryData(queryKey, entity);
    onChange(entity.id);
  };
  const create = (typed: string) =>
    host.openModal({
      modalId: type?.formId ?? `${target}_form`,
      fallbackType: target,
      closesOnSave: true,
      data: type?.displayProperty && typed ? { [type.displayProperty]: typed } : {},
      onSaved: choose,
    });
  return (
    <ReferenceSelect
      id={id}
      target={target}
      value={text}
      onChange={onChange}
      label={field.label}
      description={field.help}
      error={error}
      isRequired={field.required ?? false}
      isReadOnly={field.read_only ?? false}
      isAutoFocused={isFirst}
      {...(field.placeholder ? { placeholder: field.placeholder } : {})}
      {...(mayWrite ? { onCreate: create } : {})}
    />
  );
}
