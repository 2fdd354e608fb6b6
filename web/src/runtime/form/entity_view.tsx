// An entity, shown: the fields of its form as names and values, nothing to enter.

import { Button, Group, Stack, Text, Title } from "@mantine/core";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import {
  type Entity,
  type EntityTypeDescription,
  type PropertyDescription,
  propertyOf,
} from "../../model/entity.ts";
import { type FormDefinition, type FormField, startForm, visibleFields } from "../../model/form.ts";
import { PencilIcon } from "../../ui/icons.tsx";
import { useMayWrite } from "../definitions.ts";
import { ValueView } from "../format/value_view.tsx";
import classes from "./entity_view.module.css";
import { Referred } from "./referred.tsx";
import { sectionsOf } from "./sections.ts";

export interface EntityViewProps {
  readonly definition: FormDefinition;
  readonly type: EntityTypeDescription | undefined;
  readonly entity: Entity;
  readonly title: string;
  readonly editRef: Ref<HTMLButtonElement>;
  readonly onEdit: () => void;
}

export function EntityView({ definition, type, entity, title, editRef, onEdit }: EntityViewProps) {
  const { t } = useTranslation();
  const mayWrite = useMayWrite();
  const fields = visibleFields(definition, startForm(definition, entity));
  return (
    <section aria-label={title}>
      <Group justify="space-between" mb="md" wrap="nowrap">
        <Title order={2} size="h4">
          {title}
        </Title>
        {mayWrite && (
          <Button
            ref={editRef}
            size="xs"
            variant="default"
            leftSection={<PencilIcon size={14} />}
            onClick={onEdit}
          >
            {t("action.edit")}
          </Button>
        )}
      </Group>
      <Stack gap="lg">
        {sectionsOf(definition, fields).map(({ section, fields: own }) => (
          <div key={section?.id ?? ""}>
            {section && (
              <Title order={3} size="h5" mb={4}>
                {section.title ?? section.id}
              </Title>
            )}
            <dl className={classes["list"]}>
              {own.map((field) => (
                <div key={field.name} className={classes["pair"]}>
                  <dt>{field.label}</dt>
                  <dd>
                    <Value field={field} entity={entity} property={propertyOf(type, field.name)} />
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        ))}
      </Stack>
    </section>
  );
}

interface ValueProps {
  readonly field: FormField;
  readonly entity: Entity;
  readonly property: PropertyDescription | undefined;
}

function Value({ field, entity, property }: ValueProps) {
  const { t } = useTranslation();
  const value = entity[field.name];
  const isNone =
    value === null ||
    value === undefined ||
    value === "" ||
    (Array.isArray(value) && value.length === 0);
  if (isNone) {
    return (
      <Text component="span" c="dimmed" size="sm">
        {t("value.none")}
      </Text>
    );
  }
  if (field.reference) return <Referred target={field.reference.entityType} id={String(value)} />;
  if (property?.type === "Json") {
    return <pre className={classes["json"]}>{JSON.stringify(value, null, 2)}</pre>;
  }
  if (property?.type === "Text") return <p className={classes["text"]}>{String(value)}</p>;
  return <ValueView value={value} property={property} included={undefined} />;
}
